//! What people read when a rule refuses, and what an edition file may not be.

use super::desk::BOOKS;
use crate::fault::Lang;
use crate::record::Class;
use crate::rules::breach::intern;
use crate::rules::{Breach, EDITIONS, RuleBook};

#[test]
fn every_refusal_is_a_sentence_with_its_source_and_a_next_step() {
    let book = BOOKS.newest().unwrap();
    let text = |(code, rule): (&String, &crate::rules::data::RuleData)| {
        let code = intern(code);
        let (expected, found) = ("EXPECTED".into(), "FOUND".into());
        let breach = Breach { code, class: rule.class, expected, found, vocabulary: None };
        let waiver = rule.waiver.as_ref().map(|waiver| format!(" / {waiver}")).unwrap_or_default();
        format!(
            "{code} [{:?}{waiver}]\n  {}\n  {}\n",
            rule.class,
            breach.refusal(book, Lang::Zh),
            breach.refusal(book, Lang::En)
        )
    };
    insta::assert_snapshot!(book.data().rules.iter().map(text).collect::<String>());
}

#[test]
fn publishing_without_review_cites_the_three_provisions() {
    let book = BOOKS.newest().unwrap();
    let breach = Breach {
        code: "publish.unreviewed",
        class: Class::Unlawful,
        expected: "whole".into(),
        found: "none".into(),
        vocabulary: Some("scope"),
    };
    let text = breach.refusal(book, Lang::Zh);
    for part in ["全文", "第三十五条", "第四十二条", "第十七条", "请先办理保密审查"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn texts_name_placeholders_that_exist_and_end_as_sentences() {
    for (code, rule) in &BOOKS.newest().unwrap().data().rules {
        for (text, end) in [(&rule.zh, '。'), (&rule.next_zh, '。'), (&rule.en, '.'), (&rule.next_en, '.')]
        {
            assert!(text.ends_with(end), "{code}: {text}");
            let bare = text.replace("{expected}", "").replace("{found}", "");
            assert!(!bare.contains(['{', '}']), "{code}: {text}");
        }
        let named = |text: &str, name| text.contains(name);
        for name in ["{expected}", "{found}"] {
            assert_eq!(named(&rule.zh, name), named(&rule.en, name), "{code}");
        }
    }
}

#[test]
fn white_space_does_not_change_an_edition_and_anything_else_does() {
    let book = RuleBook::parse(EDITIONS[1]).unwrap();
    let canonical = String::from_utf8(book.canonical().to_vec()).unwrap();
    assert_eq!(RuleBook::parse(&canonical).unwrap().digest(), book.digest());
    let changed = canonical.replacen("主动公开", "主动公布", 1);
    assert_ne!(RuleBook::parse(&changed).unwrap().digest(), book.digest());
}

#[test]
fn an_edition_this_program_does_not_understand_is_refused() {
    let change = |from: &str, to: &str| {
        let text = EDITIONS[1].replacen(from, to, 1);
        assert_ne!(text, EDITIONS[1]);
        RuleBook::parse(&text).unwrap_err().args["found"].clone()
    };
    assert!(change("\"format\": 1", "\"format\": 2").contains("format 2"));
    assert!(change("\"format\": 1", "\"format\": 1, \"extra\": 1").contains("extra"));
    assert!(change("\"type\": \"date\"", "\"type\": \"date\", \"extra\": 1").contains("members"));
    assert!(change("\"admin.last\": {", "\"admin.first\": {").contains("admin.first"));
    assert!(change("\"waiver\": \"backdated\"", "\"waiver\": \"because\"").contains("because"));
}

/// The second verifier refuses the same (`tools/test_dossiers.py`).
#[test]
fn an_edition_that_names_what_it_lacks_is_refused() {
    let wrong = include_str!("../../../tests/fixtures/wrong-editions.json");
    let wrong: Vec<(String, String, serde_json::Value)> = serde_json::from_str(wrong).unwrap();
    for (name, pointer, value) in wrong {
        let mut data: serde_json::Value = serde_json::from_str(EDITIONS[1]).unwrap();
        let (place, member) = pointer.rsplit_once('/').unwrap();
        data.pointer_mut(place).unwrap()[member] = value;
        assert!(RuleBook::parse(&data.to_string()).is_err(), "{name}");
    }
}

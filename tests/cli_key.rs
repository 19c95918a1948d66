//! `key`: who holds which key, with which roles.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use cli_support::Desk;
use insta::assert_snapshot;

#[test]
fn three_people_with_keys() {
    let desk = Desk::office();
    assert_snapshot!("list", desk.plain(&desk.ok(&["key", "list"])));
    let list = desk.json(&["key", "list"]);
    assert_eq!(list["own"].as_array().map(Vec::len), Some(5));
    assert_eq!(list["register"].as_array().map(Vec::len), Some(5));
}

#[test]
fn a_key_made_elsewhere_is_enrolled_by_its_request() {
    let desk = Desk::office();
    desk.ok(&["key", "new", "孙档案"]);
    let request = desk.name("sun.json");
    assert_snapshot!("request", desk.plain(&desk.ok(&["key", "request", "孙档案", "-o", &request])));
    desk.ok(&["--as", "王主任", "key", "enrol", &request, "--roles", "档案"]);
    // The same request cannot be used twice, nor in another name.
    assert_snapshot!(
        "enrolled_twice",
        desk.plain(&desk.fails(1, &["--as", "王主任", "key", "enrol", &request, "--roles", "档案"]))
    );
    let text = cli_support::read(&desk.path("sun.json"));
    let forged = desk.file("forged.json", &text.replace("person/", "person/0"));
    assert_snapshot!("forged", desk.plain(&desk.fails(1, &["--as", "王主任", "key", "enrol", &forged])));
}

#[test]
fn roles_change_and_keys_are_revoked() {
    let desk = Desk::office();
    desk.ok(&["--as", "王主任", "key", "roles", "李审查", "--roles", "保密审查,承办"]);
    desk.ok(&["--as", "李审查", "item", "register", "--title", "一件"]);
    desk.ok(&["--as", "王主任", "key", "revoke", "李审查", "--cause", "离岗"]);
    assert_snapshot!(
        "revoked",
        desk.plain(&desk.fails(1, &["--as", "李审查", "item", "register", "--title", "二件"]))
    );
    assert_snapshot!(
        "last_admin",
        desk.plain(&desk.fails(1, &["--as", "王主任", "key", "revoke", "王主任", "--cause", "离岗"]))
    );
    assert_snapshot!(
        "not_admin",
        desk.plain(&desk.fails(1, &["--as", "赵承办", "key", "revoke", "王主任", "--cause", "遗失"]))
    );
    desk.ok(&["ledger", "verify"]);
}

/// What every verification will say of a key in doubt, the person who revokes it is told at once.
#[test]
fn a_key_in_doubt_is_told_when_it_is_revoked() {
    let desk = Desk::office();
    let signed = desk.json(&["--as", "赵承办", "item", "register", "--title", "一件"])["first"].clone();
    let revoke = ["--as", "王主任", "key", "revoke", "赵承办", "--cause", "遗失", "--doubtful-from"];
    let from = |seq: &str| revoke.into_iter().chain([seq]).map(str::to_owned).collect::<Vec<String>>();
    let told = desk.json(&from(&signed.to_string()).iter().map(String::as_str).collect::<Vec<_>>());
    let notice = &told["notices"][0];
    assert_eq!((&notice["code"], &notice["class"]), (&"key.doubtful".into(), &"notice".into()), "{told}");
    assert_eq!(notice["found"], signed.to_string());
    let report = desk.json(&["ledger", "verify"]);
    let codes: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"key.doubtful"), "{codes:?}");
}

#[test]
fn who_signs_must_be_clear() {
    let desk = Desk::office();
    assert_snapshot!("not_named", desk.plain(&desk.fails(2, &["item", "register", "--title", "一件"])));
    assert_snapshot!(
        "unknown",
        desk.plain(&desk.fails(2, &["--as", "无名", "item", "register", "--title", "一件"]))
    );
    desk.ok(&["key", "new", "路人"]);
    assert_snapshot!(
        "not_enrolled",
        desk.plain(&desk.fails(1, &["--as", "路人", "item", "register", "--title", "一件"]))
    );
}

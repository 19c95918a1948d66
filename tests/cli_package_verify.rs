//! `bundle verify` and `bundle show` of packages for an archive.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cli_support;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cli_support::Desk;
use serde_json::Value;

fn published(desk: &Desk, title: &str) -> String {
    let new = ["--as", "赵承办", "item", "register", "--title", title, "--propose", "主动公开"];
    let id = desk.json(&new)["subjects"][0].as_str().unwrap().to_owned();
    desk.ok(&["--as", "李审查", "item", "review", &id, "--outcome", "open"]);
    desk.ok(&["--as", "王主任", "item", "decide", &id, "--attribute", "open"]);
    desk.ok(&["--as", "赵承办", "item", "publish", &id, "--channels", "website"]);
    id
}

fn export(desk: &Desk, out: &Path, more: &[&str]) -> PathBuf {
    let out = out.to_str().unwrap();
    let args = ["--as", "赵承办", "bundle", "export", "--for", "archive", "--fonds", "Z109", "-o", out];
    let class = ["--category", "WS", "--retention", "30", "--unit", "BGS"];
    PathBuf::from(desk.json(&[&args[..], &class[..], more].concat())["path"].as_str().unwrap())
}

/// Two batches, the second with a record of the first: `1/` and `2/` as folders, `2.tar.zst`, `2.zip`; and a bundle.
fn made() -> &'static Path {
    static MADE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let made = tempfile::tempdir().unwrap();
        let desk = Desk::office();
        let id = published(&desk, "关于甲的通知");
        let first = export(&desk, &desk.path("out"), &[]);
        desk.ok(&["--as", "赵承办", "item", "withdraw", &id, "--cause", "error", "--reason", "内容有误"]);
        published(&desk, "关于乙的通知");
        let previous = ["--previous", first.to_str().unwrap()];
        let second = export(&desk, &desk.path("out"), &previous);
        for form in ["tar", "zip"] {
            let packed = export(&desk, &desk.path(form), &[&previous[..], &["--form", form]].concat());
            let ending = if form == "tar" { "tar.zst" } else { "zip" };
            std::fs::copy(packed, made.path().join(format!("2.{ending}"))).unwrap();
        }
        let bundle = made.path().join("bundle.tar.zst");
        desk.ok(&["--as", "赵承办", "bundle", "export", "-o", bundle.to_str().unwrap()]);
        std::fs::rename(first, made.path().join("1")).unwrap();
        std::fs::rename(second, made.path().join("2")).unwrap();
        made
    });
    made.path()
}

fn at(name: &str) -> String {
    made().join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_first_batch_verifies_by_itself() {
    let (desk, first) = (Desk::empty(), at("1"));
    let said = desk.ok(&["bundle", "verify", &first]);
    insta::assert_snapshot!("first", desk.plain(&without_octets(&said.replace(&first, "<package>"))));
    let report = desk.json(&["bundle", "verify", &first]);
    assert_eq!((&report["passed"], report["steps"].as_array().unwrap().len()), (&Value::from(true), 6));
    assert_eq!(report["signed"].as_array().unwrap().len(), 2);
    let said = desk.ok(&["bundle", "show", &first]);
    assert!(said.starts_with("GZK-Z109-2026-0001\n") && said.contains("完好"), "{said}");
}

#[test]
fn a_later_batch_in_every_form_goes_on_from_the_earlier_or_from_a_state() {
    let (desk, first) = (Desk::empty(), at("1"));
    let state = desk.name("state");
    desk.ok(&["bundle", "verify", &first, "--save-state", &state]);
    for form in ["2", "2.tar.zst", "2.zip"] {
        let second = at(form);
        assert!(desk.ok(&["bundle", "verify", &second, "--earlier", &first]).contains("核验通过"));
        let both = ["bundle", "verify", &second, "--state", &state, "--earlier", &first];
        assert_eq!(desk.json(&both)["passed"], true);
        assert_eq!(desk.json(&["bundle", "show", &second])["name"], "GZK-Z109-2026-0002");
        let ran = desk.run(&["bundle", "verify", &second]);
        assert!(ran.code == 1 && ran.out.contains("[law.not_checked]"), "{}", ran.out);
        let part = desk.json(&["bundle", "verify", &second, "--allow-partial"]);
        assert_eq!(part["passed"], true);
        assert_eq!(part["steps"].as_array().unwrap().len(), 4, "{}", part["steps"]);
    }
    let ran = desk.run(&["bundle", "verify", &at("2"), "--state", &state]);
    assert!(ran.code == 1 && ran.out.contains("[package.earlier_missing]"), "{}", ran.out);
}

#[test]
fn an_altered_package_fails_and_the_inspection_says_so() {
    let desk = Desk::empty();
    let altered = desk.path("altered");
    copied(Path::new(&at("1")), &altered);
    let path = altered.join("data/说明文件.TXT");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("示例县", "别的县")).unwrap();
    let (name, reports) = (altered.to_str().unwrap(), desk.name("reports"));
    std::fs::create_dir(&reports).unwrap();
    let ran = desk.run(&["bundle", "verify", name, "--report", &reports]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("[package.derived_differs]"), "{}", ran.out);
    assert!(ran.err.contains("[verify.failed]"), "{}", ran.err);
    let inspection = std::fs::read(desk.path("reports/四性检测报告.json")).unwrap();
    let inspection: Value = serde_json::from_slice(&inspection).unwrap();
    assert!(inspection["counts"]["fail"].as_u64().unwrap() > 0);
    assert!(
        desk.path("reports/四性检测报告.xml").exists() && desk.path("reports/四性检测报告.html").exists()
    );
    let err = desk.fails(1, &["bundle", "verify", &at("2"), "--earlier", name]);
    assert!(err.contains("[package.earlier_unsound]"), "{err}");
    assert_eq!(desk.run(&["bundle", "show", name]).code, 1);
}

#[test]
fn a_bundle_stays_a_bundle() {
    let (desk, bundle) = (Desk::empty(), at("bundle.tar.zst"));
    assert!(desk.ok(&["bundle", "verify", &bundle]).contains("核验通过"));
    let err = desk.fails(2, &["bundle", "verify", &bundle, "--earlier", &at("1")]);
    assert!(err.contains("[package.not_a_package]"), "{err}");
    assert_eq!(desk.run(&["bundle", "verify", &desk.name("none")]).code, 2);
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// How many bytes a package has changes with every schema that it ships.
fn without_octets(said: &str) -> String {
    let mut parts = said.split("字节 ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("字节 N");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out
}

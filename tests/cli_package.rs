//! `item file`, `ledger archival-number`, `bundle export --for archive`: what an archive is handed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cli_support;

use std::path::{Path, PathBuf};

use cli_support::{Desk, read};
use serde_json::Value;

/// Registers, reviews, decides and publishes an item; its id.
fn published(desk: &Desk, title: &str, number: &str) -> String {
    let said = desk.json(&[
        "--as",
        "赵承办",
        "item",
        "register",
        "--title",
        title,
        "--formed",
        "2026-01-04",
        "--document-number",
        number,
        "--propose",
        "主动公开",
    ]);
    let id = said["subjects"][0].as_str().unwrap().to_owned();
    desk.ok(&["--as", "李审查", "item", "review", &id, "--outcome", "open"]);
    desk.ok(&["--as", "王主任", "item", "decide", &id, "--attribute", "open"]);
    desk.ok(&["--as", "赵承办", "item", "publish", &id, "--channels", "website"]);
    id
}

fn export(desk: &Desk, more: &[&str]) -> Value {
    let out = desk.name("out");
    let args = ["--as", "赵承办", "bundle", "export", "--for", "archive", "--fonds", "Z109", "-o", &out];
    let args: Vec<&str> = args.into_iter().chain(more.iter().copied()).collect();
    desk.json(&args)
}

/// Every file below `folder`, sorted.
fn files(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, root: &Path, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, out);
            } else {
                out.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut out = Vec::new();
    walk(folder, folder, &mut out);
    out.sort();
    out
}

fn package(desk: &Desk, said: &Value) -> PathBuf {
    let path = PathBuf::from(said["path"].as_str().unwrap());
    assert!(path.starts_with(&desk.folder));
    path
}

#[test]
fn a_ledger_becomes_a_package() {
    let desk = Desk::office();
    published(&desk, "关于甲的通知", "示办发〔2026〕1号");
    published(&desk, "关于<乙>&丙的通知", "示办发〔2026〕2号");
    let said = export(
        &desk,
        &["--category", "WS", "--retention", "30", "--unit", "BGS", "--archive", "示例县档案馆"],
    );
    assert_eq!((said["records"].as_u64(), said["numbered"].as_u64()), (Some(2), Some(2)));
    let data = package(&desk, &said).join("data");
    let names = files(&data);
    insta::assert_snapshot!(
        names
            .iter()
            .filter(|n| !n.contains("/rules/") && !n.contains("/schemas/"))
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
    let folder = data.join("Z109/WS·2026/D30/BGS/Z109-WS·2026-D30-BGS-0002");
    insta::assert_snapshot!("eep", desk.plain(&read(&folder.join("电子档案0002元数据.XML"))));
    insta::assert_snapshot!("catalogue", read(&data.join("目录文件.XML")));
    insta::assert_snapshot!("explanation", read(&data.join("说明文件.TXT")));
    insta::assert_snapshot!("history", read(&data.join("其他/公开与密级变更情况.xml")));
    insta::assert_snapshot!("register", desk.plain(&read(&data.join("其他/登记表.xml"))));
}

//! What the information package says: each rule of it broken, and each file that derives from events altered. Manifests and
//! signature are made anew, so that only the rule is broken.

use crate::make::{Bag, FOLDER};
use crate::world::{Held, World};
use crate::{Arrival, Kind, first, folder};

const CATALOGUE: &str = "data/目录文件.XML";
const EXPLANATION: &str = "data/说明文件.TXT";
const NUMBER: &str = "Z109-WS·2026-D30-BGS-000";

fn one(world: &World) -> Bag {
    world.batch(1)
}

fn record(serial: usize) -> String {
    format!("{FOLDER}/{NUMBER}{serial}")
}

fn eep(serial: usize) -> String {
    format!("{}/电子档案000{serial}元数据.XML", record(serial))
}

/// Given the office's first package with a text replaced and sealed again.
fn swapped(world: &World, path: &str, from: &str, to: &str) -> Arrival {
    folder(one(world).replace(path, from, to).sealed())
}

const fn second(code: &'static str, why: &'static str, make: fn(&World) -> Arrival) -> Kind {
    Kind { why, held: Held::First, code, make }
}

/// Where the content file of the second batch stands.
fn content(bag: &Bag) -> String {
    bag.files.keys().find(|path| path.ends_with("批单.txt")).unwrap().clone()
}

#[rustfmt::skip]
pub const RULES: &[Kind] = &[
    first("package.number_repeated", "a 档号 stands twice in the catalogue", |w| swapped(w, CATALOGUE, &format!("{NUMBER}2<"), &format!("{NUMBER}1<"))),
    first("package.folder_missing", "a 档号 is not the name of its folder", |w| folder(one(w).moved(&record(2), &record(7)).sealed())),
    first("package.folder_missing", "the folder of a 档号 is missing", |w| folder(one(w).prune(&record(2)).sealed())),
    first("package.folder_twice", "a 档号 has two folders", |w| {
        let path = format!("data/Z109/WS·2026/Y/{NUMBER}1/正文.txt");
        folder(one(w).put(&path, "x").sealed())
    }),
    first("package.folder_unlisted", "a folder of no 档号 in the catalogue", |w| {
        let path = format!("{}/正文.txt", record(9));
        folder(one(w).put(&path, "x").sealed())
    }),
    first("package.metadata_missing", "a record has no metadata", |w| folder(one(w).remove(&eep(2)).sealed())),
    first("package.content_missing", "a record has nothing but metadata", |w| {
        let bag = one(w);
        let metadata = bag.files[&eep(2)].clone();
        folder(bag.prune(&record(2)).put(&eep(2), metadata).sealed())
    }),
    first("package.explanation_count", "the explanation counts another number of records", |w| swapped(w, EXPLANATION, "档案数量：2", "档案数量：3")),
    first("package.explanation_ends", "the explanation names another last 档号", |w| swapped(w, EXPLANATION, &format!("至 {NUMBER}2"), &format!("至 {NUMBER}3"))),
    first("package.explanation_field", "the explanation does not name the office", |w| swapped(w, EXPLANATION, "移交单位：", "单位：")),
    first("package.explanation_missing", "the explanation is missing", |w| folder(one(w).remove(EXPLANATION).sealed())),
    first("package.encoding", "the explanation is in no encoding", |w| folder(one(w).put(EXPLANATION, vec![0xff, 0xff, 0xff]).sealed())),
    first("package.loose_file", "a loose file stands in the root", |w| folder(one(w).put("data/散.txt", "x").sealed())),
    first("package.catalogue_missing", "the catalogue is missing", |w| folder(one(w).remove(CATALOGUE).sealed())),
    first("package.catalogue_twice", "there are two catalogues", |w| folder(one(w).put("data/文件目录.XML", "<文件目录/>").sealed())),
    first("package.catalogue_form", "the catalogue has another root", |w| {
        let text = one(w).text(CATALOGUE).replace("文件目录>", "目录>");
        folder(one(w).put(CATALOGUE, text).sealed())
    }),
    first("package.catalogue_order", "顺序号 leaves out a number", |w| swapped(w, CATALOGUE, "<顺序号>2<", "<顺序号>3<")),
    first("package.catalogue_field", "an entry has no 责任者", |w| {
        let text = one(w).text(CATALOGUE);
        let (before, rest) = text.split_once("<责任者>").unwrap();
        let (_, after) = rest.split_once("</责任者>").unwrap();
        let text = format!("{before}{after}");
        folder(one(w).put(CATALOGUE, text).sealed())
    }),
    first("package.xml_form", "the catalogue is not well-formed", |w| swapped(w, CATALOGUE, "</文件目录>", "")),
    first("package.encoding", "the catalogue says UTF-16", |w| swapped(w, CATALOGUE, "UTF-8", "UTF-16")),
    first("package.xml_doctype", "the catalogue has a DTD", |w| swapped(w, CATALOGUE, "<文件目录>", "<!DOCTYPE x [<!ENTITY a \"b\">]><文件目录>")),
    first("package.xml_doctype", "metadata has an external entity", |w| swapped(w, &eep(1), "?>", "?><!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>")),
    first("package.xml_entity", "metadata uses an entity of nobody", |w| swapped(w, &eep(1), "原始型", "&a;")),
    first("package.xml_processing", "metadata has a processing instruction", |w| swapped(w, &eep(1), "?>", "?><?x y?>")),
    first("package.metadata_number", "metadata names another 档号", |w| swapped(w, &eep(1), &format!("{NUMBER}1"), &format!("{NUMBER}8"))),
    first("package.content_digest", "a file is not what its metadata says", |w| {
        let path = format!("{}/办理记录.html", record(1));
        folder(one(w).replace(&path, "关于甲的通知", "关于别的通知").sealed())
    }),
    second("package.content_digest", "a content file is another of the same length", |w| {
        let bag = w.batch(2);
        let path = content(&bag);
        folder(bag.replace(&path, "同意", "不同").sealed())
    }),
    second("package.content_absent", "a content file that metadata names is missing", |w| {
        let bag = w.batch(2);
        let path = content(&bag);
        folder(bag.remove(&path).sealed())
    }),
];

#[rustfmt::skip]
pub const DERIVED: &[Kind] = &[
    first("package.derived_differs", "metadata is altered and everything signed anew", |w| swapped(w, &eep(1), "关于甲的通知", "关于别的通知")),
    first("package.derived_differs", "the catalogue's title is another", |w| swapped(w, CATALOGUE, "关于甲的通知", "关于别的通知")),
    first("package.derived_differs", "the explanation names another office", |w| swapped(w, EXPLANATION, "示例县办公室", "另一县办公室")),
    first("package.derived_differs", "the register counts wrongly, and is signed so", |w| {
        let path = "data/其他/登记表.xml";
        let text = one(w).text(path);
        let at = text.find('2').unwrap();
        let text = format!("{}3{}", &text[..at], &text[at + 1..]);
        let bag = one(w).put(path, text);
        let note = bag.note(&bag.files[path], "archivist");
        folder(bag.put("data/其他/登记表.xml.note", note).sealed())
    }),
    first("package.derived_differs", "the register's form to print counts wrongly", |w| swapped(w, "data/其他/登记表.html", "2", "3")),
    first("package.derived_differs", "the disclosure history is altered", |w| swapped(w, "data/其他/公开与密级变更情况.xml", "关于甲的通知", "关于别的通知")),
    first("package.derived_differs", "how to verify is told otherwise", |w| swapped(w, "data/其他/核验说明.txt", "sha512sum", "sha256sum")),
    first("package.missing_file", "the naming rules are missing", |w| folder(one(w).remove("data/其他/封装与命名规则.txt").sealed())),
    first("package.serial_gap", "metadata leaves out a serial number", |w| swapped(w, &eep(2), "<室编件号>0002", "<室编件号>0003")),
    first("package.missing_file", "a schema is missing", |w| {
        let bag = one(w);
        let schema = bag.files.keys().find(|path| path.ends_with(".xsd")).unwrap().clone();
        folder(bag.remove(&schema).sealed())
    }),
    first("package.unknown_file", "a file stands in 其他 that belongs to nothing", |w| folder(one(w).put("data/其他/多余.txt", "x").sealed())),
    first("package.content_unnamed", "a content file is named by no event", |w| {
        let path = format!("{}/附件.txt", record(1));
        folder(one(w).put(&path, "x").sealed())
    }),
    second("package.content_unnamed", "a content file stands in another record's folder", |w| {
        let bag = w.batch(2);
        let from = content(&bag);
        let folders: Vec<String> = bag.files.keys().filter(|path| path.ends_with("事件.jsonl")).cloned().collect();
        let other = folders.iter().find(|path| !from.starts_with(path.trim_end_matches("事件.jsonl"))).unwrap();
        let to = other.replace("事件.jsonl", "批单.txt");
        let bytes = bag.files[&from].clone();
        folder(bag.put(&to, bytes).sealed())
    }),
];

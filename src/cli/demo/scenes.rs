//! The story.

use std::path::Path;

use serde_json::Value;

use super::insider::{all_keys, rewrite};
use super::stage::Stage;
use crate::exchange::{ReadOptions, read_table_file};
use crate::fault::{Fault, Outcome};

const RECORDS: &str = include_str!("../../../data/demo/records.csv");
const MORNING: &str = include_str!("../../../data/demo/morning.csv");

pub fn play(stage: &Stage<'_>) -> Outcome<()> {
    stage.say(
        "演示数据：机关、人员和办理经过均为虚构；目录记录取自公开的政府信息公开目录。",
        "Demo data: office, people and dealings are fictional; the records are from a public disclosure catalogue.",
    )?;
    founding(stage)?;
    old_records(stage)?;
    a_morning(stage)?;
    refused_and_withdrawn(stage)?;
    super::requests::requests(stage)?;
    the_yearly_round(stage)?;
    an_erasure(stage)?;
    what_leaves(stage)?;
    a_flipped_byte(stage)?;
    an_insider(stage)?;
    stage.say("", "")?;
    stage.say(
        "看一看：out/公开目录.html（网页）、out/公开目录.xlsx、out/不予公开清单.xlsx；bundles/ 下是可独立核验的归档包。",
        "Look at out/公开目录.html, out/公开目录.xlsx, out/不予公开清单.xlsx; bundles/ holds what anyone can verify.",
    )
}

pub(super) fn path(stage: &Stage<'_>, name: &str) -> String {
    stage.dir.join(name).display().to_string()
}

pub(super) fn write(path: &str, bytes: &[u8]) -> Outcome<()> {
    std::fs::write(path, bytes).map_err(|error| Fault::io(path, &error))
}

fn founding(stage: &Stage<'_>) -> Outcome<()> {
    stage.scene(
        "2026-01-05T09:00:00+08:00",
        "建立台账，三个人各有一把密钥",
        "A ledger is founded; three people, a key each",
    )?;
    let office = "示例县档案和政务公开办公室（演示）";
    stage.run(&[
        "--as",
        "王芳",
        "ledger",
        "init",
        "--origin",
        "demo.invalid/xxgk",
        "--office",
        office,
        "--admin",
        "王芳",
        "--roles",
        "管理",
        "承办",
        "发布",
        "档案",
    ])?;
    for (name, roles) in [("李明", &["保密审查", "承办"][..]), ("赵敏", &["审签"][..])] {
        stage.run(&["key", "new", name])?;
        let enrol: Vec<&str> =
            ["--as", "王芳", "key", "enrol", name, "--roles"].iter().chain(roles).copied().collect();
        stage.run(&enrol)?;
    }
    Ok(())
}

fn old_records(stage: &Stage<'_>) -> Outcome<()> {
    stage.scene(
        "2026-01-05T10:00:00+08:00",
        "取入原有目录，并再取一次",
        "The old catalogue is imported, and imported again",
    )?;
    let file = path(stage, "in/原有目录.csv");
    write(&file, RECORDS.as_bytes())?;
    stage.run(&["--as", "王芳", "import", "records", &file])?;
    stage.say("同一文件再取一次，什么也不增加：", "The same file once more adds nothing:")?;
    stage.run(&["--as", "王芳", "import", "records", &file]).map(|_| ())
}

/// Ids of the items in a state, with a title that begins so.
fn items(stage: &Stage<'_>, state: &str, title: &str) -> Outcome<Vec<String>> {
    let list = stage.ask(&["item", "list"])?;
    let wanted = |row: &&Value| {
        row["state"] == state && row["title"].as_str().is_some_and(|given| given.contains(title))
    };
    let rows = list.as_array().into_iter().flatten().filter(wanted);
    Ok(rows.filter_map(|row| row["id"].as_str().map(str::to_owned)).collect())
}

fn a_morning(stage: &Stage<'_>) -> Outcome<()> {
    stage.scene(
        "2026-01-06T09:00:00+08:00",
        "一个上午：一张表格登记，审查、定性、发布各一条命令",
        "A morning: one table registers; one command each reviews, decides, publishes",
    )?;
    let file = path(stage, "in/新件.csv");
    write(&file, MORNING.as_bytes())?;
    stage.run(&["--as", "王芳", "item", "register", "--from", &file])?;
    let withheld = items(stage, "proposed", "（内部）")?;
    let review: Vec<&str> =
        ["--as", "李明", "item", "review", "--outcome", "免于公开", "--reason", "属于内部工作流程"]
            .into_iter()
            .chain(withheld.iter().map(String::as_str))
            .collect();
    stage.run(&review)?;
    stage.run(&["--as", "李明", "item", "review", "--waiting", "--outcome", "公开"])?;
    stage.run(&["--as", "赵敏", "item", "decide", "--waiting", "--reason", "同意拟稿意见"])?;
    stage
        .run(&["--as", "王芳", "item", "publish", "--waiting", "--channels", "政府网站", "两微一端"])
        .map(|_| ())
}

fn refused_and_withdrawn(stage: &Stage<'_>) -> Outcome<()> {
    stage.scene(
        "2026-01-07T09:00:00+08:00",
        "自己审查自己的建议，被拒绝；发错的，撤回",
        "A self-review is refused; what went out wrongly is withdrawn",
    )?;
    stage.run(&[
        "--as",
        "李明",
        "item",
        "register",
        "--title",
        "关于召开座谈会的通知",
        "--propose",
        "主动公开",
    ])?;
    let own = items(stage, "proposed", "座谈会")?;
    let own = own.first().ok_or_else(|| Fault::machine("demo.astray").with("found", "no proposal"))?;
    stage.expect(1, &["--as", "李明", "item", "review", own, "--outcome", "公开"])?;
    let out = items(stage, "published", "名单")?;
    let out = out.first().ok_or_else(|| Fault::machine("demo.astray").with("found", "nothing published"))?;
    stage.run(&[
        "--as",
        "王芳",
        "item",
        "withdraw",
        out,
        "--cause",
        "内容有误",
        "--reason",
        "名单有误，更正后再发",
    ])?;
    stage.say("当天的检查点交给档案馆保存：", "The day's checkpoint is handed to the archive:")?;
    let note = stage.run(&["ledger", "checkpoint"])?;
    write(&path(stage, "out/检查点-20260107.txt"), note.as_bytes())
}

fn the_yearly_round(stage: &Stage<'_>) -> Outcome<()> {
    stage.scene(
        "2026-11-16T09:00:00+08:00",
        "年度评估：清单导出为表格，填好后一次签署",
        "The yearly re-evaluation: the worklist goes out as a spreadsheet and is signed in one act",
    )?;
    stage.run(&["--as", "赵敏", "round", "open"])?;
    let (list, filled) = (path(stage, "out/评估清单.csv"), path(stage, "out/评估清单-已填.csv"));
    stage.run(&["round", "worklist", "-o", &path(stage, "out/评估清单.xlsx")])?;
    stage.ask(&["round", "worklist", "-o", &list])?;
    fill(&list, &filled)?;
    stage.run(&["--as", "赵敏", "import", "reassessments", &filled])?;
    stage.run(&["--as", "赵敏", "round", "close"])?;
    stage.run(&["--as", "王芳", "round", "results", "--publish"]).map(|_| ())
}

/// Fills the worklist in as a person would: the first item can be given on request now, the others stay withheld.
fn fill(list: &str, filled: &str) -> Outcome<()> {
    let table = read_table_file(Path::new(list), &ReadOptions::default())?;
    let column = |heading: &str| table.header.iter().position(|name| name == heading);
    let (outcome, reason) = (column("评估结果"), column("评估理由"));
    let (outcome, reason) = outcome
        .zip(reason)
        .ok_or_else(|| Fault::machine("demo.astray").with("found", table.header.join("、")))?;
    let mut out = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Fault::machine("demo.astray").with("found", error);
    out.write_record(&table.header).map_err(failed)?;
    for (nth, row) in table.rows.iter().enumerate() {
        let mut cells = row.cells.clone();
        let (result, why) = if nth == 0 {
            ("转依申请公开", "情势变化")
        } else {
            ("维持原属性", "不予公开的理由仍然存在")
        };
        if let Some(cell) = cells.get_mut(outcome) {
            *cell = result.to_owned();
        }
        if let Some(cell) = cells.get_mut(reason) {
            *cell = why.to_owned();
        }
        out.write_record(&cells).map_err(failed)?;
    }
    let bytes = out.into_inner().map_err(|error| Fault::machine("demo.astray").with("found", error))?;
    write(filled, &[b"\xef\xbb\xbf".as_slice(), &bytes].concat())
}

fn an_erasure(stage: &Stage<'_>) -> Outcome<()> {
    stage.scene(
        "2026-11-17T09:00:00+08:00",
        "依本人申请删除已撤回的名单，台账照样核验通过",
        "A withdrawn list of names is erased on request; the ledger still verifies",
    )?;
    let item = items(stage, "withdrawn", "名单")?;
    let item =
        item.first().ok_or_else(|| Fault::machine("demo.astray").with("found", "nothing withdrawn"))?;
    let shown = stage.ask(&["item", "show", item])?;
    let history = shown["history"].as_array().into_iter().flatten();
    let seq =
        history.rev().find(|event| event["kind"] == "item.published").and_then(|event| event["seq"].as_u64());
    let seq = seq.ok_or_else(|| Fault::machine("demo.astray").with("found", "no publication"))?.to_string();
    stage.run(&[
        "--as",
        "赵敏",
        "item",
        "erase",
        item,
        "--seq",
        &seq,
        "--part",
        "open",
        "--ground",
        "personal",
        "--asked-by",
        "subject",
        "--reason",
        "本人申请",
    ])?;
    stage.run(&["ledger", "verify"]).map(|_| ())
}

fn what_leaves(stage: &Stage<'_>) -> Outcome<()> {
    stage.scene(
        "2026-11-18T09:00:00+08:00",
        "目录、归档包、一条信息的证明",
        "Catalogues, bundles, the proof of one entry",
    )?;
    for name in ["公开目录.html", "公开目录.xlsx", "公开目录.csv"] {
        stage.run(&["catalog", "public", "-o", &path(stage, &format!("out/{name}"))])?;
    }
    for name in ["不予公开清单.xlsx", "不予公开清单.csv"] {
        stage.run(&["catalog", "withheld", "-o", &path(stage, &format!("out/{name}"))])?;
    }
    stage.run(&["catalog", "on-request", "-o", &path(stage, "out/依申请公开目录.xlsx")])?;
    let (full, public) = (path(stage, "bundles/full.tar.zst"), path(stage, "bundles/public.tar.zst"));
    stage.run(&["bundle", "export", "--edition", "full", "-o", &full])?;
    stage.run(&["bundle", "export", "--edition", "public", "-o", &public])?;
    let show = stage.ask(&["ledger", "show"])?;
    let genesis = show["genesis"].as_str().unwrap_or_default().to_owned();
    let note = path(stage, "out/检查点-20260107.txt");
    let trust = ["--origin", "demo.invalid/xxgk", "--genesis", &genesis];
    let verify: Vec<&str> =
        ["bundle", "verify", &public, "--checkpoint", &note].into_iter().chain(trust).collect();
    stage.run(&verify)?;
    let item = items(stage, "published", "")?;
    let item =
        item.first().ok_or_else(|| Fault::machine("demo.astray").with("found", "nothing published"))?;
    let proof = path(stage, "out/证明.json");
    stage.run(&["proof", "make", item, "-o", &proof])?;
    let check: Vec<&str> = ["proof", "check", &proof].into_iter().chain(trust).collect();
    stage.run(&check).map(|_| ())
}

fn a_flipped_byte(stage: &Stage<'_>) -> Outcome<()> {
    stage.scene(
        "2026-11-19T09:00:00+08:00",
        "副本里改一个字节：发现，并指出位置",
        "One byte of a copy is flipped: found, and where",
    )?;
    let copy = stage.dir.join("flipped");
    let io = |error: std::io::Error| Fault::io(copy.display(), &error);
    std::fs::create_dir_all(copy.join("log")).map_err(io)?;
    std::fs::copy(stage.dir.join("ledger/ledger.json"), copy.join("ledger.json")).map_err(io)?;
    let log = "log/000000000000.jsonl";
    let mut bytes = std::fs::read(stage.dir.join("ledger").join(log)).map_err(io)?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 0x01;
    }
    std::fs::write(copy.join(log), bytes).map_err(io)?;
    stage.expect_at(1, &copy, &["ledger", "verify"])
}

fn an_insider(stage: &Stage<'_>) -> Outcome<()> {
    stage.scene(
        "2026-11-20T09:00:00+08:00",
        "内部人持全部密钥改写历史，重新签名：被昨日的检查点揭穿",
        "An insider with every key rewrites history and signs it anew: yesterday's checkpoint tells",
    )?;
    let (real, forged) = (stage.dir.join("ledger"), stage.dir.join("rewritten"));
    let keys = all_keys(&stage.dir.join("home"), stage.ctx)?;
    rewrite(&real, &forged, &keys, &|event| {
        if event.kind.as_str() == "item.withdrawn" {
            event.facts.insert("cause".into(), "changed".into());
        }
    })?;
    stage.say("每个签名都对，链也完整：", "Every signature is right and the chain is whole:")?;
    stage.expect_at(0, &forged, &["ledger", "verify"])?;
    stage.say("但档案馆手里有当时的检查点：", "But the archive holds the checkpoint of that day:")?;
    stage.expect_at(
        1,
        &forged,
        &["ledger", "verify", "--checkpoint", &path(stage, "out/检查点-20260107.txt")],
    )
}

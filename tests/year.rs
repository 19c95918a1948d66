//! A year of an office through the command line: documents, requests, complaints, inspections, the yearly
//! re-evaluation, the reports, the bundles; verified at the end. A thousand events by default; `ZHAOCE_YEAR=200000` asks for more.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cli_support;
#[path = "life/dice.rs"]
mod dice;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use cli_support::Desk;
use dice::Dice;

/// Events a year has when nothing else is asked for.
const EVENTS: usize = 1_000;

/// Outcomes with a reply that fits each, as often as an office meets them.
const OUTCOMES: &[(&str, &str)] = &[
    ("granted", "provided"),
    ("granted", "provided"),
    ("granted", "already_public"),
    ("partial", "other_article"),
    ("d_third_party", "withheld"),
    ("d_process", "withheld"),
    ("d_enforcement_file", "withheld"),
    ("d_admin_query", "special_rules"),
    ("u_not_held", "not_held"),
    ("u_not_held", "not_responsible"),
    ("u_needs_creation", "other_article"),
    ("n_petition", "other_article"),
    ("n_repeat", "repeat"),
    ("n_confirm", "other_article"),
];
const APPLICANTS: &[&str] =
    &["自然人", "自然人", "自然人", "自然人", "商业企业", "法律服务机构", "科研机构", "社会公益组织", "其他"];
const CLERK: &str = "赵承办";
const REVIEWER: &str = "李审查";
const CHIEF: &str = "王主任";
const DIGEST: &str = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

struct Office {
    desk: Desk,
    dice: Dice,
    items: usize,
    requests: usize,
    /// Requests that were asked to correct themselves: that is done once.
    asked: BTreeSet<String>,
}

impl Office {
    fn new(events: usize) -> Self {
        let desk = Desk::empty();
        desk.at("2025-01-02T09:00:00+08:00");
        desk.ok(&[
            "--as",
            CHIEF,
            "ledger",
            "init",
            "--origin",
            "year.gov.cn/xxgk",
            "--office",
            "示例市办公室",
            "--admin",
            CHIEF,
            "--roles",
            "管理,审签,公开工作机构负责人,监督",
        ]);
        for (name, roles) in [(REVIEWER, "保密审查"), (CLERK, "承办,发布,档案")] {
            desk.ok(&["key", "new", name]);
            desk.ok(&["--as", CHIEF, "key", "enrol", name, "--roles", roles]);
        }
        for unit in ["综合科", "政策法规科", "信息中心"] {
            desk.ok(&["--as", CHIEF, "unit", "add", "--name", unit]);
        }
        desk.file("佐证.txt", "扫描件");
        // About four events an item and three a request, a third as many requests as items.
        Self {
            desk,
            dice: Dice(2025),
            items: events / 60,
            requests: events / 180 + 1,
            asked: BTreeSet::new(),
        }
    }

    fn on(&self, year: u16, month: usize, day: usize) {
        self.desk.at(&format!("{year}-{month:02}-{day:02}T09:00:00+08:00"));
    }

    fn sign(&self, who: &str, args: &[&str]) -> String {
        let args: Vec<&str> =
            ["--as", who, "--confirm-clock"].into_iter().chain(args.iter().copied()).collect();
        self.desk.ok(&args)
    }

    fn documents(&mut self, month: usize) {
        let mut csv = String::from("标题,文号,成文日期,发文机关,公开属性建议,建议依据,建议理由\n");
        for nth in 0..self.items {
            let (attribute, ground) = match self.dice.roll(20) {
                0..14 => ("主动公开", ""),
                14..17 => ("依申请公开", ""),
                17 => ("不予公开", "过程性信息"),
                18 => ("不予公开", "个人隐私"),
                _ => ("删减后公开", "商业秘密"),
            };
            let day = 1 + self.dice.roll(8);
            writeln!(
                csv,
                "第{month}月第{nth}号通知,示办发〔2025〕{}号,2025-{month:02}-{day:02},示例市办公室,{attribute},{ground},按规定",
                month * self.items + nth
            )
            .unwrap();
        }
        let file = self.desk.file("新件.csv", &csv);
        self.on(2025, month, 10);
        self.sign(CLERK, &["item", "register", "--from", &file]);
        self.on(2025, month, 11);
        self.desk_work(REVIEWER, |row| {
            let attribute = row["公开属性建议"].clone();
            let redacted = attribute == "删减后公开";
            let outcome = if attribute == "不予公开" { "免于公开" } else { "公开" };
            row.insert("审查意见".into(), outcome.into());
            row.insert("审查理由".into(), "已核".into());
            if redacted {
                row.insert("审查范围".into(), "删减版".into());
                row.insert("删减稿摘要".into(), DIGEST.into());
            }
        });
        self.on(2025, month, 12);
        self.desk_work(CHIEF, |row| {
            let (attribute, ground) =
                (row["公开属性建议"].clone(), row.get("建议依据").cloned().unwrap_or_default());
            row.insert("公开属性".into(), attribute.clone());
            row.insert("不予公开理由".into(), "按规定".into());
            if attribute == "删减后公开" {
                row.insert("未公开部分依据".into(), ground);
                row.insert("删减稿摘要".into(), DIGEST.into());
            } else {
                row.insert("不予公开依据".into(), ground);
            }
        });
        self.on(2025, month, 13);
        self.publish_redacted();
        self.sign(CLERK, &["item", "publish", "--waiting", "--channels", "政府网站,公开查阅点"]);
    }

    /// A redacted version goes out under a title of its own.
    fn publish_redacted(&self) {
        let rows = self.desk.json(&["item", "list", "--state", "decided", "--attribute", "partial"]);
        let rows = rows.as_array().unwrap().iter();
        let rows: Vec<String> = rows
            .map(|row| format!("{},政府网站,关于某事项的决定（节录）,{DIGEST}", row["id"].as_str().unwrap()))
            .collect();
        if !rows.is_empty() {
            let csv = format!("编号,发布渠道,公开标题,删减稿摘要\n{}\n", rows.join("\n"));
            self.sign(CLERK, &["item", "publish", "--from", &self.desk.file("节录.csv", &csv)]);
        }
    }

    fn desk_work(&self, who: &str, fill: impl Fn(&mut BTreeMap<String, String>)) {
        let list = self.desk.name("待办.csv");
        self.sign(who, &["todo", "export", "-o", &list]);
        let filled = self.desk.fill("待办.csv", "填好.csv", fill);
        self.sign(who, &["todo", "import", &filled]);
    }

    fn requests_come(&mut self, month: usize) {
        let mut csv = String::from("申请人类别,申请内容,收到日期的认定,内容,姓名或名称,单位,日期\n");
        for nth in 0..self.requests {
            let applicant = self.dice.of(APPLICANTS);
            let unit = self.dice.of(&["综合科", "政策法规科", "信息中心"]);
            writeln!(csv, "{applicant},information,online,申请第{month}月第{nth}项材料,申请人{month}-{nth},{unit},2025-{month:02}-14")
                .unwrap();
        }
        let file = self.desk.file("申请.csv", &csv);
        self.on(2025, month, 14);
        self.sign(CLERK, &["request", "receive", "--from", &file]);
    }

    /// Requests that are being handled, each with the day its answer is due.
    fn pending(&self) -> Vec<(String, String)> {
        let rows = self.desk.json(&["request", "list", "--state", "received"]);
        let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        rows.as_array().unwrap().iter().map(|row| (text(row, "id"), text(row, "due"))).collect()
    }

    /// A table of these requests, signed by `verb`.
    fn table(&self, who: &str, verb: &str, header: &str, rows: &[String]) {
        if rows.is_empty() {
            return;
        }
        let file = self.desk.file("办理.csv", &format!("编号,{header}\n{}\n", rows.join("\n")));
        self.sign(who, &["request", verb, "--from", &file]);
    }

    /// Some are unclear, some touch a third party, some are long; most are answered within the month.
    fn requests_go(&mut self, year: u16, month: usize) {
        let (mut unclear, mut third, mut answered) = (Vec::new(), Vec::new(), Vec::new());
        let day = format!("{year}-{month:02}-28");
        for (id, due) in self.pending() {
            let late = due < day;
            match self.dice.roll(12) {
                0 if !late && self.asked.insert(id.clone()) => unclear.push(id),
                1 if !late => third.push(id),
                2 => {}
                _ => answered.push((id, late)),
            }
        }
        self.on(year, month, 20);
        let until = format!("{year}-{month:02}-28");
        self.table(
            CLERK,
            "ask-correction",
            "截止日期,理由",
            &each(&unclear, |_| format!("{until},内容不明确")),
        );
        self.table(
            CLERK,
            "consult",
            "征求意见对象,送达日期",
            &each(&third, |_| format!("third_party,{year}-{month:02}-20")),
        );
        self.on(year, month, 26);
        let (gives_up, corrects): (Vec<_>, Vec<_>) =
            unclear.into_iter().partition(|id| id.as_bytes().last().is_some_and(|b| b % 4 == 0));
        self.table(CLERK, "correct", "内容", &each(&corrects, |_| "补正后的内容".into()));
        self.table(CLERK, "consult-answer", "结果", &each(&third, |_| "objected_with_reason".into()));
        self.on(year, month, 28);
        let mut rows = Vec::new();
        for (id, late) in &answered {
            let (leaf, reply) = OUTCOMES[self.dice.roll(OUTCOMES.len())];
            let declared = if *late { format!("late,{DIGEST}") } else { ",".into() };
            rows.push(format!("{id},{leaf},{reply},是,按规定答复,{declared}"));
        }
        rows.extend(third.iter().map(|id| format!("{id},partial,other_article,是,第三方有异议,,")));
        self.table(CHIEF, "answer", "年报办理结果,答复类型,告知复议前置,理由,特殊情形,凭证摘要", &rows);
        let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        self.on(next.0, next.1, 3);
        self.table(CHIEF, "end", "原因,理由", &each(&gives_up, |_| "not_corrected,逾期不补正".into()));
    }

    fn round(&self) {
        self.on(2025, 12, 29);
        self.sign(CHIEF, &["round", "open", "--year", "2025"]);
        self.sign(CHIEF, &["round", "worklist", "-o", &self.desk.name("评估.csv")]);
        let filled = self.desk.fill("评估.csv", "评估填好.csv", |row| {
            let partial = row["当前属性"] == "删减后公开";
            let ground = row["当前依据"].clone();
            row.insert("评估结果".into(), "维持不予公开".into());
            row.insert("评估理由".into(), "情形仍在".into());
            row.insert(if partial { "未公开部分依据" } else { "不予公开依据" }.into(), ground);
        });
        self.sign(CHIEF, &["import", "reassessments", &filled]);
        self.sign(CHIEF, &["round", "close"]);
        self.sign(CLERK, &["round", "results", "--publish"]);
    }

    fn supervision(&self) {
        self.on(2025, 6, 30);
        self.sign(
            CLERK,
            &[
                "complaint",
                "receive",
                "--about",
                "not_updated",
                "--content",
                "目录没有更新",
                "--until",
                "2025-07-20",
            ],
        );
        let complaint = self.newest("complaint");
        self.sign(CHIEF, &["complaint", "close", &complaint, "--result", "justified", "--reason", "已更新"]);
        self.sign(
            CHIEF,
            &[
                "inspection",
                "find",
                "--about",
                "outdated",
                "--severity",
                "yellow",
                "--content",
                "两件失效未标注",
                "--unit",
                "综合科",
            ],
        );
        let finding = self.newest("inspection");
        self.sign(
            CHIEF,
            &["inspection", "order", &finding, "--instrument", "notice", "--until", "2025-07-15"],
        );
        self.sign(CLERK, &["inspection", "rectify", &finding, "--content", "已标注"]);
        self.sign(CHIEF, &["inspection", "close", &finding]);
    }
}

impl Office {
    /// The id of the newest dossier of a noun.
    fn newest(&self, noun: &str) -> String {
        let rows = self.desk.json(&[noun, "list"]);
        rows.as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
    }
}

fn each(ids: &[String], row: impl Fn(&str) -> String) -> Vec<String> {
    ids.iter().map(|id| format!("{id},{}", row(id))).collect()
}

fn events() -> usize {
    std::env::var("ZHAOCE_YEAR").ok().and_then(|text| text.parse().ok()).unwrap_or(EVENTS)
}

#[test]
fn a_year_is_carried_reported_exported_and_verified() {
    let mut office = Office::new(events());
    for month in 1..=12 {
        office.documents(month);
        office.requests_come(month);
        office.requests_go(2025, month);
        if month == 6 {
            office.supervision();
        }
    }
    office.round();
    let desk = &office.desk;
    desk.at("2026-01-05T09:00:00+08:00");
    let size = desk.json(&["ledger", "show"])["size"].as_u64().unwrap() as usize;
    assert!((events() * 7 / 10..events() * 14 / 10).contains(&size), "{size}");
    desk.ok(&["watch", "-o", &desk.name("监察.html")]);
    let report = desk.json(&["ledger", "verify"]);
    assert_eq!(
        (report["passed"].clone(), report["verdicts"]["unlawful"].clone()),
        (true.into(), 0.into()),
        "{report}"
    );
    reports(desk);
    bundles(desk, size);
}

/// What came in and was carried over is what was settled and is carried on, in every column; every cell is accounted for.
fn reports(desk: &Desk) {
    for name in ["年报.xlsx", "年报.html", "年报.docx", "季报.xlsx"] {
        let period = if name.starts_with('季') { ["quarter", "2025Q2"] } else { ["annual", "2025"] };
        let ran = desk.run(&["report", period[0], period[1], "-o", &desk.name(name)]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    let ran = desk.run(&["report", "annual", "2025", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let cells = report["cells"].as_array().unwrap();
    let value = |row: &str, column: &str| {
        let cell = cells.iter().find(|cell| cell["row"] == row && cell["column"] == column).unwrap();
        cell["value"].as_i64().unwrap()
    };
    let columns =
        ["natural_person", "commercial", "research", "public_welfare", "legal_service", "other", "total"];
    for column in columns {
        let come = value("new_received", column) + value("carried_in", column);
        assert_eq!(come, value("total", column) + value("carried_out", column), "{column}");
    }
    let received = desk.json(&["request", "list"]).as_array().unwrap().len();
    assert_eq!(value("new_received", "total"), received as i64);
    assert!(value("carried_out", "total") > 0 && value("partial", "total") > 0);
    for cell in cells.iter().filter(|cell| cell["table"] == "t3" && cell["column"] != "total") {
        let own = !["total"].contains(&cell["row"].as_str().unwrap());
        if own && cell["stated"] == false {
            assert_eq!(
                cell["sources"].as_array().unwrap().len() as i64,
                cell["value"].as_i64().unwrap(),
                "{cell}"
            );
        }
    }
}

/// Both editions verify, and are kept for the second verifier.
fn bundles(desk: &Desk, size: usize) {
    let genesis = desk.json(&["ledger", "show"])["genesis"].as_str().unwrap().to_owned();
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/samples/year");
    std::fs::create_dir_all(&samples).unwrap();
    for edition in ["full", "public"] {
        let bundle = desk.name(&format!("{edition}.tar.zst"));
        desk.ok(&["bundle", "export", "--edition", edition, "-o", &bundle]);
        let trust = ["--origin", "year.gov.cn/xxgk", "--genesis", &genesis];
        let checked = desk.json(&[&["bundle", "verify", &bundle][..], &trust].concat());
        assert_eq!((&checked["passed"], &checked["meta"]["size"]), (&true.into(), &size.into()), "{checked}");
        std::fs::copy(&bundle, samples.join(format!("{edition}.tar.zst"))).unwrap();
    }
    std::fs::write(samples.join("genesis"), genesis).unwrap();
}

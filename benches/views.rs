//! Views of a ledger of a million events: rebuild, catching up, opening, looking up.
//!
//! One pass, no statistics: what is measured takes seconds or is repeated many times. `ZHAOCE_BENCH_EVENTS` sets another
//! size. Half of the items live through registration, proposal, review, decision and publication; the others were
//! inherited. Beside them stands a bare pass over the same log, which is what any rebuild costs at least.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use zhaoce::log::{Act, Log, LogReader, OsDisk, Position, Settings};
use zhaoce::record::act::{ActBuilder, Draft, Head, SealedAct, SealedPart};
use zhaoce::record::keys::{SecretKey, prove_possession};
use zhaoce::record::tree::{Nodes as _, prove_inclusion};
use zhaoce::record::{ChainHash, Moment, Origin, Part, PartName, Subject};
use zhaoce::rules::Books;
use zhaoce::views::{EventLine, Filter, Page, Views};

const ACT: u64 = 1_000;
const WORDS: [&str; 40] = [
    "安全生产",
    "农村公路",
    "义务教育",
    "医疗保障",
    "就业创业",
    "环境保护",
    "行政审批",
    "土地征收",
    "城市更新",
    "乡村振兴",
    "食品药品",
    "防汛抗旱",
    "财政预算",
    "社会救助",
    "养老服务",
    "知识产权",
    "招商引资",
    "政务公开",
    "数字政府",
    "营商环境",
    "住房保障",
    "交通运输",
    "水利工程",
    "林业草原",
    "文化旅游",
    "体育健身",
    "科技创新",
    "人才引进",
    "信访工作",
    "消防安全",
    "气象灾害",
    "地质灾害",
    "统计调查",
    "价格监测",
    "价格认定",
    "粮食储备",
    "能源供应",
    "电力设施",
    "通信网络",
    "邮政快递",
];
const FORMS: [&str; 5] = ["工作的通知", "实施方案的通知", "若干措施的意见", "情况的报告", "有关问题的批复"];

struct Maker {
    origin: Origin,
    books: Arc<Books>,
    head: Head,
    keys: [(Subject, SecretKey); 2],
    salt: u64,
}

fn id(class: &str, n: u64) -> Subject {
    let hash = blake3::hash(&n.to_be_bytes());
    Subject::random(class, hash.as_bytes()[..10].try_into().unwrap()).unwrap()
}

fn title(n: u64) -> String {
    let word =
        |of: u64| WORDS[(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (of * 9 + 5)) as usize % WORDS.len()];
    format!(
        "示例县人民政府办公室关于进一步加强{}和{}{}（第{n}件）",
        word(0),
        word(1),
        FORMS[n as usize % FORMS.len()]
    )
}

type Wish = (&'static str, Subject, Option<u64>, Value, Vec<(PartName, Value)>);

impl Maker {
    fn new() -> Self {
        let origin: Origin = "example.gov.cn/xxgk".parse().unwrap();
        let key = |n: u8| (id("person", u64::from(n)), SecretKey::from_seed([n; 32]));
        let books = Arc::new(Books::built_in().unwrap());
        Self { head: Head::at_origin(&origin), origin, books, keys: [key(1), key(2)], salt: 0 }
    }

    fn act(&mut self, who: usize, wishes: Vec<Wish>) -> SealedAct {
        let (person, key) = &self.keys[who];
        let at: Moment = "2026-01-05T09:00:00+08:00".parse().unwrap();
        let at = Moment::from_unix(at.unix() + self.head.size() as i64).unwrap();
        let mut builder = ActBuilder::new(&self.origin, &self.head, at, key.key());
        for (kind, subject, last, facts, parts) in wishes {
            let Value::Object(mut facts) = facts else { continue };
            facts.insert("person".into(), person.as_str().into());
            facts.insert("on".into(), at.day().to_string().into());
            let mode = if kind == "item.inherited" { "inherited" } else { "own" };
            facts.insert("mode".into(), mode.into());
            let mut seal = |(name, data): (PartName, Value)| {
                self.salt += 1;
                let salt = blake3::hash(&self.salt.to_be_bytes()).as_bytes()[..16].try_into().unwrap();
                let Value::Object(data) = data else { unreachable!() };
                SealedPart::new(name, &Part::new(data, salt)).unwrap()
            };
            let parts = parts.into_iter().map(&mut seal).collect();
            let draft = Draft { kind: kind.parse().unwrap(), subject, facts, parts };
            let event = builder.event(&draft, last);
            builder.push(&event, &draft.parts).unwrap();
        }
        let act = builder.seal(key).unwrap();
        self.head = act.head.clone();
        act
    }

    fn genesis(&mut self) -> SealedAct {
        let entry = |n: u8, roles: &[&str]| {
            let (holder, key) = (id("person", u64::from(n)), SecretKey::from_seed([n; 32]));
            let possession = prove_possession(&key, self.origin.as_str(), holder.as_str()).unwrap();
            json!({"holder": holder, "key": key.key(), "possession": possession, "roles": roles})
        };
        let first = entry(1, &["admin", "approver", "archivist", "clerk", "publisher"]);
        let mut keys = vec![first, entry(2, &["reviewer"]), entry(3, &["ledger"]), entry(4, &["recovery"])];
        keys.sort_by_key(|key| key["key"].as_str().unwrap().to_owned());
        let rules = self.books.newest().unwrap().digest();
        let facts = json!({"format": 1, "suite": "zc1", "rules": rules, "keys": keys});
        let mut names = Map::new();
        names.insert(self.keys[0].0.to_string(), "甲某".into());
        let parts = vec![
            (PartName::Open, json!({"office": "示例县"})),
            (PartName::Personal, json!({"names": names})),
        ];
        self.act(0, vec![("ledger.opened", "ledger/main".parse().unwrap(), None, facts, parts)])
    }

    /// A thousand items from registration to publication: five acts.
    fn lives(&mut self, from: u64) -> Vec<SealedAct> {
        let texts = |n: u64| json!({"title": title(n), "document_number": format!("示政办发〔{}〕{n}号", 2000 + n % 26), "index_number": format!("0001/2026-{n:08}")});
        let open = |n: u64| {
            let mut open = texts(n);
            open["issuer"] = "示例县人民政府办公室".into();
            open["topic"] = "综合政务".into();
            open["address"] =
                format!("https://www.example.gov.cn/xxgk/zfwj/202601/t20260105_{n:08}.html").into();
            open
        };
        let reason = || vec![(PartName::Closed, json!({"reason": "符合条例第十九条，应当主动公开"}))];
        let mut acts = Vec::new();
        for step in 0..5 {
            let start = self.head.size();
            let wishes = (from..from + ACT).map(|n| {
                let last = (step > 0).then(|| start - ACT + (n - from));
                let item = id("item", n + 1_000);
                match step {
                    0 => (
                        "item.registered",
                        item,
                        last,
                        json!({"origin": "made", "responsible": "self", "responsible_ground": "made"}),
                        vec![(PartName::Closed, texts(n))],
                    ),
                    1 => ("item.proposed", item, last, json!({"attribute": "open"}), reason()),
                    2 => {
                        ("item.reviewed", item, last, json!({"outcome": "open", "scope": "whole"}), reason())
                    }
                    3 => ("item.decided", item, last, json!({"attribute": "open", "basis": "own"}), reason()),
                    _ => (
                        "item.published",
                        item,
                        last,
                        json!({"channels": ["website"]}),
                        vec![(PartName::Open, open(n))],
                    ),
                }
            });
            let wishes = wishes.collect();
            acts.push(self.act(usize::from(step == 2), wishes));
        }
        acts
    }

    /// A thousand items from before the ledger, a tenth of them withheld: one act.
    fn inherited(&mut self, from: u64) -> SealedAct {
        let wishes = (from..from + ACT).map(|n| {
            let texts = json!({"title": title(n), "document_number": format!("示政发〔{}〕{n}号", 2000 + n % 26), "issuer": "示例县人民政府"});
            let mut closed = texts.clone();
            closed["identity"] = format!("b3:{}", blake3::hash(&n.to_be_bytes()).to_hex()).into();
            closed["row"] = texts.clone();
            closed["source"] = json!({"file": "records.csv", "line": n});
            let attribute = if n % 10 == 0 { "withheld" } else { "open" };
            let facts = json!({"attribute": attribute, "responsible": "self", "origin": "made", "formed": "2019-05-15"});
            let mut parts = vec![(PartName::Closed, closed)];
            if attribute == "open" {
                parts.push((PartName::Open, texts));
            }
            ("item.inherited", id("item", n + 1_000), None, facts, parts)
        });
        let wishes = wishes.collect();
        self.act(0, wishes)
    }

    fn write(&mut self, dir: &Path, events: u64) -> Log {
        let settings = Settings::new(ChainHash::of_origin(self.origin.as_str()), "bench");
        let (log, _) = Log::open(Arc::new(OsDisk::new(dir)), settings, None).unwrap();
        let append = |act: SealedAct| drop(append(&log, act));
        append(self.genesis());
        let mut items = 0;
        while self.head.size() < events {
            self.lives(items).into_iter().for_each(append);
            append(self.inherited(items + ACT));
            items += 2 * ACT;
        }
        log
    }
}

/// Appends an act; gives its lines as the views take them.
fn append(log: &Log, act: SealedAct) -> Vec<EventLine> {
    let after = Position { size: act.head.size(), head: act.head.chain };
    let act = Act::new(log.end(), after, act.lines).unwrap();
    let spot = log.append(act.clone()).unwrap().spot;
    act.events(spot).map(|(seq, spot, bytes)| EventLine { seq, spot, bytes: bytes.to_vec() }).collect()
}

fn show(what: &str, took: Duration, events: u64) {
    println!("{what:<58} {:>9.3} s {:>12.0} /s", took.as_secs_f64(), events as f64 / took.as_secs_f64());
}

fn repeat(what: &str, times: u32, mut work: impl FnMut(u32)) {
    let start = Instant::now();
    (0..times).for_each(&mut work);
    let each = start.elapsed() / times;
    println!("{what:<58} {:>9.1} µs each", each.as_nanos() as f64 / 1e3);
}

fn memory(what: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name| status.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    println!("{what:<58} {} {}", line("VmRSS:"), line("VmHWM:"));
}

fn size_of(dir: &Path) -> u64 {
    std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

/// Opening is measured in a process of its own: this one's memory has seen everything already.
fn open_only(dir: &Path) {
    let maker = Maker::new();
    let settings = Settings::new(ChainHash::of_origin(maker.origin.as_str()), "bench");
    memory("before opening");
    let start = Instant::now();
    let (reader, _) = LogReader::open(Arc::new(OsDisk::new(dir)), &settings).unwrap();
    show("open the log for reading", start.elapsed(), 1);
    let views = Views::open(dir, &reader, &maker.origin, &maker.books).unwrap();
    show("open log and views", start.elapsed(), 1);
    memory("after opening");
    let subject = id("item", 1_000);
    let start = Instant::now();
    black_box(views.ask(&reader, |query| query.item(&subject)).unwrap().unwrap());
    show("first item after opening", start.elapsed(), 1);
    let start = Instant::now();
    black_box(views.ask(&reader, |query| query.catalogue(Page::first(50))).unwrap());
    show("first page of the catalogue after opening", start.elapsed(), 1);
    memory("after first questions");
    let size = views.head().unwrap().unwrap().size();
    lookups(&views, &reader, size);
    memory("after many questions");
    let start = Instant::now();
    drop(views);
    show("close", start.elapsed(), 1);
}

fn lookups(views: &Views, reader: &LogReader, size: u64) {
    let items = views.ask(reader, |query| Ok(query.items())).unwrap();
    // Those that were there before the acts that are added one by one.
    let nth = |n: u32| u64::from(n).wrapping_mul(7_919) % (u64::from(items) - ADDED);
    repeat("place of an event", 10_000, |n| {
        black_box(views.spot(nth(n)).unwrap());
    });
    repeat("node of the tree, height 0 to 9", 10_000, |n| {
        let height = n % 10;
        black_box(views.node(height, nth(n) >> height).unwrap());
    });
    repeat("inclusion proof", 1_000, |n| drop(black_box(prove_inclusion(views, nth(n), size).unwrap())));
    repeat("events of an item", 2_000, |n| {
        drop(black_box(views.seqs_of(&id("item", nth(n) + 1_000)).unwrap()))
    });
    let ask = |what: &str, times, question: &dyn Fn(u32, &zhaoce::views::Query<'_>)| {
        repeat(what, times, |n| {
            views
                .ask(reader, |query| {
                    question(n, query);
                    Ok(())
                })
                .unwrap()
        });
    };
    ask("item by id", 2_000, &|n, query| {
        drop(black_box(query.item(&id("item", nth(n) + 1_000)).unwrap().unwrap()))
    });
    ask("item by the first six letters of its id", 2_000, &|n, query| {
        let id = id("item", nth(n) + 1_000);
        assert!(!query.by_prefix(&id.as_str()[5..11]).unwrap().is_empty());
    });
    ask("item by 文号", 2_000, &|n, query| {
        let n = nth(n);
        let form = if n / 1_000 % 2 == 0 { "示政办发" } else { "示政发" };
        assert_eq!(query.by_document_number(&format!("{form}〔{}〕{n}号", 2000 + n % 26)).unwrap().len(), 1);
    });
    ask("page of 50 of the catalogue, anywhere", 200, &|n, query| {
        let page = query.catalogue(Page { from: nth(n) as u32, skip: 0, limit: 50 }).unwrap();
        assert!(!page.items.is_empty());
    });
    ask("page of 50 of the withheld list, anywhere", 200, &|n, query| {
        let page = query.withheld(Page { from: nth(n) as u32, skip: 0, limit: 50 }).unwrap();
        black_box(page.items.len());
    });
    let text = |text: &str| Filter { text: Some(text.into()), ..Filter::default() };
    for (what, piece) in [
        ("frequent", "工作的通知"),
        ("two words", "知识产权和养老服务"),
        ("rare", "第77777件"),
        ("absent", "粮食高铁"),
    ] {
        ask(&format!("page of 50 by a {what} piece of the title"), 20, &|_, query| {
            black_box(query.list(&text(piece), Page::first(50)).unwrap());
        });
    }
    ask("what waits, counted", 200, &|_, query| drop(black_box(query.todo().unwrap())));
}

fn main() {
    if let Ok(dir) = std::env::var("ZHAOCE_BENCH_OPEN") {
        return open_only(Path::new(&dir));
    }
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    // `cargo bench` says so; otherwise it is run to see that it runs.
    let usual = if std::env::args().any(|arg| arg == "--bench") { 1_000_000 } else { 3_000 };
    let events: u64 = std::env::var("ZHAOCE_BENCH_EVENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new();
    let log = maker.write(folder.path(), events);
    let reader = log.reader();
    let size = reader.position().size;
    println!("{size} events, log {} MB", size_of(&folder.path().join("log")) >> 20);
    let start = Instant::now();
    let lines: u64 = reader.lines(0).unwrap().strict().map(|line| line.unwrap().bytes.len() as u64).sum();
    show("bare pass over the log", start.elapsed(), size);
    black_box(lines);
    let start = Instant::now();
    let views = Views::open(folder.path(), &reader, &maker.origin, &maker.books).unwrap();
    show("rebuild all views", start.elapsed(), size);
    memory("after the rebuild");
    single_acts(&mut maker, &log, &views);
    let size = reader.position().size;
    let start = Instant::now();
    assert!(views.check(&reader).unwrap());
    show("check every record", start.elapsed(), size);
    let start = Instant::now();
    drop(views);
    show("close", start.elapsed(), 1);
    println!("views {} MB", size_of(&folder.path().join("views")) >> 20);
    let start = Instant::now();
    drop(Views::in_memory(&reader, &maker.origin, &maker.books).unwrap());
    show("the same in memory", start.elapsed(), size);
    for pass in ["first", "second"] {
        println!("-- a process of its own, {pass} opening");
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .env("ZHAOCE_BENCH_OPEN", folder.path())
            .status();
        assert!(child.unwrap().success());
    }
}

/// Items that [`single_acts`] adds.
const ADDED: u64 = 20 * ACT + 2_000;

/// How fast views follow: acts of a thousand events, and of one.
fn single_acts(maker: &mut Maker, log: &Log, views: &Views) {
    let reader = log.reader();
    let acts: Vec<Vec<EventLine>> =
        (0..20).map(|n| append(log, maker.inherited(50_000_000 + n * ACT))).collect();
    let start = Instant::now();
    acts.iter().for_each(|act| views.apply(&reader, act).unwrap());
    show("apply acts of 1,000 inherited items", start.elapsed(), 20 * ACT);
    let one = |n: u64, maker: &mut Maker| {
        let facts = json!({"origin": "made", "responsible": "self", "responsible_ground": "made"});
        let parts = vec![(
            PartName::Closed,
            json!({"title": title(n), "document_number": format!("示〔2026〕{n}号")}),
        )];
        maker.act(0, vec![("item.registered", id("item", n), None, facts, parts)])
    };
    let acts: Vec<Vec<EventLine>> = (0..2_000).map(|n| append(log, one(90_000_000 + n, maker))).collect();
    let start = Instant::now();
    acts.iter().for_each(|act| views.apply(&reader, act).unwrap());
    show("apply acts of one registration", start.elapsed(), 2_000);
}

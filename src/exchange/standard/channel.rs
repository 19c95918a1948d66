//! 公开渠道和载体: the 13 channels of the template as check boxes, and the many ways in which people tick them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::exchange::text::{normal, normal_heading};

/// A channel, in the template's order; the codes are those of the rule book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 政府网站
    Website,
    /// 政府公报
    Gazette,
    /// 两微一端
    Social,
    /// 发布会/听证会
    Press,
    /// 广播电视
    Broadcast,
    /// 纸质媒体
    Print,
    /// 公开查阅点
    ReadingPoint,
    /// 政务服务中心
    ServiceCenter,
    /// 便民服务站
    ServiceStation,
    /// 入户/现场
    OnSite,
    /// 社区/企事业单位/村公示栏(电子屏)
    NoticeBoard,
    /// 精准推送
    TargetedPush,
    /// 其他
    Other,
}

use Channel::{
    Broadcast, Gazette, NoticeBoard, OnSite, Other, Press, Print, ReadingPoint, ServiceCenter,
    ServiceStation, Social, TargetedPush, Website,
};

/// The channels as the template lays them out: line by line.
pub const LAYOUT: [&[Channel]; 7] = [
    &[Website, Gazette],
    &[Social, Press],
    &[Broadcast, Print],
    &[ReadingPoint, ServiceCenter],
    &[ServiceStation, OnSite],
    &[NoticeBoard],
    &[TargetedPush, Other],
];

/// Code, name in the template, and what people also write.
const NAMES: [(Channel, &str, &str, &[&str]); 13] = [
    (Website, "website", "政府网站", &["网站", "门户网站", "政府门户网站"]),
    (Gazette, "gazette", "政府公报", &["公报"]),
    (
        Social,
        "social",
        "两微一端",
        &["微博", "微信", "客户端", "微信公众号", "政务新媒体", "微博微信客户端", "政务微博", "政务微信"],
    ),
    (Press, "press", "发布会/听证会", &["发布会", "听证会", "新闻发布会"]),
    (Broadcast, "broadcast", "广播电视", &["广播", "电视"]),
    (Print, "print", "纸质媒体", &["报纸", "报刊", "纸质媒介"]),
    (ReadingPoint, "reading_point", "公开查阅点", &["政务公开查阅点", "政府信息公开查阅点", "查阅点"]),
    (ServiceCenter, "service_center", "政务服务中心", &["政务服务大厅", "政务大厅", "办事大厅"]),
    (ServiceStation, "service_station", "便民服务站", &["便民服务中心"]),
    (OnSite, "on_site", "入户/现场", &["入户", "现场"]),
    (
        NoticeBoard,
        "notice_board",
        "社区/企事业单位/村公示栏(电子屏)",
        &[
            "社区/企事业单位/村公示栏",
            "社区/企事业单位",
            "社区",
            "企事业单位",
            "村公示栏(电子屏)",
            "村公示栏",
            "公示栏",
            "电子屏",
            "村务公开栏",
            "政务公开栏",
            "公开栏",
            "社区公示栏",
        ],
    ),
    (TargetedPush, "targeted_push", "精准推送", &[]),
    (Other, "other", "其他", &["其它"]),
];

impl Channel {
    /// All, in the template's order.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(channel, ..)| *channel)
    }

    fn entry(self) -> (&'static str, &'static str) {
        NAMES.iter().find(|(channel, ..)| *channel == self).map_or(("", ""), |(_, code, zh, _)| (code, zh))
    }

    /// Stable code.
    pub fn code(self) -> &'static str {
        self.entry().0
    }

    /// Name in the template.
    pub fn zh(self) -> &'static str {
        self.entry().1
    }

    /// The channel a text means.
    pub fn read(text: &str) -> Option<Self> {
        BARE.get(&bare(text)).copied()
    }
}

/// Every name as it is compared.
static BARE: LazyLock<BTreeMap<String, Channel>> = LazyLock::new(|| {
    let names = |(channel, code, zh, more): &(Channel, &str, &str, &[&str])| {
        let all: Vec<String> = [code, zh].into_iter().chain(more.iter()).map(|name| bare(name)).collect();
        let channel = *channel;
        all.into_iter().map(move |name| (name, channel))
    };
    NAMES.iter().flat_map(names).collect()
});

/// A name as it is compared: without white space and punctuation.
fn bare(text: &str) -> String {
    normal_heading(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What a cell of channels says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticked {
    /// The channels that are ticked.
    pub channels: BTreeSet<Channel>,
    /// What is written behind 其他.
    pub other: Option<String>,
}

/// The cell of the template: every channel with ☑ or □, laid out as there.
pub fn write_boxes(channels: &BTreeSet<Channel>, other: Option<&str>) -> String {
    let one = |channel: &Channel| {
        let mark = if channels.contains(channel) { '☑' } else { '□' };
        let more = other.filter(|_| *channel == Other).map(|text| format!("：{text}")).unwrap_or_default();
        format!("{mark}{}{more}", channel.zh())
    };
    let line = |line: &&[Channel]| line.iter().map(one).collect::<Vec<_>>().join("　");
    LAYOUT.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads a cell: boxes of any kind, or a plain list of names. A text with boxes that are all empty ticks nothing.
///
/// # Errors
/// The words that name no channel.
pub fn read_boxes(text: &str) -> Result<Ticked, String> {
    let text = with_plain_marks(text);
    let marked = text.contains([ON, OFF]);
    if marked { read_marked(&text) } else { read_list(&text) }
}

const ON: char = '☑';
const OFF: char = '□';

/// Every kind of box made one of two; `<input checked>`, `[x]` and the symbol fonts of word processors too.
fn with_plain_marks(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n");
    for tag in ["<br>", "<br/>", "<br />", "&nbsp;"] {
        text = text.replace(tag, " ");
    }
    text = without_tags(&text);
    let bracketed = [
        (["[x]", "[X]", "[√]", "[✓]"], ON),
        (["(x)", "(√)", "（√）", "【√】"], ON),
        (["[ ]", "[]", "[　]", "【 】"], OFF),
        (["( )", "（ ）", "（　）", "【　】"], OFF),
    ];
    for (forms, mark) in bracketed {
        for form in forms {
            text = text.replace(form, &mark.to_string());
        }
    }
    text.chars().map(plain_mark).collect()
}

fn plain_mark(c: char) -> char {
    match c {
        '☑' | '☒' | '√' | '✓' | '✔' | '■' | '▣' | '●' | '◉' | '◼' | '⬛' | '✅' | '🗹' | '🗸' | '\u{F0FE}'
        | '\u{F052}' => ON,
        '□' | '☐' | '○' | '◯' | '▢' | '◻' | '⬜' | '\u{F0A8}' | '\u{F0A3}' | '\u{F06F}' => OFF,
        other => other,
    }
}

/// Whether a text is nothing but one mark that says yes.
pub fn is_tick(text: &str) -> bool {
    let text = with_plain_marks(text);
    let mut chars = text.chars().filter(|c| !c.is_whitespace());
    chars.next() == Some(ON) && chars.next().is_none()
}

/// Whether a text begins with a mark; the mark and what follows it.
pub fn split_mark(text: &str) -> (Option<bool>, String) {
    let text = with_plain_marks(text.trim());
    let rest = || text.chars().skip(1).collect::<String>().trim().to_owned();
    match text.chars().next() {
        Some(ON) => (Some(true), rest()),
        Some(OFF) => (Some(false), rest()),
        _ => (None, text),
    }
}

/// `<input …>` becomes a mark; other tags go.
fn without_tags(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, tail)) = rest.split_once('<') {
        out.push_str(before);
        let Some((tag, after)) = tail.split_once('>') else {
            out.push('<');
            rest = tail;
            continue;
        };
        let tag = tag.to_lowercase();
        if tag.starts_with("input") {
            out.push(if tag.contains("checked") { ON } else { OFF });
        } else if !tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            out.push_str(&format!("<{tag}>"));
        }
        rest = after;
    }
    out + rest
}

/// Text with marks: before the names, or behind them when the text begins with a name.
fn read_marked(text: &str) -> Result<Ticked, String> {
    let before = text.trim_start().starts_with([ON, OFF]);
    let mut ticked = Ticked::default();
    let mut rest = text;
    let mut mark = None;
    while let Some(at) = rest.find([ON, OFF]) {
        let (name, tail) = rest.split_at(at);
        let next = tail.chars().next();
        let on = if before { mark } else { next };
        take(name, on == Some(ON), before, &mut ticked)?;
        mark = next;
        rest = tail.get(ON.len_utf8()..).unwrap_or_default();
    }
    take(rest, before && mark == Some(ON), before, &mut ticked)?;
    Ok(ticked)
}

/// One name, perhaps 其他 and what it is; of several, the mark belongs to the one beside it, the first when it stands before them.
fn take(text: &str, on: bool, before: bool, ticked: &mut Ticked) -> Result<(), String> {
    let text = text.trim().trim_matches(['、', '，', ',', ';', '；', '。', '_']).trim();
    if text.is_empty() {
        return Ok(());
    }
    if let Some(channel) = Channel::read(text) {
        if on {
            ticked.channels.insert(channel);
        }
        return Ok(());
    }
    let said = ["其他", "其它"].iter().find_map(|word| text.strip_prefix(word));
    let Some(said) = said else {
        let names: Vec<&str> = listed(text).collect();
        let beside = if before { 0 } else { names.len().saturating_sub(1) };
        if names.len() < 2 {
            return Err(normal(text));
        }
        let mut each = names.into_iter().enumerate();
        return each.try_for_each(|(at, name)| take(name, on && at == beside, before, ticked));
    };
    if on {
        ticked.channels.insert(Other);
        ticked.other = note(said);
    }
    Ok(())
}

fn note(said: &str) -> Option<String> {
    let said = said.trim().trim_start_matches(['：', ':']).trim().trim_matches('_').trim();
    let inner = said.strip_prefix(['(', '（']).and_then(|inner| inner.strip_suffix([')', '）']));
    Some(inner.unwrap_or(said).to_owned()).filter(|text| !text.is_empty())
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| matches!(c, '、' | '，' | ',' | '；' | ';' | '+') || c.is_whitespace())
        .filter(|part| !part.is_empty())
}

/// `政府网站、公开查阅点`: what is named is ticked.
fn read_list(text: &str) -> Result<Ticked, String> {
    let mut ticked = Ticked::default();
    listed(text).try_for_each(|name| take(name, true, true, &mut ticked))?;
    Ok(ticked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Result<Vec<&'static str>, String> {
        read_boxes(text).map(|ticked| ticked.channels.into_iter().map(Channel::code).collect())
    }

    const SAMPLE: [&str; 3] = ["website", "reading_point", "service_center"];

    #[test]
    fn the_channels_are_those_of_the_rule_book() {
        let book: serde_json::Value = serde_json::from_str(crate::rules::EDITIONS[1]).unwrap();
        let values = book["codes"]["channel"]["values"].as_object().unwrap();
        assert_eq!(values.len(), Channel::all().count());
        for channel in Channel::all() {
            let zh = values[channel.code()]["zh"].as_str().unwrap();
            assert_eq!(normal(zh), channel.zh());
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.code());
        }
        let laid: Vec<Channel> = LAYOUT.iter().flat_map(|line| line.iter().copied()).collect();
        assert_eq!(laid, Channel::all().collect::<Vec<_>>());
    }

    #[test]
    fn boxes_of_every_kind_are_read() {
        for (on, off) in [
            ("☑", "□"),
            ("■", "□"),
            ("√", "□"),
            ("✓ ", "☐ "),
            ("☒", "☐"),
            ("[x] ", "[ ] "),
            ("●", "○"),
            ("<input checked=\"\" type=\"checkbox\"/> ", "<input type=\"checkbox\"/> "),
            ("\u{F0FE}", "\u{F0A8}"),
            ("√", ""),
        ] {
            let one = |channel: Channel| {
                let mark = if SAMPLE.contains(&channel.code()) { on } else { off };
                format!("{mark}{}", channel.zh())
            };
            for between in [" ", "\n", "　", "\r\n", "<br/>"] {
                let text = Channel::all().map(one).collect::<Vec<_>>().join(between);
                assert_eq!(codes(&text).as_deref(), Ok(&SAMPLE[..]), "{text}");
            }
        }
    }

    #[test]
    fn plain_lists_and_marks_behind_the_name_are_read() {
        for text in [
            "政府网站、公开查阅点、政务服务中心",
            "网站，公开查阅点\n政务服务中心",
            "政府网站 政务服务大厅 公开查阅点",
            "政府网站√ 政府公报□ 公开查阅点√ 政务服务中心√",
        ] {
            assert_eq!(codes(text).as_deref(), Ok(&SAMPLE[..]), "{text}");
        }
        assert_eq!(
            codes("社区/企事业单位、村公示栏（电子屏）、入户/现场").unwrap(),
            ["on_site", "notice_board"]
        );
        assert_eq!(codes("□政府网站 □其他"), Ok(vec![]));
        assert_eq!(codes("政府网站、电报"), Err("电报".to_owned()));
        assert_eq!(codes("■电报"), Err("电报".to_owned()));
    }

    #[test]
    fn what_other_means_is_kept() {
        let ticked = read_boxes("☑政府网站　☑其他：村村响广播、大喇叭").unwrap();
        assert_eq!(ticked.other.as_deref(), Some("村村响广播、大喇叭"));
        assert_eq!(read_boxes("□其他____").unwrap(), Ticked::default());
        assert_eq!(read_boxes("■其他（村村响）").unwrap().other.as_deref(), Some("村村响"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_back(picked in proptest::collection::btree_set(0usize..13, 0..13)) {
            let channels: BTreeSet<Channel> = picked.into_iter().filter_map(|at| Channel::all().nth(at)).collect();
            let ticked = read_boxes(&write_boxes(&channels, None)).unwrap();
            proptest::prop_assert_eq!(ticked.channels, channels);
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = read_boxes(&text);
        }
    }
}

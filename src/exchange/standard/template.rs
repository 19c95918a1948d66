//! The template: its columns, its notes, and what stands around the rows.

use jiff::civil::Date;

use super::channel::write_boxes;
use super::row::{Audience, Manner, MatterRow};
use crate::exchange::columns::ColumnSpec;

/// A catalogue as it is written: a title, rows, who approved it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Title line.
    pub title: String,
    /// The office that keeps it.
    pub office: String,
    /// Line at the head of every page, for example 演示数据; empty for none.
    pub banner: String,
    /// Rows in order.
    pub rows: Vec<MatterRow>,
    /// Who approved the list and when.
    pub approved: Option<Approved>,
    /// What is said in the place of the line of approval when there is none, for example 未审核; empty for nothing.
    pub standing: String,
    /// Whether consecutive equal 一级事项 become one cell.
    pub merge: bool,
    /// Whether columns for 领域, 办事服务类 and 编号 stand beside the table, outside what is printed. Without them these do not survive
    /// a round trip.
    pub beside: bool,
}

impl Catalogue {
    /// The line under the table: who approved it, else how it stands.
    pub fn approval(&self) -> Option<String> {
        let standing = Some(self.standing.clone()).filter(|standing| !standing.is_empty());
        self.approved.as_ref().map(Approved::line).or(standing)
    }
}

/// 审核
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// 审核机关
    pub by: String,
    /// 审核日期
    pub on: Date,
}

impl Approved {
    /// The line under the table.
    pub fn line(&self) -> String {
        format!(
            "审核机关：{}　　审核日期：{}年{}月{}日",
            self.by,
            self.on.year(),
            self.on.month(),
            self.on.day()
        )
    }
}

/// A column of the template: its two heading lines, and its width in half-width characters.
pub(super) struct Head {
    pub(super) upper: &'static str,
    pub(super) lower: &'static str,
    pub(super) width: f64,
}

const fn head(upper: &'static str, lower: &'static str, width: f64) -> Head {
    Head { upper, lower, width }
}

/// The twelve columns; a lower heading of `""` means one cell over both lines, an upper one of `""` belongs to the cell on its left.
pub(super) const HEADS: [Head; 12] = [
    head("序号", "", 5.0),
    head("公开事项", "一级事项", 12.0),
    head("", "二级事项", 12.0),
    head("公开内容\n(要素)", "", 26.0),
    head("公开依据", "", 26.0),
    head("公开时限", "", 14.0),
    head("公开主体", "", 15.0),
    head("公开渠道和载体", "", 34.0),
    head("公开对象", "全社会", 6.0),
    head("", "特定群众", 8.0),
    head("公开方式", "主动公开", 6.0),
    head("", "依申请公开", 6.0),
];

/// The columns beside the table.
pub(super) const BESIDE: [Head; 3] =
    [head("领域", "", 16.0), head("办事服务类", "", 12.0), head("编号", "", 24.0)];

/// The seven notes below the table.
pub const NOTES: [&str; 7] = [
    "1. 公开事项：指某个具体应公开事项的名称。",
    "2. 事项内容：根据法律法规和政府文件确定的该类政务公开信息的内容要求。",
    "3. 公开时限：《中华人民共和国政府信息公开条例》规定属于主动公开范围的政府信息，应当自该政府信息形成或变更之日起20个工作日内予以公开。法律、法规对政府信息公开的期限另有规定的，从其规定。",
    "4. 公开主体：是指制作、产生该类政务公开信息的行政机关名称。",
    "5. 公开渠道和载体：指该类政务公开信息发布的平台，例如政府网站、政府公报、两微一端、广播电视、发布会/听证会、纸质媒体、公开查阅点、政务服务中心、便民服务站、入户/现场、社区/企事业单位/村公示栏(电子屏)、精准推送、其他等。其中政府网站为信息发布第一平台，其余平台或场所可根据实际情况自行选择。",
    "6. 公开方式：指该类政务公开信息发布的方式，如主动公开、依申请公开。",
    "7. 公开对象：该类信息公开面对的群体，如全社会、特定群体。",
];

/// Marks a yes.
pub(super) const TICK: &str = "√";

/// The texts of a row in the order of [`HEADS`], the number first.
pub(super) fn cells(number: usize, row: &MatterRow) -> [String; 12] {
    let tick = |on: bool| if on { TICK.to_owned() } else { String::new() };
    let specific = match &row.audience {
        Audience::All => String::new(),
        Audience::Specific(who) if who.is_empty() => TICK.to_owned(),
        Audience::Specific(who) => format!("{TICK}\n{who}"),
    };
    [
        number.to_string(),
        row.first.clone(),
        row.second.clone(),
        row.content.clone(),
        row.basis.clone(),
        row.limit.text.clone(),
        row.body.clone(),
        write_boxes(&row.channels, row.other_channel.as_deref()),
        tick(row.audience == Audience::All),
        specific,
        tick(row.manners.contains(&Manner::Open)),
        tick(row.manners.contains(&Manner::OnRequest)),
    ]
}

/// The texts beside a row, in the order of [`BESIDE`].
pub(super) fn beside(row: &MatterRow) -> [String; 3] {
    let service = if row.service { "是" } else { "" };
    [
        row.field.map_or("", |field| field.zh()).to_owned(),
        service.to_owned(),
        row.id.clone().unwrap_or_default(),
    ]
}

const fn spec(
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    aliases: &'static [&'static str],
) -> ColumnSpec {
    ColumnSpec { key, zh, en, aliases }
}

/// Columns that are expected when such a table is read. 公开对象 and 公开方式 also as one column each, as flat tables have them.
pub(super) const COLUMNS: &[ColumnSpec] = &[
    spec("number", "序号", "No.", &["编码", "序 号"]),
    spec(
        "first",
        "一级事项",
        "Matter",
        &["公开事项", "公开事项名称", "事项名称", "公开事项一级事项", "一级目录"],
    ),
    spec("second", "二级事项", "Part of the matter", &["公开事项二级事项", "二级目录"]),
    spec("content", "公开内容", "Content", &["公开内容要素", "事项内容", "公开要素", "内容要素"]),
    spec("basis", "公开依据", "Basis", &["公开的依据", "依据"]),
    spec("limit", "公开时限", "Time limit", &["公开期限", "公开时限要求", "时限"]),
    spec("body", "公开主体", "Body", &["责任主体", "公开责任主体", "主体"]),
    spec(
        "channels",
        "公开渠道和载体",
        "Channels",
        &["公开渠道", "公开渠道及载体", "公开渠道与载体", "公开载体", "渠道"],
    ),
    spec("all", "全社会", "Everybody", &["公开对象全社会", "社会公众"]),
    spec("specific", "特定群众", "Certain people", &["特定群体", "特定对象", "特定人群", "公开对象特定群体"]),
    spec("open", "主动公开", "Published", &["主动", "公开方式主动"]),
    spec("on_request", "依申请公开", "On request", &["依申请", "公开方式依申请"]),
    spec("audience", "公开对象", "Audience", &["对象"]),
    spec("manner", "公开方式", "Manner", &["公开属性", "方式"]),
    spec("field", "领域", "Field", &["试点领域", "所属领域"]),
    spec("service", "办事服务类", "Service", &["是否办事服务类", "办事服务事项"]),
    spec("id", "编号", "Id", &["事项编号"]),
];

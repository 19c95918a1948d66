//! Columns of tables that verbs on items read with `--from`. The names are those of the worklists and catalogues.

use crate::exchange::ColumnSpec;

const fn column(
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    aliases: &'static [&'static str],
) -> ColumnSpec {
    ColumnSpec { key, zh, en, aliases }
}

/// Which item a row is about.
pub const FIND: [ColumnSpec; 4] = [
    column("id", "编号", "Id", &["条目编号", "item"]),
    column("index_number", "索引号", "Index number", &["索引", "信息索引号"]),
    column("document_number", "文号", "Document number", &["发文字号", "文件编号"]),
    column("title", "标题", "Title", &["信息名称", "名称", "文件名称", "题名"]),
];

/// Who did it and when, and why.
pub const DOING: [ColumnSpec; 6] = [
    column(
        "on",
        "日期",
        "Date",
        &["发生日期", "办理日期", "审查日期", "建议日期", "审签日期", "评估日期", "登记日期"],
    ),
    column("person", "办理人", "Person", &["承办人", "审查人", "审签人", "发布人", "评估人", "拟稿人"]),
    column(
        "reason",
        "理由",
        "Reason",
        &["建议理由", "审查理由", "不予公开理由", "评估理由", "定性理由", "审查说明"],
    ),
    column("note", "备注", "Note", &[]),
    column("evidence", "凭证摘要", "Evidence digest", &["凭证", "佐证文件"]),
    column("irregular", "特殊情形", "Irregular", &["非常规情形", "申报的不合规"]),
];

/// 公开属性 with its ground.
pub const ATTRIBUTE: [ColumnSpec; 8] = [
    column("attribute", "公开属性", "Attribute", &["公开属性建议", "建议属性", "定性", "公开方式"]),
    column("ground", "不予公开依据", "Ground", &["建议依据", "不公开依据"]),
    column("remainder_ground", "未公开部分依据", "Ground of the remainder", &[]),
    column("redacted", "删减稿摘要", "Redacted digest", &["删减版摘要"]),
    column("mark", "标注文字", "Mark", &["标注"]),
    EXCLUSION,
    column("interpretation_needed", "是否需要解读", "Interpretation needed", &["需要解读"]),
    column("interpretation", "解读材料", "Interpretation", &["解读"]),
];

/// The entry of the negative list.
const EXCLUSION: ColumnSpec =
    column("exclusion", "负面清单条目", "Entry of the negative list", &["负面清单", "对应条目"]);

/// 对应负面清单.
pub const COVER: [ColumnSpec; 1] = [EXCLUSION];

/// 提供查阅场所.
pub const DEPOSIT: [ColumnSpec; 1] = [column("place", "查阅场所", "Place of deposit", &["场所"])];

/// 登记.
pub const REGISTER: [ColumnSpec; 20] = [
    column("issuer", "发文机关", "Issuer", &["发文单位", "发布机构", "制作机关"]),
    column("formed", "成文日期", "Date written", &["形成日期", "生成日期", "制作日期", "印发日期"]),
    column("topic", "主题分类", "Topic", &["主题", "信息类别", "分类"]),
    column("summary", "内容概述", "Summary", &["概述", "摘要"]),
    column("keywords", "主题词", "Keywords", &["关键词"]),
    column("department", "承办科室", "Department", &["科室", "承办部门"]),
    column("drafter", "拟稿人", "Drafter", &[]),
    column("responsible_ground", "责任主体依据", "Ground of responsibility", &["来源"]),
    column("source_attribute", "原机关公开属性", "Attribute given by the source", &[]),
    column("secret_basis", "定密依据", "Basis of classification", &[]),
    column("review_by", "复核日期", "Review by", &[]),
    column("secret_level", "密级", "Level", &[]),
    column("secret_years", "保密年限", "Years", &[]),
    column("attribute", "公开属性建议", "Proposed attribute", &["建议属性", "公开属性"]),
    column("ground", "建议依据", "Proposed ground", &["不予公开依据"]),
    column("unit", "单位", "Unit", &["责任单位", "所属单位"]),
    column("field", "领域", "Field", &["试点领域", "所属领域"]),
    column("interprets", "所解读的文件", "Interprets", &["解读对象"]),
    column("backlog", "历史信息", "From before the regulation", &["存量信息"]),
    column("interpretation_needed", "是否需要解读", "Interpretation needed", &["需要解读"]),
];

/// 审查, 报请, 确定.
pub const REVIEW: [ColumnSpec; 5] = [
    column("outcome", "审查意见", "Review outcome", &["保密审查意见", "审查结果", "确定结果"]),
    column("scope", "审查范围", "Reviewed", &[]),
    column("redacted", "删减稿摘要", "Redacted digest", &["删减版摘要"]),
    column("to", "报送部门", "Referred to", &[]),
    column("by_authority", "确定部门", "Determined by", &[]),
];

/// 发布, 更正, 撤回.
pub const PUBLISH: [ColumnSpec; 12] = [
    column("channels", "发布渠道", "Channels", &["公开渠道", "渠道"]),
    column("address", "发布地址", "Address", &["公开地址", "链接", "网址"]),
    column("public_title", "公开标题", "Public title", &[]),
    column("issuer", "发文机关", "Issuer", &["发文单位", "发布机构", "制作机关"]),
    column("formed", "成文日期", "Date written", &["形成日期", "生成日期"]),
    column("topic", "主题分类", "Topic", &["主题", "信息类别"]),
    column("summary", "内容概述", "Summary", &["概述", "摘要"]),
    column("keywords", "主题词", "Keywords", &["关键词"]),
    column("validity", "有效性", "Validity", &["时效"]),
    column("redacted", "删减稿摘要", "Redacted digest", &["删减版摘要"]),
    column("extent", "更正范围", "Extent", &[]),
    column("cause", "原因", "Cause", &["撤回原因", "失效原因"]),
];

/// 评估.
pub const REASSESS: [ColumnSpec; 6] = [
    column("outcome", "评估结果", "Outcome", &["评估意见", "结果"]),
    column("trigger", "触发情形", "Trigger", &["评估事由"]),
    column("ground", "不予公开依据", "Ground", &["新依据"]),
    column("remainder_ground", "未公开部分依据", "Ground of the remainder", &[]),
    column("redacted", "删减稿摘要", "Redacted digest", &["删减版摘要"]),
    EXCLUSION,
];

/// 失效, 移交.
pub const END: [ColumnSpec; 2] = [
    column("cause", "失效原因", "Cause", &["原因"]),
    column("archive", "接收档案馆", "Archive", &["档案馆"]),
];

//! What the report says around its tables, in both languages.

use crate::fault::Lang;

/// Words of one language. `{…}` are filled in.
pub(super) struct Labels {
    pub(super) html_lang: &'static str,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) blank: &'static str,
    pub(super) unwritten: &'static str,
    pub(super) draft: &'static str,
    pub(super) findings: &'static str,
    pub(super) by: &'static str,
    pub(super) as_of: &'static str,
    pub(super) known: &'static str,
    pub(super) origin: &'static str,
    pub(super) genesis: &'static str,
    pub(super) size: &'static str,
    pub(super) root: &'static str,
    pub(super) made_by: &'static str,
    pub(super) tabs: [&'static str; 3],
    pub(super) check_tab: &'static str,
    pub(super) between: &'static str,
}

/// Words of that language.
pub(super) fn labels(lang: Lang) -> &'static Labels {
    if lang == Lang::Zh { &ZH } else { &EN }
}

static ZH: Labels = Labels {
    html_lang: "zh-CN",
    title: "{office}{year}年政府信息公开工作年度报告",
    lead: "本报告根据《中华人民共和国政府信息公开条例》第五十条的规定，按照{notice}的格式编制。所列数据的统计期限为{year}年1月1日至12月31日。",
    blank: "注：空白表示没有填报，不等于零：{cells}。",
    unwritten: "（尚未撰写。应写明：{hint}。）",
    draft: "草稿：尚有 {n} 处不符或未填，见文末“核对”。",
    findings: "核对（定稿前删去）",
    by: "填报单位：{office}　　　报告年度：{year}年",
    as_of: "数据截至",
    known: "录入截至",
    origin: "台账名称",
    genesis: "创世摘要",
    size: "事件数",
    root: "树根",
    made_by: "由昭册（zhaoce）根据公开决定台账生成",
    tabs: ["二 主动公开", "三 依申请公开", "四 复议诉讼"],
    check_tab: "核对",
    between: "、",
};

static EN: Labels = Labels {
    html_lang: "en",
    title: "{office}: Annual Report on the Disclosure of Government Information, {year}",
    lead: "Made under article 50 of the Regulations of the People's Republic of China on the Disclosure of Government Information, in the form of {notice}. The figures are those of 1 January to 31 December {year}.",
    blank: "Note: blank means that no figure was given, which is not zero: {cells}.",
    unwritten: "(Not written yet. To be told: {hint}.)",
    draft: "Draft: {n} checks are open, see “Checks” at the end.",
    findings: "Checks (to be taken out of the final text)",
    by: "Office: {office}    Report year: {year}",
    as_of: "As of",
    known: "Entered by",
    origin: "Ledger origin",
    genesis: "Genesis hash",
    size: "Events",
    root: "Tree root",
    made_by: "made by zhaoce (昭册) from the ledger of disclosure decisions",
    tabs: ["II Disclosed", "III Requests", "IV Remedies"],
    check_tab: "Checks",
    between: "; ",
};

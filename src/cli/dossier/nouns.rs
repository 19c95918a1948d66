//! The nouns and their verbs.

use super::{Act, Noun};

macro_rules! noun {
    ($(#[$doc:meta])* $name:ident = $class:literal, $columns:expr, $acts:expr) => {
        $(#[$doc])*
        pub struct $name;

        impl Noun for $name {
            const CLASS: &'static str = $class;
            const COLUMNS: &'static [&'static str] = &$columns;
            const ACTS: &'static [Act] = &$acts;
        }
    };
}

noun! {
    /// 依申请公开件
    Request = "request", ["received", "applicant", "unit", "leaf"], [
        Act::begin("receive", "request.received"),
        Act::begin("inherit", "request.inherited"),
        Act::go("classify", "request.classified"),
        Act::go("route", "request.routed"),
        Act::go("ask-correction", "request.correction_asked"),
        Act::go("correct", "request.corrected"),
        Act::go("consult", "request.consulted"),
        Act::go("consult-answer", "request.consult_answered"),
        Act::go("override", "request.overridden"),
        Act::go("assist", "request.assisted"),
        Act::go("confer", "request.conferred"),
        Act::go("extend", "request.extended"),
        Act::go("ask-reasons", "request.reasons_asked"),
        Act::go("delay", "request.delayed"),
        Act::go("notice-fee", "request.fee_noticed"),
        Act::go("pay-fee", "request.fee_paid"),
        Act::go("answer", "request.answered"),
        Act::go("end", "request.ended"),
        Act::go("file-remedy", "request.remedy_filed"),
        Act::go("decide-remedy", "request.remedy_decided"),
        Act::go("answer-anew", "request.answered_anew"),
        Act::go("archive", "request.archived"),
    ]
}

noun! {
    /// 公开事项
    Matter = "matter", ["field", "audience", "service", "days"], [
        Act::begin("add", "matter.listed"),
        Act::go("revise", "matter.revised"),
        Act::go("retire", "matter.retired"),
    ]
}

noun! {
    /// 负面清单条目
    Exclusion = "exclusion", ["ground", "provision", "since", "review_by"], [
        Act::begin("add", "exclusion.added"),
        Act::go("revise", "exclusion.revised"),
        Act::go("retire", "exclusion.retired"),
    ]
}

noun! {
    /// 文件
    Document = "document", ["type", "issued", "amended", "review_by"], [
        Act::begin("issue", "document.issued"),
        Act::go("amend", "document.amended"),
        Act::go("review", "document.reviewed"),
        Act::go("repeal", "document.repealed"),
    ]
}

noun! {
    /// 征求意见
    Consultation = "consultation", ["opened", "until", "received", "adopted", "rejected"], [
        Act::begin("open", "consultation.opened"),
        Act::go("close", "consultation.closed"),
    ]
}

noun! {
    /// 投诉举报
    Complaint = "complaint", ["about", "received", "unit", "until", "result"], [
        Act::begin("receive", "complaint.received"),
        Act::go("close", "complaint.closed"),
    ]
}

noun! {
    /// 监督检查
    Inspection = "inspection", ["about", "severity", "unit", "found", "until"], [
        Act::begin("find", "inspection.found"),
        Act::go("order", "inspection.ordered"),
        Act::go("rectify", "inspection.rectified"),
        Act::go("close", "inspection.closed"),
    ]
}

noun! {
    /// 单位
    Unit = "unit", [], [
        Act::begin("add", "unit.added"),
        Act::go("rename", "unit.renamed"),
        Act::go("close", "unit.closed"),
    ]
}

noun! {
    /// 年报采用的外部数字
    Figure = "figure", ["year", "cell", "value", "source"], [
        Act::begin("state", "figure.stated"),
        Act::go("correct", "figure.corrected"),
        Act::go("withdraw", "figure.withdrawn"),
    ]
}

noun! {
    /// 台账之外的事项
    Outside = "outside", ["system", "outcome", "quantity", "recorded"], [
        Act::begin("record", "outside.recorded"),
        Act::go("update", "outside.updated"),
    ]
}

noun! {
    /// 时间戳
    Stamp = "stamp", ["of", "size", "algorithm", "time", "until"], []
}

//! 目录文件.XML and 说明文件.TXT after DA/T 93, 按公开资料实现.

use super::Totals;
use super::standing::Standing;
use super::xml::escape;
use crate::bundle::package::Handover;

/// The catalogue while records are added. It is written by hand: one line an entry, however many there are.
pub struct Catalogue {
    text: String,
    entries: u64,
}

impl Catalogue {
    /// Without entries.
    pub fn new() -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<文件目录>\n".into(), entries: 0 }
    }

    /// Adds the next record.
    pub fn add(&mut self, standing: &Standing) {
        self.entries += 1;
        let order = self.entries.to_string();
        let note = standing.document_number.as_ref().map(|number| format!("文号：{number}"));
        let notes: Vec<String> =
            note.into_iter().chain((!standing.note.is_empty()).then(|| standing.note.clone())).collect();
        self.text.push_str(" <文件>");
        for (name, text) in [
            ("顺序号", order.as_str()),
            ("档号", &standing.number),
            ("责任者", &standing.author),
            ("题名", &standing.title),
            ("日期", &standing.date),
            ("保管期限", &standing.retention),
            ("密级", &standing.secrecy),
            ("备注", &notes.join("；")),
        ] {
            self.text.push_str(&format!("<{name}>{}</{name}>", escape(text, false).0));
        }
        self.text.push_str("</文件>\n");
    }

    /// The document.
    pub fn finish(mut self) -> Vec<u8> {
        self.text.push_str("</文件目录>\n");
        self.text.into_bytes()
    }
}

/// 说明文件.TXT: UTF-8, a line a field.
pub fn explanation(handover: &Handover, totals: &Totals, ends: (&str, &str)) -> Vec<u8> {
    let contact = handover.contact.clone().unwrap_or_default();
    let contact: Vec<String> = [contact.name, contact.phone, contact.email].into_iter().flatten().collect();
    let fields = [
        ("移交单位", handover.office.clone()),
        ("接收单位", handover.archive.clone().unwrap_or_default()),
        ("全宗号", handover.fonds.clone()),
        ("全宗名称", handover.fonds_name().to_owned()),
        ("移交批次", handover.bag_name()),
        ("内容描述", description(handover, totals)),
        ("起止档号", format!("{} 至 {}", ends.0, ends.1)),
        ("档案数量", format!("{}件", totals.records)),
        (
            "移交数据量",
            format!("{}GB（{}字节，{}个文件）", gigabytes(totals.octets), totals.octets, totals.files),
        ),
        ("软硬件环境", "任何能读UTF-8文本、XML和HTML的计算机；核验方法见 其他/核验说明.txt".into()),
        ("离线载体参数", "在线移交".into()),
        ("载体编号", handover.bag_name()),
        ("载体数量", "1".into()),
        ("制作单位", handover.office.clone()),
        ("检查单位", handover.office.clone()),
        ("制作时间", handover.made.to_string()),
        ("联系人", contact.join("，")),
    ];
    let lines = fields.iter().map(|(name, text)| format!("{name}：{text}\r\n"));
    lines.collect::<String>().into_bytes()
}

/// 内容描述: the office's words, else what it is.
pub fn description(handover: &Handover, totals: &Totals) -> String {
    let own = handover.description.clone();
    own.unwrap_or_else(|| {
        format!(
            "{}政府信息公开决定记录{}件，含办理过程、公开情况和密级变更情况",
            handover.fonds_name(),
            totals.records
        )
    })
}

/// With three decimals, rounded up: what is handed over is never nothing.
pub fn gigabytes(octets: u64) -> String {
    let thousandths = octets.saturating_mul(1000).div_ceil(1 << 30);
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

#[cfg(test)]
mod tests {
    use super::gigabytes;

    #[test]
    fn sizes_have_three_decimals() {
        assert_eq!(gigabytes(1), "0.001");
        assert_eq!(gigabytes(1 << 30), "1.000");
        assert_eq!(gigabytes((3 << 30) + 1), "3.001");
    }
}

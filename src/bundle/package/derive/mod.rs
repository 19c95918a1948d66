//! The derivation: from event lines, the law's state and the hand-over to every file that a package derives.
//!
//! Pure: no clock, no chance, one order. Records are written out one after the other and never held together.

mod catalogue;
mod content;
mod eep;
mod history;
mod lines;
pub(super) mod page;
mod register;
mod standing;
mod words;
pub mod xml;

use rayon::prelude::*;

pub use content::{Content, Contents};
pub use eep::NAMESPACE;
pub use lines::{Folder, Index, Lines, Record};

use super::{Handover, fixed};
use crate::bundle::derived::Deriving;
use crate::fault::{Fault, Outcome};
use crate::record::{Event, Parts};
use catalogue::{Catalogue, explanation};
use eep::Eep;
use history::History;
use register::Register;
use standing::Standing;
use words::Words;

/// Records that are written side by side.
const AT_ONCE: usize = 256;
/// The event lines of a record, and their page, in its folder.
pub const EVENTS: &str = "事件.jsonl";
/// The page of a record.
pub const PAGE: &str = "办理记录.html";
/// The folder of what is not a record.
pub const OTHER: &str = "其他";
/// The catalogue.
pub const CATALOGUE: &str = "目录文件.XML";
/// The explanation.
pub const EXPLANATION: &str = "说明文件.TXT";
/// Where the payload of the bundle stands.
pub const EVIDENCE: &str = "其他/固化验证信息";
/// The hand-over.
pub const HANDOVER: &str = "其他/移交信息.json";
/// The register of the hand-over.
pub const REGISTER: &str = "其他/登记表.xml";

/// Whether a file of a record's folder is its metadata, by its name.
pub fn is_metadata(name: &str) -> bool {
    let upper = name.to_uppercase();
    upper.starts_with("电子档案") && upper.ends_with("元数据.XML")
}

/// The packages of the same records that were handed over before.
pub trait Earlier: Sync {
    /// The metadata XML of the record with this 档号, as it was handed over last.
    ///
    /// # Errors
    /// The machine.
    fn eep(&self, number: &str) -> Outcome<Option<Vec<u8>>>;
}

/// Of a first batch.
pub struct NothingEarlier;

impl Earlier for NothingEarlier {
    fn eep(&self, _: &str) -> Outcome<Option<Vec<u8>>> {
        Ok(None)
    }
}

/// What the derivation is a function of.
pub struct Inputs<'a> {
    /// The hand-over.
    pub handover: &'a Handover,
    /// The law and texts at the end of the batch.
    pub deriving: &'a Deriving,
    /// The batch's event lines.
    pub lines: &'a dyn Lines,
    /// Which lines are whose.
    pub index: &'a Index,
    /// Content files, by 档号.
    pub contents: &'a Contents,
    /// The batches before.
    pub earlier: &'a dyn Earlier,
}

/// What was derived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Records.
    pub records: u64,
    /// Files in their folders, content files included.
    pub files: u64,
    /// Bytes of them.
    pub octets: u64,
}

/// Takes the derived files: path below `data/`, and bytes.
pub type Take<'a> = dyn FnMut(&str, &[u8]) -> Outcome<()> + 'a;

/// Derives every file, in the order of their paths.
///
/// # Errors
/// `package.no_records` when no record of the fonds has events in the batch; `package.earlier_eep`; what `take` gives; the machine.
pub fn derive(inputs: &Inputs<'_>, take: &mut Take<'_>) -> Outcome<Totals> {
    let words = Words::of(inputs.deriving)?;
    let (mut catalogue, mut history) = (Catalogue::new(), History::new(inputs, &words));
    let mut totals = Totals::default();
    for some in inputs.index.records().chunks(AT_ONCE) {
        let made: Vec<Made> =
            some.par_iter().map(|record| inputs.record(record, &words)).collect::<Outcome<_>>()?;
        for (record, made) in some.iter().zip(&made) {
            catalogue.add(&made.standing);
            history.add(record, &made.standing);
            totals.add(made);
            for (name, bytes) in &made.files {
                take(&format!("{}/{name}", record.folder), bytes)?;
            }
        }
    }
    if totals.records == 0 {
        return Err(Fault::refused("package.no_records").with("found", &inputs.handover.fonds));
    }
    let mut rest = inputs.rest(&totals, catalogue, history)?;
    rest.sort();
    rest.iter().try_for_each(|(path, bytes)| take(path, bytes))?;
    Ok(totals)
}

/// The files of one record.
struct Made {
    standing: Standing,
    files: Vec<(String, Vec<u8>)>,
    given: (u64, u64),
}

impl Totals {
    fn add(&mut self, made: &Made) {
        self.records += 1;
        self.files += made.files.len() as u64 + made.given.0;
        let octets = made.files.iter().map(|(_, bytes)| bytes.len() as u64);
        self.octets += octets.sum::<u64>() + made.given.1;
    }
}

impl Inputs<'_> {
    fn record(&self, record: &Record, words: &Words<'_>) -> Outcome<Made> {
        let lines = self.index.lines(self.lines, record)?;
        let events = lines::events(&lines)?;
        let unknown = || Fault::usage("bundle.derive").with("found", &record.number);
        let mut standing = Standing::of(record, self.deriving, self.handover, words).ok_or_else(unknown)?;
        let earlier = self.earlier(record, &events)?;
        standing.note = earlier.as_ref().map(|_| "补充移交（修改型封装包）".into()).unwrap_or_default();
        let page = page::page(self.handover, record, &standing, &events, words)?;
        let given = self.contents.of(&record.number);
        let own = [Content::derived(PAGE, "办理记录", &page), Content::derived(EVENTS, "事件记录", &lines)];
        let contents: Vec<Content> = given.iter().cloned().chain(own).collect();
        let eep = Eep {
            handover: self.handover,
            record,
            standing: &standing,
            events: &events,
            contents: &contents,
            earlier: earlier.as_deref(),
            cut: self.cut(&events),
        };
        let metadata = format!("电子档案{:04}元数据.XML", record.serial);
        let mut files =
            vec![(EVENTS.to_owned(), lines), (PAGE.to_owned(), page), (metadata, eep.write(words)?)];
        files.sort();
        let given = (given.len() as u64, given.iter().map(|content| content.size).sum());
        Ok(Made { standing, files, given })
    }

    /// Whether the batch erases something that the package before this one may show: then it is not nested, or what was erased would be
    /// handed over again.
    fn cut(&self, events: &[(Event, Parts)]) -> bool {
        let from = self.handover.from;
        let erases = |event: &Event| {
            event.kind.as_str() == "part.erased" && event.fact_number("of").is_some_and(|of| of < from)
        };
        self.index.erases_before(from) || events.iter().any(|(event, _)| erases(event))
    }

    /// The package before this one, unless the record was filed in this batch.
    fn earlier(&self, record: &Record, events: &[(Event, Parts)]) -> Outcome<Option<Vec<u8>>> {
        if events.iter().any(|(event, _)| event.kind.as_str() == "item.filed") || self.cut(events) {
            return Ok(None);
        }
        let missing = || Fault::refused("package.earlier_missing").with("found", &record.number);
        self.earlier.eep(&record.number)?.map(Some).ok_or_else(missing)
    }

    /// Everything that is not in a record's folder.
    fn rest(
        &self,
        totals: &Totals,
        catalogue: Catalogue,
        history: History<'_>,
    ) -> Outcome<Vec<(String, Vec<u8>)>> {
        let records = self.index.records();
        let ends = records.first().zip(records.last()).map(|(a, b)| (a.number.as_str(), b.number.as_str()));
        let ends = ends.unwrap_or_default();
        let register = Register { handover: self.handover, totals: *totals, ends };
        let (history_xml, history_page) = history.finish()?;
        let mut files = vec![
            (CATALOGUE.to_owned(), catalogue.finish()),
            (EXPLANATION.to_owned(), explanation(self.handover, totals, ends)),
            (HANDOVER.to_owned(), self.handover.to_bytes()?),
            (REGISTER.to_owned(), register.xml()),
            (format!("{OTHER}/登记表.html"), register.page()?),
            (format!("{OTHER}/公开与密级变更情况.xml"), history_xml),
            (format!("{OTHER}/公开与密级变更情况.html"), history_page),
            (format!("{OTHER}/封装与命名规则.txt"), fixed::NAMING.as_bytes().to_vec()),
            (format!("{OTHER}/核验说明.txt"), fixed::VERIFYING.as_bytes().to_vec()),
        ];
        files.extend(
            fixed::SCHEMAS.map(|(name, text)| (format!("{OTHER}/XML模式/{name}"), text.as_bytes().to_vec())),
        );
        Ok(files)
    }
}

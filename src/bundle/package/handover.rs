//! `移交信息.json`: everything in a package that is not derived from events.

use serde::{Deserialize, Serialize};

use super::number;
use crate::bundle::lists::to_file;
use crate::fault::{Fault, Outcome};
use crate::record::{ChainHash, Moment, Origin, TreeHash};

/// The format of a package.
pub const HANDOVER_FORMAT: u64 = 1;
/// Longest text in it, in characters.
const LONGEST: usize = 500;
/// Longest token, in bytes.
const TOKEN: usize = 64;
/// Most batches of one fonds: the number has four digits.
const BATCHES: u64 = 9999;

/// Who answers for the hand-over at the office.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// A mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// The batch before this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Previous {
    /// SHA-512 of its `tagmanifest-sha512.txt`, in lower-case hex.
    pub manifest: String,
    /// Its bag's name.
    pub name: String,
    /// Root of the tree at its end.
    pub root: TreeHash,
    /// Events at its end.
    pub size: u64,
}

/// What the office says of the hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    /// 接收单位, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<String>,
    /// 批次, from 1.
    pub batch: u64,
    /// 联系人
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// 内容描述, where the office words it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// 全宗号
    pub fonds: String,
    /// 全宗名称
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fonds_name: Option<String>,
    /// 1.
    #[schemars(extend("const" = 1))]
    pub format: u64,
    /// First event of the batch.
    pub from: u64,
    /// Chain hash of event 0.
    pub genesis: ChainHash,
    /// Chain hash of the last event.
    pub head: ChainHash,
    /// `at` of the last event: the time of the package.
    pub made: Moment,
    /// 移交单位
    pub office: String,
    /// The ledger.
    pub origin: Origin,
    /// The batch before this one; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
    /// Root of the tree.
    pub root: TreeHash,
    /// Events, those before `from` included.
    pub size: u64,
    /// The year of the hand-over.
    pub year: u64,
}

impl Handover {
    /// Reads `移交信息.json`.
    ///
    /// # Errors
    /// `package.handover` with what is wrong: not of this form, not its one spelling, out of bounds, parts that do not fit.
    pub fn parse(bytes: &[u8]) -> Outcome<Self> {
        let handover: Self = serde_json::from_slice(bytes).map_err(|error| bad(&error))?;
        handover.check()?;
        if handover.to_bytes()? == bytes { Ok(handover) } else { Err(bad(&"not canonical JSON")) }
    }

    /// The one way to write it.
    pub fn to_bytes(&self) -> Outcome<Vec<u8>> {
        to_file(self)
    }

    /// Whether its parts fit together.
    ///
    /// # Errors
    /// `package.handover`.
    pub fn check(&self) -> Outcome<()> {
        let year = u64::try_from(self.made.day().0.year()).unwrap_or_default();
        let first = self.batch == 1;
        let faults = [
            (self.format != HANDOVER_FORMAT, "format"),
            (!is_token(&self.fonds), "fonds"),
            (!(1..=BATCHES).contains(&self.batch), "batch"),
            (self.from >= self.size, "from"),
            (self.year != year, "year"),
            (first != (self.from == 0) || first != self.previous.is_none(), "previous"),
            (self.previous.as_ref().is_some_and(|previous| !previous.fits(self)), "previous"),
            (self.office.trim().is_empty() || self.texts().any(|text| !is_text(text)), "text"),
        ];
        faults.into_iter().find(|(wrong, _)| *wrong).map_or(Ok(()), |(_, name)| Err(bad(&name)))
    }

    /// The bag's name: `GZK-<fonds>-<year>-<batch>`.
    pub fn bag_name(&self) -> String {
        format!("GZK-{}-{}-{:04}", self.fonds, self.year, self.batch)
    }

    /// What the office calls the fonds.
    pub fn fonds_name(&self) -> &str {
        self.fonds_name.as_deref().unwrap_or(&self.office)
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        let contact = self.contact.iter().flat_map(|contact| [&contact.email, &contact.name, &contact.phone]);
        let own = [&self.archive, &self.description, &self.fonds_name];
        own.into_iter().chain(contact).filter_map(|text| text.as_deref()).chain([self.office.as_str()])
    }
}

impl Previous {
    /// Its number.
    pub fn batch(&self) -> Option<u64> {
        self.name.rsplit('-').next()?.parse().ok()
    }

    fn fits(&self, handover: &Handover) -> bool {
        let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        let numbered = format!("{:04}", handover.batch.saturating_sub(1));
        let parts: Vec<&str> = self.name.rsplitn(3, '-').collect();
        let fonds = format!("GZK-{}", handover.fonds);
        self.size == handover.from
            && self.manifest.len() == 128
            && self.manifest.chars().all(hex)
            && matches!(parts.as_slice(), [batch, year, rest]
                if *batch == numbered && *rest == fonds && year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))
    }
}

/// `[A-Za-z0-9][A-Za-z0-9._-]*`, short: a name in every file system.
pub fn is_token(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    text.len() <= TOKEN
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !text.ends_with('.')
        && text.bytes().all(plain)
}

fn is_text(text: &str) -> bool {
    text.chars().count() <= LONGEST && !text.chars().any(char::is_control)
}

fn bad(found: &dyn ToString) -> Fault {
    Fault::refused("package.handover").with("found", found.to_string())
}

/// Where a record's folder stands below `data/`.
pub(super) fn folder_of(series: &number::Series, name: &str) -> String {
    format!("{}/{name}", series.folder())
}

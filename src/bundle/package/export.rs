//! Making a package: the evidence first, with the very bytes that a bundle has, then everything that is derived from it.

use std::io::{self, Read};

use super::derive::{Contents, EVIDENCE, Index, Inputs, Totals, derive};
use super::handover::{Contact, HANDOVER_FORMAT};
use super::{Handover, Previous};
use crate::bundle::export::Prepared;
use crate::bundle::{BagWriter, Sink};
use crate::fault::{Fault, Outcome};

/// Takes the files of a payload one after the other, below `data/`.
pub trait Put {
    /// A new file of `size` bytes.
    fn begin(&mut self, path: &str, size: u64) -> Outcome<()>;
    /// The next bytes of the file.
    fn bytes(&mut self, bytes: &[u8]) -> Outcome<()>;
    /// The file is complete.
    fn end(&mut self) -> Outcome<()>;
}

impl<P: Put + ?Sized> Put for &mut P {
    fn begin(&mut self, path: &str, size: u64) -> Outcome<()> {
        (**self).begin(path, size)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Outcome<()> {
        (**self).bytes(bytes)
    }

    fn end(&mut self) -> Outcome<()> {
        (**self).end()
    }
}

/// A whole file.
pub fn put(to: &mut dyn Put, path: &str, bytes: &[u8]) -> Outcome<()> {
    to.begin(path, bytes.len() as u64)?;
    to.bytes(bytes)?;
    to.end()
}

/// What the office says of the hand-over; the rest stands in the ledger.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// 全宗号
    pub fonds: String,
    /// 全宗名称
    pub fonds_name: Option<String>,
    /// 接收单位
    pub archive: Option<String>,
    /// 联系人
    pub contact: Option<Contact>,
    /// 内容描述
    pub description: Option<String>,
    /// 批次; the one after the previous when not given.
    pub batch: Option<u64>,
    /// The batch before.
    pub previous: Option<Previous>,
}

/// The hand-over of what is prepared.
///
/// # Errors
/// `package.handover` when its parts do not fit.
pub fn handover(prepared: &Prepared<'_>, office: &str, said: Said) -> Outcome<Handover> {
    let meta = prepared.meta();
    let next = said.previous.as_ref().and_then(|previous| previous.batch()).map_or(1, |batch| batch + 1);
    let handover = Handover {
        archive: said.archive,
        batch: said.batch.unwrap_or(next),
        contact: said.contact,
        description: said.description,
        fonds: said.fonds,
        fonds_name: said.fonds_name,
        format: HANDOVER_FORMAT,
        from: meta.from,
        genesis: meta.genesis,
        head: meta.head,
        made: prepared.at(),
        office: office.to_owned(),
        origin: meta.origin.clone(),
        previous: said.previous,
        root: meta.root,
        size: meta.size,
        year: u64::try_from(prepared.at().day().0.year()).unwrap_or_default(),
    };
    handover.check()?;
    Ok(handover)
}

/// Writes 固化验证信息: the payload of a bundle, byte for byte.
///
/// # Errors
/// What preparing and putting give.
pub fn evidence(prepared: &Prepared<'_>, office: &str, to: &mut dyn Put) -> Outcome<()> {
    let sink = Evidence { to, payload: false };
    let mut bag = BagWriter::begin(sink, &prepared.bag_head(office)?)?;
    prepared.write(&mut bag, &mut |_| ())?;
    bag.close().map(drop)
}

/// Writes everything that is derived.
///
/// # Errors
/// What [`derive()`] and putting give.
pub fn derived(inputs: &Inputs<'_>, to: &mut dyn Put) -> Outcome<Totals> {
    derive(inputs, &mut |path, bytes| put(to, path, bytes))
}

/// Copies a file of exactly `size` bytes.
///
/// # Errors
/// `bundle.size_changed`; the machine.
pub fn copy(to: &mut dyn Put, path: &str, size: u64, from: &mut dyn Read) -> Outcome<()> {
    let mut room = vec![0; 256 << 10];
    let mut left = size;
    to.begin(path, size)?;
    loop {
        let read = from.read(&mut room).map_err(|error| Fault::io(path, &error))?;
        if read == 0 {
            break;
        }
        let changed = || Fault::usage("bundle.size_changed").with("path", path).with("expected", size);
        left = left.checked_sub(read as u64).ok_or_else(|| changed().with("found", "more"))?;
        to.bytes(room.get(..read).unwrap_or_default())?;
    }
    if left > 0 {
        let fault = Fault::usage("bundle.size_changed").with("path", path).with("expected", size);
        return Err(fault.with("found", size - left));
    }
    to.end()
}

/// Where a content file goes, by the records whose events name it.
///
/// # Errors
/// `package.content_name` when a file of that name stands there already or would hide one that is derived.
pub fn places(index: &Index, contents: &Contents) -> Outcome<Vec<(String, [u8; 32])>> {
    let mut places = Vec::new();
    for record in index.records() {
        let list = contents.of(&record.number);
        for content in list {
            let twice = list.iter().filter(|other| other.name == content.name).count() > 1;
            if twice || !is_own_name(&content.name) {
                return Err(Fault::refused("package.content_name").with("path", &content.name));
            }
            places.push((format!("{}/{}", record.folder, content.name), content.sha256));
        }
    }
    places.sort();
    Ok(places)
}

/// Whether a name is free for a content file.
pub fn is_own_name(name: &str) -> bool {
    use super::derive::{EVENTS, PAGE, is_metadata};
    !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(['/', '\\', ':'])
        && !name.chars().any(char::is_control)
        && ![EVENTS, PAGE].contains(&name)
        && !is_metadata(name)
}

/// Puts the payload of a bag under [`EVIDENCE`] and leaves its tag files out.
struct Evidence<'a> {
    to: &'a mut dyn Put,
    payload: bool,
}

fn told(outcome: Outcome<()>) -> io::Result<()> {
    outcome.map_err(|fault| io::Error::other(fault.text(crate::fault::Lang::En)))
}

impl Sink for Evidence<'_> {
    type Done = ();

    fn begin(&mut self, path: &str, size: u64) -> io::Result<()> {
        let below = path.strip_prefix("data/");
        self.payload = below.is_some();
        let begun = below.map_or(Ok(()), |path| self.to.begin(&format!("{EVIDENCE}/{path}"), size));
        told(begun)
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        let taken = if self.payload { self.to.bytes(bytes) } else { Ok(()) };
        told(taken)
    }

    fn end(&mut self) -> io::Result<()> {
        let ended = if self.payload { self.to.end() } else { Ok(()) };
        told(ended)
    }

    fn finish(self) -> io::Result<()> {
        Ok(())
    }
}

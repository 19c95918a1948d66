//! The files a bundle ships beside its events: which they are, and that they say what the events give.

use std::collections::{BTreeMap, BTreeSet};

use super::Visitor;
use crate::bundle::derived::Deriving;
use crate::bundle::layout::{DERIVED, is_read_elsewhere, rank};
use crate::bundle::meta::{Meta, VERIFY};
use crate::bundle::{BagReport, Blake3Digest, note, schemas};
use crate::fault::Outcome;
use crate::record::verify::{Chain, Copy};
use crate::record::{Class, Day, EditionDigest, Finding, Law as _, Moment};

impl Visitor {
    /// Every other payload file is one that we derive, with the bytes that we derive.
    pub(super) fn check_files(
        &mut self,
        meta: &Meta,
        chain: &Chain,
        law: &Deriving,
        bag: &BagReport,
    ) -> Outcome<()> {
        let mut there: BTreeMap<&str, Blake3Digest> =
            bag.payload.iter().map(|file| (file.path.as_str(), file.digests.blake3)).collect();
        there.retain(|path, _| !is_read_elsewhere(path));
        let day = chain.head.at.map(Moment::day).or_else(|| Day::from_unix_day(bag.mtime_unix));
        self.lists_unknown = self.partial_unknown || !law.edition_known();
        if self.lists_unknown {
            for path in DERIVED.into_iter().filter(|path| there.remove(path).is_none()) {
                self.integrity(path, "bundle.derived_differs", "what the events give", "no such file");
            }
        } else if let Some(day) = day {
            for (path, bytes) in law.files(&day.to_string(), meta.edition == Copy::Full)?.files {
                let ours = Blake3Digest::of(&bytes);
                match there.remove(path) {
                    Some(theirs) if theirs == ours => {}
                    Some(_) => self.integrity(
                        path,
                        "bundle.derived_differs",
                        "what the events give",
                        "other content",
                    ),
                    None => {
                        self.integrity(path, "bundle.derived_differs", "what the events give", "no such file")
                    }
                }
            }
        }
        if let Some(pair) = bag
            .payload
            .windows(2)
            .find(|pair| matches!(pair, [a, b] if (rank(&a.path), &a.path) >= (rank(&b.path), &b.path)))
            && let [a, b] = pair
        {
            self.integrity(&b.path, "bundle.file_order", format!("after {}", a.path), "before it");
        }
        if !self.partial_unknown {
            self.check_rules(law);
        }
        if !there.contains_key(VERIFY) {
            self.integrity(VERIFY, "bundle.bag_missing_file", "a note", "no such file");
        }
        self.check_shipped(&mut there);
        let unknown: Vec<String> = there.keys().map(|path| (*path).to_owned()).collect();
        for path in unknown {
            self.integrity(&path, "bundle.unknown_file", "no such file", "a file");
        }
        Ok(())
    }

    /// Schemas and the note: ours where we have them, else a notice that a person should look.
    fn check_shipped(&mut self, there: &mut BTreeMap<&str, Blake3Digest>) {
        let mut shipped: Vec<(String, &str)> =
            schemas::all().into_iter().map(|(name, text)| (format!("schemas/{name}"), text)).collect();
        shipped.push((VERIFY.to_owned(), note::VERIFY_TEXT));
        for (path, text) in shipped {
            if there.get(path.as_str()).is_some_and(|theirs| *theirs == Blake3Digest::of(text.as_bytes())) {
                there.remove(path.as_str());
            }
        }
        let others: Vec<String> = there
            .keys()
            .filter(|path| path.starts_with("schemas/") || **path == VERIFY)
            .map(|p| (*p).to_owned())
            .collect();
        for path in others {
            there.remove(path.as_str());
            let mut finding =
                Finding::new("bundle.other_text", Class::Notice, "the text this program ships", "another");
            finding.place.file = Some(path);
            self.findings.push(finding);
        }
    }

    /// The editions shipped are those that the log adopts, as far as they are known here.
    fn check_rules(&mut self, law: &Deriving) {
        let adopted: BTreeSet<EditionDigest> = law.adopted().collect();
        let lacking = adopted.iter().filter(|edition| self.books.get(edition).is_some());
        let lacking: Vec<EditionDigest> = lacking.copied().filter(|e| !self.shipped.contains(e)).collect();
        for edition in lacking {
            self.integrity("rules", "bundle.rules", edition, "no such file");
        }
        let strange: Vec<EditionDigest> = self.shipped.difference(&adopted).copied().collect();
        for edition in strange {
            self.integrity("rules", "bundle.rules", "an edition that the log adopts", edition);
        }
    }
}

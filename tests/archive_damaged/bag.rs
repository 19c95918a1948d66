//! What the bag says: its declaration, manifests, tag manifest, labels, and who signed.

use crate::make::{Bag, SIGNATURE, TAGS};
use crate::world::World;
use crate::{Kind, first, folder};

const SHA512: &str = "manifest-sha512.txt";
const SM3: &str = "manifest-sm3.txt";
const BLAKE3: &str = "manifest-blake3.txt";
const FIVE: [&str; 5] = ["bag-info.txt", "bagit.txt", BLAKE3, SHA512, SM3];
const INFO: &str = "bag-info.txt";
const FILE: &str = "data/其他/核验说明.txt";

fn one(world: &World) -> Bag {
    world.batch(1)
}

/// A manifest with the first line changed, the tag manifest and the signature made anew.
fn lined(bag: Bag, manifest: &str, change: fn(&str) -> String) -> Bag {
    let text = bag.text(manifest);
    let (line, rest) = text.split_once('\n').unwrap();
    bag.put(manifest, change(line) + rest).tagged()
}

fn wrong(line: &str) -> String {
    let digit = if line.starts_with('0') { "1" } else { "0" };
    format!("{digit}{}\n", &line[1..])
}

fn gone(_: &str) -> String {
    String::new()
}

fn more(line: &str) -> String {
    let (digest, _) = line.split_once("  ").unwrap();
    format!("{line}\n{digest}  data/没有.txt\n")
}

fn twice(line: &str) -> String {
    format!("{line}\n{line}\n")
}

fn sha256(bag: Bag) -> Bag {
    use sha2::Digest as _;
    let payload = bag.files.iter().filter(|(path, _)| path.starts_with("data/"));
    let line = |(path, bytes): (&String, &Vec<u8>)| {
        format!("{}  {path}\n", hex::encode(sha2::Sha256::digest(bytes)))
    };
    let text: String = payload.map(line).collect();
    let bag = bag.put("manifest-sha256.txt", text);
    bag.tagged_of(&[&FIVE[..], &["manifest-sha256.txt"]].concat())
}

fn without(world: &World, manifest: &str) -> Bag {
    let rest: Vec<&str> = FIVE.into_iter().filter(|name| *name != manifest).collect();
    one(world).remove(manifest).tagged_of(&rest)
}

#[rustfmt::skip]
pub const KINDS: &[Kind] = &[
    first("package.bag_missing", "bagit.txt is missing", |w| folder(one(w).remove("bagit.txt").tagged())),
    first("package.profile_declaration", "bagit.txt says version 0.97", |w| folder(one(w).replace("bagit.txt", "1.0", "0.97").tagged())),
    first("package.profile_declaration", "bagit.txt says UTF-16", |w| folder(one(w).replace("bagit.txt", "UTF-8", "UTF-16").tagged())),
    first("package.profile_missing", "bag-info.txt is missing", |w| folder(without(w, INFO))),
    first("package.bag_oxum", "Payload-Oxum counts one file more", |w| {
        let bag = one(w);
        let count = bag.files.keys().filter(|path| path.starts_with("data/")).count();
        folder(bag.replace(INFO, &format!(".{count}\n"), &format!(".{}\n", count + 1)).tagged())
    }),
    first("package.bag_oxum", "Payload-Oxum is no number", |w| folder(one(w).replace(INFO, "Payload-Oxum: ", "Payload-Oxum: x").tagged())),
    first("package.profile_label", "a label of bag-info.txt is missing", |w| folder(one(w).replace(INFO, "Bag-Group-Identifier: Z109\n", "").tagged())),
    first("package.profile_label", "a label of bag-info.txt stands twice", |w| folder(one(w).replace(INFO, "Bag-Group-Identifier: Z109\n", "Bag-Group-Identifier: Z109\nBag-Group-Identifier: Z110\n").tagged())),
    first("package.profile_identifier", "bag-info.txt names another profile", |w| folder(one(w).replace(INFO, "urn:zhaoce:bagit-profile:package:1", "urn:x:1").tagged())),
    first("package.digest", "manifest-sha512.txt has a wrong digest", |w| folder(lined(one(w), SHA512, wrong))),
    first("package.digest", "manifest-sm3.txt has a wrong digest", |w| folder(lined(one(w), SM3, wrong))),
    first("package.digest", "manifest-blake3.txt has a wrong digest", |w| folder(lined(one(w), BLAKE3, wrong))),
    first("package.manifest_unlisted", "manifest-sha512.txt lacks a file", |w| folder(lined(one(w), SHA512, gone))),
    first("package.manifest_unlisted", "manifest-sm3.txt lacks a file", |w| folder(lined(one(w), SM3, gone))),
    first("package.manifest_unlisted", "manifest-blake3.txt lacks a file", |w| folder(lined(one(w), BLAKE3, gone))),
    first("package.profile_missing", "manifest-sha512.txt is missing", |w| folder(without(w, SHA512))),
    first("package.profile_missing", "manifest-sm3.txt is missing", |w| folder(without(w, SM3))),
    first("package.profile_missing", "manifest-blake3.txt is missing", |w| folder(without(w, BLAKE3))),
    first("package.manifest_absent", "manifest-sha512.txt lists a file that is not there", |w| folder(lined(one(w), SHA512, more))),
    first("package.manifest_absent", "manifest-sm3.txt lists a file that is not there", |w| folder(lined(one(w), SM3, more))),
    first("package.manifest_absent", "manifest-blake3.txt lists a file that is not there", |w| folder(lined(one(w), BLAKE3, more))),
    first("package.manifest_duplicate", "manifest-sha512.txt lists a file twice", |w| folder(lined(one(w), SHA512, twice))),
    first("package.manifest_scope", "manifest-sha512.txt lists a path out of the bag", |w| folder(lined(one(w), SHA512, |line| format!("{line}\n{}  data/../../x\n", &line[..128])))),
    first("package.manifest_syntax", "manifest-sha512.txt has a line that is none", |w| folder(lined(one(w), SHA512, |line| format!("{line}\nx\n")))),
    first("package.profile_unexpected", "there is a manifest of SHA-256 too", |w| folder(sha256(one(w)))),
    first("package.profile_missing", "the tag manifest is missing", |w| folder(one(w).remove(TAGS))),
    first("package.digest", "the tag manifest does not hold for bag-info.txt", |w| folder(one(w).replace(INFO, "示例县", "示列县"))),
    first("package.profile_unlisted", "the tag manifest lacks bag-info.txt", |w| folder(one(w).tagged_of(&FIVE[1..]))),
    first("package.manifest_unlisted", "the tag manifest lacks manifest-sm3.txt", |w| folder(one(w).tagged_of(&FIVE[..4]))),
    first("package.profile_listed", "the tag manifest lists the signature", |w| folder(one(w).tagged_of(&[FIVE[0], FIVE[1], FIVE[2], FIVE[3], FIVE[4], SIGNATURE]))),
    first("package.manifest_absent", "the tag manifest lists a file that is not there", |w| {
        let bag = one(w);
        let tags = bag.text(TAGS);
        let more = format!("{tags}{}  notes.txt\n", "0".repeat(128));
        folder(bag.put(TAGS, more).signed("archivist"))
    }),
    first("package.profile_unexpected", "there is a tag file that the profile does not know", |w| folder(one(w).put("notes.txt", "x"))),
    first("package.bag_fetch", "fetch.txt promises files from elsewhere", |w| folder(one(w).put("fetch.txt", "https://example.cn/x 1 data/x\n"))),
    first("package.digest", "a bit of a payload file is flipped", |w| {
        let mut bytes = one(w).files[FILE].clone();
        bytes[7] ^= 1;
        folder(one(w).put(FILE, bytes))
    }),
    first("package.manifest_absent", "a payload file is missing", |w| folder(one(w).remove(FILE))),
    first("package.manifest_unlisted", "a payload file stands in no manifest", |w| folder(one(w).put("data/其他/多余.txt", "x"))),
];

#[rustfmt::skip]
pub const SIGNATURES: &[Kind] = &[
    first("package.signature", "the tag manifest is not signed", |w| folder(one(w).remove(SIGNATURE))),
    first("package.signature", "the tag manifest is signed by a key that was never enrolled", |w| folder(one(w).signed("stranger"))),
    first("package.signature", "the tag manifest is signed by a revoked key", |w| folder(one(w).signed("revoked"))),
    first("package.signature", "the tag manifest is signed by the ledger key", |w| folder(one(w).signed("ledger"))),
    first("package.signature", "the tag manifest is signed by another office's key", |w| folder(one(w).signed("other"))),
    first("package.signature", "the signature is over other bytes", |w| {
        let bag = one(w);
        let note = bag.note(b"other bytes", "archivist");
        folder(bag.put(SIGNATURE, note))
    }),
    first("package.signature", "the signature is for another package", |w| {
        let bag = one(w);
        let note = bag.note_with(&bag.files[TAGS], w.key("archivist"), |of| of.package = "GZK-Z109-2026-0007".into());
        folder(bag.put(SIGNATURE, note))
    }),
    first("package.signature", "the signature is for another ledger", |w| {
        let bag = one(w);
        let note = bag.note_with(&bag.files[TAGS], w.key("archivist"), |of| of.origin = crate::world::OTHER.parse().unwrap());
        folder(bag.put(SIGNATURE, note))
    }),
    first("package.signature", "the signature is no note", |w| folder(one(w).put(SIGNATURE, "x"))),
    first("package.signature", "the register is signed by a key that was never enrolled", |w| register(w, "stranger", None)),
    first("package.signature", "the register is signed by a revoked key", |w| register(w, "revoked", None)),
    first("package.signature", "the register is signed by another office's key", |w| register(w, "other", None)),
    first("package.signature", "the register's note is over other bytes", |w| register(w, "archivist", Some(b"x"))),
    first("package.signature", "the register has no note", |w| folder(one(w).remove("data/其他/登记表.xml.note").sealed())),
];

fn register(world: &World, key: &str, over: Option<&[u8]>) -> crate::Arrival {
    let bag = one(world);
    let note = bag.note(over.unwrap_or(&bag.files["data/其他/登记表.xml"]), key);
    folder(bag.put("data/其他/登记表.xml.note", note).sealed())
}

//! `archive cosign`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::place::{Place, Room};
use crate::bundle::meta::Consistency;
use crate::cli::desk::Planned;
use crate::cli::item::doing::Doing;
use crate::cli::report::read_checkpoint;
use crate::cli::{Ctx, Ui, dossier, input, output};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::tree::check_consistency;
use crate::record::{Checkpoint, KeyId, PublicKey, TreeHash};
use crate::rules::Scalar;
use crate::views::DossierRow;

/// 见证移交单位最新的检查点：与上次所见一致的，加签见证签名 · Cosign an office's newest checkpoint, if it goes on from what was seen last
///
/// 移交单位：zhaoce ledger checkpoint > c；zhaoce proof consistency --from 上次的回执 -o p；当即用 zhaoce receipt record 记入所得回执。
/// The office: zhaoce ledger checkpoint > c; zhaoce proof consistency --from LAST-RECEIPT -o p; and records the result at once.
#[derive(Args)]
pub struct Cosign {
    /// 移交单位的检查点 · The office's checkpoint
    checkpoint: PathBuf,
    /// 自上次所见起的一致性证明；长度相同的不须 · Consistency proof from what was seen last; not for the same size
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// 写入的文件；不写则到标准输出 · File to write; standard output if not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    doing: Doing,
}

/// What was seen of an office last.
struct Seen {
    office: DossierRow,
    size: u64,
    root: TreeHash,
    key: KeyId,
    note: String,
}

impl Cosign {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, place: &Place) -> Outcome<()> {
        let checkpoint = read_checkpoint(&self.checkpoint)?;
        let proof = self.proof.as_deref().map(input::bytes).transpose()?;
        let mut room = Room::open(ctx, place)?;
        let seen = seen(&room.desk().ledger, &checkpoint)?;
        if !PublicKey::decode(seen.key).is_ok_and(|key| checkpoint.verifies(&key)) {
            return Err(Fault::refused("checkpoint.signature").with("expected", seen.key).with("found", "—"));
        }
        let forked = checkpoint.head.size == seen.size && checkpoint.head.root != seen.root;
        let note = room.cosigned(checkpoint.clone())?.encode();
        let desk = room.desk();
        let done = self.doing.resolve(ctx, desk)?;
        if forked {
            let wish = done.wish("office.forked", &seen.office.id)?;
            let wish = wish.fact("held", seen.note).fact("shown", checkpoint.encode());
            desk.sign(ui, vec![Planned { wish, place: String::new() }])?;
            return Err(Fault::refused("office.fork")
                .with("expected", seen.root)
                .with("found", checkpoint.head.root));
        }
        goes_on(&seen, &checkpoint, proof.as_deref())?;
        let wish = done
            .wish("office.advanced", &seen.office.id)?
            .fact("size", checkpoint.head.size)
            .fact("root", format!("sha256:{}", checkpoint.head.root))
            .fact("ledger_key", seen.key.to_string())
            .fact("note", note.as_str());
        desk.sign(ui, vec![Planned { wish, place: String::new() }])?;
        match &self.output {
            Some(path) => {
                output::write_file(path, note.as_bytes())?;
                let path = path.display();
                ui.say(format!("已见证，写入：{path}"), format!("Cosigned: {path}"))?;
                ui.json(&json!({ "note": note, "size": checkpoint.head.size }))
            }
            None if ui.is_json() => ui.json(&json!({ "note": note, "size": checkpoint.head.size })),
            None => ui.raw(note.as_bytes()),
        }
    }
}

/// Errors: `archive.no_office`.
fn seen(ledger: &Ledger, checkpoint: &Checkpoint) -> Outcome<Seen> {
    let origin = checkpoint.head.origin.as_str();
    let none = || Fault::usage("archive.no_office").with("found", origin);
    let rows = dossier::rows(ledger, "office")?;
    let office = rows.into_iter().find(|row| row.code("origin") == Some(origin)).ok_or_else(none)?;
    let text = |name: &str| office.code(name).unwrap_or_default().to_owned();
    let size = office.get("size").and_then(Scalar::number).ok_or_else(none)?;
    let root = text("root").trim_start_matches("sha256:").parse().map_err(|_| none())?;
    let key = KeyId::parse(&text("ledger_key")).map_err(|_| none())?;
    let note = text("note");
    Ok(Seen { office, size, root, key, note })
}

/// Whether the checkpoint's tree begins with what was seen.
///
/// Errors: `office.backwards`, `archive.proof`.
fn goes_on(seen: &Seen, checkpoint: &Checkpoint, proof: Option<&[u8]>) -> Outcome<()> {
    let (own, head) = ((seen.size, seen.root), (checkpoint.head.size, checkpoint.head.root));
    if head == own {
        return Ok(());
    }
    if head.0 < own.0 {
        return Err(Fault::refused("office.backwards").with("expected", own.0).with("found", head.0));
    }
    let wrong = |found: &dyn ToString| {
        Fault::refused("archive.proof").with("expected", own.0).with("found", found.to_string())
    };
    let proof: Consistency =
        serde_json::from_slice(proof.ok_or_else(|| wrong(&"—"))?).map_err(|error| wrong(&error))?;
    let heads = ((proof.from.size, proof.from.root), (proof.to.size, proof.to.root));
    if heads != (own, head) || !check_consistency(own, head, &proof.proof) {
        return Err(wrong(&format!("{} → {}", proof.from.size, proof.to.size)));
    }
    Ok(())
}

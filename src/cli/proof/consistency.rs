//! `proof consistency`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::bundle::meta::{Consistency, SizedRoot};
use crate::bundle::to_file;
use crate::cli::report::read_checkpoint;
use crate::cli::{Ctx, Ui, input};
use crate::fault::{Fault, Outcome};
use crate::record::Checkpoint;
use crate::record::tree::check_consistency;

/// 一致性证明：证明较早的检查点是较晚者的前段；也可核对这样的证明 · Prove that an earlier checkpoint begins a later one, or check such a proof
///
/// 核对不需要台账。证明是一行规范 JSON，与归档包中的 consistency.json 相同。
/// Checking takes no ledger. The proof is one line of canonical JSON, the same as consistency.json in a bundle.
#[derive(Args)]
pub struct ProveConsistency {
    /// 较早的检查点 · The earlier checkpoint
    #[arg(long, value_name = "FILE", required_unless_present = "check")]
    from: Option<PathBuf>,
    /// 较晚的检查点，缺省为台账现状（now） · The later checkpoint; `now`, the ledger as it stands, if not given
    #[arg(long, value_name = "FILE|now")]
    to: Option<PathBuf>,
    /// 核对这一证明；另给检查点的，同时核对是否为这两个检查点 · Check this proof, and that it is about the checkpoints given
    #[arg(long, value_name = "PROOF", conflicts_with = "output")]
    check: Option<PathBuf>,
    /// 输出文件，缺省为标准输出 · Output file; standard output if not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl ProveConsistency {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match &self.check {
            Some(path) => self.check(ui, path),
            None => self.make(ui, ctx),
        }
    }

    fn from(&self) -> Outcome<Option<Checkpoint>> {
        self.from.as_deref().map(read_checkpoint).transpose()
    }

    fn to(&self) -> Outcome<Option<Checkpoint>> {
        let file = self.to.as_deref().filter(|path| *path != Path::new("now"));
        file.map(read_checkpoint).transpose()
    }

    fn make(&self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let (from, to) = (self.from()?, self.to()?);
        let ledger = ctx.read()?;
        let origin = &ledger.info().origin;
        if let Some(other) = from.iter().chain(&to).find(|checkpoint| checkpoint.head.origin != *origin) {
            let fault = Fault::refused("checkpoint.origin").with("expected", origin);
            return Err(fault.with("found", &other.head.origin));
        }
        let size = from.as_ref().map_or(0, |checkpoint| checkpoint.head.size);
        let end = to.as_ref().map_or(ledger.head().size(), |checkpoint| checkpoint.head.size);
        let proof = ledger.consistency(size, end)?;
        let made = Consistency {
            from: SizedRoot { root: proof.from, size },
            proof: proof.path,
            to: SizedRoot { root: proof.to, size: end },
        };
        fits(from.as_ref(), &made.from)?;
        fits(to.as_ref(), &made.to)?;
        let bytes = to_file(&made)?;
        match &self.output {
            None => ui.raw(&bytes),
            Some(path) => {
                std::fs::write(path, &bytes).map_err(|error| Fault::io(path.display(), &error))?;
                ui.say(
                    format!("已出具一致性证明：{}（{size} → {end}）", path.display()),
                    format!("Consistency proof: {} ({size} to {end})", path.display()),
                )?;
                ui.json(&json!({ "path": path, "from": size, "to": end }))
            }
        }
    }

    fn check(&self, ui: &Ui, path: &Path) -> Outcome<()> {
        let bytes = input::bytes(path)?;
        let form = |error: &dyn ToString| Fault::usage("consistency.form").with("found", error.to_string());
        let proof: Consistency = serde_json::from_slice(&bytes).map_err(|error| form(&error))?;
        if to_file(&proof)? != bytes {
            return Err(form(&"not canonical"));
        }
        fits(self.from()?.as_ref(), &proof.from)?;
        fits(self.to()?.as_ref(), &proof.to)?;
        let heads = ((proof.from.size, proof.from.root), (proof.to.size, proof.to.root));
        let (from, to) = (proof.from.size, proof.to.size);
        if from == 0 || !check_consistency(heads.0, heads.1, &proof.proof) {
            return Err(Fault::refused("consistency.broken").with("expected", from).with("found", to));
        }
        ui.say(
            format!("证明成立：{from} 个事件的台账是 {to} 个事件的台账的前段。"),
            format!("The proof holds: the ledger of {from} events begins that of {to}."),
        )?;
        ui.json(&json!({ "from": proof.from, "to": proof.to, "holds": true }))
    }
}

/// The checkpoint states this tree.
///
/// Errors: `checkpoint.fork`.
fn fits(checkpoint: Option<&Checkpoint>, tree: &SizedRoot) -> Outcome<()> {
    let other = |given: &&Checkpoint| (given.head.size, given.head.root) != (tree.size, tree.root);
    let fault = |given: &Checkpoint| {
        let fault = Fault::refused("checkpoint.fork");
        fault
            .with("expected", told(given.head.size, given.head.root))
            .with("found", told(tree.size, tree.root))
    };
    checkpoint.filter(other).map_or(Ok(()), |given| Err(fault(given)))
}

fn told(size: u64, root: crate::record::TreeHash) -> String {
    format!("{size} {root}")
}

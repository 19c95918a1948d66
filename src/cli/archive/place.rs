//! Where an archive stands, and who works in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::archive::erase::Executor;
use crate::archive::intake::{Approval, Intake};
use crate::archive::judge::PackageJudge;
use crate::archive::keeping::Keeping;
use crate::archive::register::{Clerk, LedgerRegister};
use crate::archive::store::{Store, User};
use crate::bundle::package::Limits;
use crate::cli::desk::Desk;
use crate::cli::first_key::key_name;
use crate::cli::{Ctx, output};
use crate::fault::{Fault, Outcome};
use crate::ledger::Entropy;
use crate::log::{Disk, OsDisk};
use crate::record::{Checkpoint, Moment, Signer};
use crate::rules::Books;

const FILE: &str = "archive.json";

/// `archive.json`: what the archive is; public, without a secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// 1.
    pub format: u64,
    /// Name of the archive.
    pub name: String,
    /// When a person has to approve a sound package.
    pub approval: Approval,
}

/// The folder of an archive.
pub struct Place {
    /// The folder.
    pub dir: PathBuf,
}

impl Place {
    /// The folder that is given.
    ///
    /// Errors: `archive.not_named`.
    pub fn named(dir: Option<PathBuf>) -> Outcome<Self> {
        dir.map(|dir| Self { dir }).ok_or_else(|| Fault::usage("archive.not_named"))
    }

    /// The folder of its own ledger.
    pub fn ledger(&self) -> PathBuf {
        self.dir.join("ledger")
    }

    /// What it is.
    ///
    /// Errors: `archive.none` when there is none here.
    pub fn config(&self) -> Outcome<Config> {
        let path = self.dir.join(FILE);
        let none = |found: &dyn ToString| {
            Fault::usage("archive.none").with("path", path.display()).with("found", found.to_string())
        };
        let bytes = std::fs::read(&path).map_err(|error| none(&error))?;
        let config: Config = serde_json::from_slice(&bytes).map_err(|error| none(&error))?;
        if config.format == 1 { Ok(config) } else { Err(none(&format!("format {}", config.format))) }
    }

    /// Writes what it is.
    pub fn write(&self, config: &Config) -> Outcome<()> {
        let text = serde_json::to_string_pretty(config);
        let text =
            text.map_err(|error| Fault::machine("io.failed").with("path", FILE).with("found", error))?;
        output::write_file(&self.dir.join(FILE), (text + "\n").as_bytes())
    }

    /// Its disk.
    pub fn disk(&self) -> Arc<dyn Disk> {
        Arc::new(OsDisk::new(&self.dir))
    }

    /// Its store.
    pub fn store(&self) -> Store {
        Store::at(self.disk(), "store", "work")
    }

    /// Who judges packages in it.
    pub fn judge(&self, ctx: &Ctx<'_>) -> Outcome<PackageJudge> {
        Ok(PackageJudge::new(self.disk(), Books::built_in()?, Limits::default(), ctx.today()?))
    }

    /// Whether there is anything here yet.
    pub fn is_taken(&self) -> bool {
        std::fs::read_dir(&self.dir).is_ok_and(|mut entries| entries.next().is_some())
    }

    /// Path of the folder below it.
    pub fn below(&self, path: impl AsRef<Path>) -> PathBuf {
        self.dir.join(path)
    }
}

/// Somebody at work in an archive: its ledger is open for writing, so nobody else changes any of it.
pub struct Room<'a> {
    desk: Desk<'a>,
    witness: Box<dyn Signer>,
    entropy: Drawn,
    judge: PackageJudge,
    config: Config,
    disk: Arc<dyn Disk>,
    /// The time of what is done.
    pub now: Moment,
}

impl<'a> Room<'a> {
    /// Unlocks the keys, then opens the ledger.
    ///
    /// Errors: `archive.no_witness` when this machine has not the archive's witness key.
    pub fn open(ctx: &'a Ctx<'a>, place: &Place) -> Outcome<Self> {
        let config = place.config()?;
        let origin = crate::ledger::info_of(&place.ledger())?.origin;
        let name = key_name(&origin, "witness")?;
        let store = ctx.keystore()?;
        if store.entry(&name)?.is_none() {
            return Err(Fault::usage("archive.no_witness")
                .with("found", &name)
                .with("path", store.folder().display()));
        }
        let witness = store.unlock(&name, &ctx.passphrase())?;
        let desk = Desk::open(ctx)?;
        let now = desk.at()?;
        let entropy = Drawn::new(ctx)?;
        Ok(Self { desk, witness, entropy, judge: place.judge(ctx)?, config, disk: place.disk(), now })
    }

    /// Does something with the intake and the register.
    pub fn work<T>(
        &mut self,
        work: impl FnOnce(&Intake<'_>, &mut LedgerRegister<'_>, Moment) -> Outcome<T>,
    ) -> Outcome<T> {
        self.execute(|executor, register| work(executor.intake, register, executor.now))
    }

    /// The same with what executing orders takes.
    pub fn execute<T>(
        &mut self,
        work: impl FnOnce(&Executor<'_, '_>, &mut LedgerRegister<'_>) -> Outcome<T>,
    ) -> Outcome<T> {
        let (person, name) = (self.desk.me.clone(), self.config.name.clone());
        self.judge.keep(Keeping::read(&self.desk.ledger)?);
        let (ledger, signer, _) = self.desk.parts();
        let clerk = Clerk { person, signer, witness: &*self.witness, now: self.now };
        let mut register = LedgerRegister::open(ledger, clerk, &mut self.entropy)?;
        let user = User { name, address: None };
        let intake = Intake::new(self.disk.clone(), &self.judge, self.config.approval, user.clone());
        intake.recover(&mut register)?;
        let executor = Executor { intake: &intake, judge: &self.judge, signer, user, now: self.now };
        work(&executor, &mut register)
    }

    /// The checkpoint with the archive's cosignature, made now.
    pub fn cosigned(&self, checkpoint: Checkpoint) -> Outcome<Checkpoint> {
        let name = format!("{}/witness", self.desk.ledger.info().origin);
        let failed =
            |error: crate::record::keys::SignError| Fault::machine(error.code()).with("found", error);
        checkpoint.cosign(&name, &*self.witness, self.now.unix()).map_err(failed)
    }

    /// The desk, for other acts.
    pub fn desk(&mut self) -> &mut Desk<'a> {
        &mut self.desk
    }

    /// The person at work.
    pub fn me(&self) -> String {
        self.desk.me.to_string()
    }
}

/// Randomness that can go from thread to thread: drawn once from the process's, then drawn out.
struct Drawn(blake3::OutputReader);

impl Drawn {
    fn new(ctx: &Ctx<'_>) -> Outcome<Self> {
        let mut seed = [0; 32];
        ctx.env.entropy.borrow_mut().fill(&mut seed)?;
        Ok(Self(blake3::Hasher::new_derive_key("zhaoce.v1.drawn").update(&seed).finalize_xof()))
    }
}

impl Entropy for Drawn {
    fn fill(&mut self, bytes: &mut [u8]) -> Outcome<()> {
        self.0.fill(bytes);
        Ok(())
    }
}

//! Floor 7: the command line. Translates a wish into a command and shows the answer.
//!
//! One file a verb, `src/cli/<noun>/<verb>.rs`: an args struct whose doc comment is the help, and `run(ui, ctx)`.
//! Everything that comes from the process (arguments, environment, terminal, clock, randomness) comes in
//! through [`Env`], so that a test or the demo can give its own. No rule and no file format lives here.

mod archive;
mod args;
mod bundle;
mod calendar;
mod catalog;
mod clock;
mod completions;
mod cosigners;
mod ctx;
mod demo;
mod desk;
mod dossier;
mod enrolment;
mod env;
mod filing;
mod first_key;
mod help;
mod history;
mod import;
mod inherit;
mod input;
mod item;
mod key;
pub mod keystore;
mod ledger;
mod lookup;
mod numbering;
mod output;
mod proof;
mod receipt;
mod report;
mod reports;
mod room;
mod round;
mod stamp;
mod steps;
mod todo;
mod ui;
mod usage;
mod watch;
mod words;
mod worklist;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ArgMatches, FromArgMatches as _};

pub use clock::{Clock, system_clock};
pub use ctx::Ctx;
pub use env::Env;
pub use ui::{Stream, Ui, stream};

use crate::fault::{Fault, FaultKind, Lang, Outcome};

/// Runs one command and says how it ended: 0 done, 1 refused or not verified, 2 wrong usage, 3 the machine failed.
pub fn run(args: impl IntoIterator<Item = OsString>, env: Env) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let (lang, json) = args::ahead(&args, &env);
    let mut ui = Ui::new(&env, lang, json);
    let ended = parse(args, lang).and_then(|matches| match matches {
        Parsed::Shown(text) => ui.raw(text.as_bytes()),
        Parsed::Missing(_) if json => Err(Fault::usage("usage.incomplete")),
        Parsed::Missing(text) => {
            ui.to_err(text.trim_end());
            Err(Fault::usage("usage.incomplete"))
        }
        Parsed::Command(matches) => dispatch(&matches, &mut ui, &env),
    });
    match ended {
        Ok(()) => 0,
        Err(fault) if fault.code == ui::BROKEN_PIPE => 0,
        Err(fault) => {
            ui.fault(&fault);
            exit_code(fault.kind)
        }
    }
}

fn exit_code(kind: FaultKind) -> u8 {
    match kind {
        FaultKind::Refused => 1,
        FaultKind::Usage => 2,
        FaultKind::Machine => 3,
    }
}

enum Parsed {
    /// Help or version: text for standard output.
    Shown(String),
    /// Help in place of an answer, because a command was left out.
    Missing(String),
    Command(ArgMatches),
}

fn parse(args: Vec<OsString>, lang: Lang) -> Outcome<Parsed> {
    match help::command(lang).try_get_matches_from(args) {
        Ok(matches) => Ok(Parsed::Command(matches)),
        Err(error) if !error.use_stderr() => Ok(Parsed::Shown(error.render().to_string())),
        Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Ok(Parsed::Missing(error.render().to_string()))
        }
        Err(error) => Err(usage::fault(&error)),
    }
}

fn dispatch(matches: &ArgMatches, ui: &mut Ui, env: &Env) -> Outcome<()> {
    let cli = args::Cli::from_arg_matches(matches).map_err(|error| usage::fault(&error))?;
    let ctx = Ctx::new(&cli.globals, env);
    cli.noun.run(ui, &ctx)
}

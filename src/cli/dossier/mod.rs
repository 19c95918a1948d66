//! Verbs on dossiers (申请件、公开事项、负面清单、文件……). What a verb is told follows from its kind in the rule book: an option for
//! each fact and for each member of its parts. So a new kind needs a line in the table of its noun, and nothing else here.

mod erase;
mod figures;
mod find;
mod form;
mod list;
mod nouns;
mod show;
mod take;
mod value;

use std::marker::PhantomData;

use clap::{ArgMatches, Args as _, Command, FromArgMatches, Subcommand};

use super::{Ctx, Ui};
use crate::fault::Outcome;

pub use find::{find, rows, unit_names};
pub use nouns::{
    Complaint, Consultation, Document, Exclusion, Figure, Inspection, Matter, Outside, Request, Stamp, Unit,
};

/// A verb that signs: its name, and the kind of event it makes.
pub struct Act {
    name: &'static str,
    kind: &'static str,
    /// It begins a dossier.
    begins: bool,
}

impl Act {
    /// A verb that begins a dossier.
    const fn begin(name: &'static str, kind: &'static str) -> Self {
        Self { name, kind, begins: true }
    }

    /// A verb on a dossier that is there.
    const fn go(name: &'static str, kind: &'static str) -> Self {
        Self { name, kind, begins: false }
    }
}

const SHOW: &str = "查看一件的现状、期限和全过程 · Show one, its clocks and its course";
const LIST: &str = "列出 · List them";
const ERASE: &str = "依法删除一个正文（事件和摘要保留，可继续核验） · Erase a part; the event and its digest stay and still verify";

const FIGURES: &str = "统计：各类各有多少、结果如何 · How many of each sort, and how they ended";

/// A noun of the command line whose subjects are dossiers.
pub trait Noun: Send + Sync + 'static {
    /// Class of the subjects.
    const CLASS: &'static str;
    /// Its verbs.
    const ACTS: &'static [Act];
    /// Registers that lists show.
    const COLUMNS: &'static [&'static str];
}

/// A verb of the noun `N`.
pub enum Verb<N> {
    /// One that signs.
    Act(&'static Act, Box<ArgMatches>, PhantomData<N>),
    /// Show one.
    Show(show::Show),
    /// List them.
    List(list::List),
    /// Erase a part.
    Erase(Box<erase::Erase>),
    /// Count them.
    Figures(figures::Figures),
}

impl<N: Noun> Verb<N> {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Act(act, matches, _) => take::run(ui, ctx, N::CLASS, act, &matches),
            Self::Show(verb) => verb.run(ui, ctx, N::CLASS),
            Self::List(verb) => {
                let begins = N::ACTS.iter().find(|act| act.begins).map(|act| act.kind);
                verb.run(ui, ctx, N::CLASS, N::COLUMNS, begins)
            }
            Self::Erase(verb) => verb.run(ui, ctx, N::CLASS),
            Self::Figures(verb) => verb.run(ui, ctx, N::CLASS),
        }
    }
}

impl<N: Noun> FromArgMatches for Verb<N> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(clap::error::ErrorKind::MissingSubcommand);
        let (name, matches) = matches.subcommand().ok_or_else(missing)?;
        match name {
            "show" => show::Show::from_arg_matches(matches).map(Self::Show),
            "list" => list::List::from_arg_matches(matches).map(Self::List),
            "figures" => figures::Figures::from_arg_matches(matches).map(Self::Figures),
            "erase" => erase::Erase::from_arg_matches(matches).map(|verb| Self::Erase(Box::new(verb))),
            name => {
                let act = N::ACTS.iter().find(|act| act.name == name).ok_or_else(missing)?;
                Ok(Self::Act(act, Box::new(matches.clone()), PhantomData))
            }
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<N: Noun> Subcommand for Verb<N> {
    fn augment_subcommands(command: Command) -> Command {
        let acts = N::ACTS.iter().map(|act| take::command(N::CLASS, act));
        let figures = figures::crossed(N::CLASS)
            .map(|_| figures::Figures::augment_args(Command::new("figures")).about(FIGURES));
        command
            .subcommands(acts)
            .subcommand(show::Show::augment_args(Command::new("show")).about(SHOW))
            .subcommand(list::List::augment_args(Command::new("list")).about(LIST))
            .subcommand(erase::Erase::augment_args(Command::new("erase")).about(ERASE))
            .subcommands(figures)
            .subcommand_required(true)
            .arg_required_else_help(true)
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        matches!(name, "show" | "list" | "erase")
            || (name == "figures" && figures::crossed(N::CLASS).is_some())
            || N::ACTS.iter().any(|act| act.name == name)
    }
}

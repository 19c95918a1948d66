//! Help pages: headings in both languages, as the texts themselves are.

use clap::{Arg, ArgAction, Command, CommandFactory as _};

use super::args::Cli;
use crate::fault::Lang;

const TEMPLATE: &str = "{about-with-newline}
用法 · Usage: {usage}

{all-args}{after-help}";

/// The whole command line, dressed.
pub(super) fn command(_lang: Lang) -> Command {
    dress(Cli::command().disable_version_flag(true).arg(version()))
}

fn version() -> Arg {
    Arg::new("version").long("version").short('V').action(ArgAction::Version).help("显示版本 · Print version")
}

fn dress(command: Command) -> Command {
    let help = Arg::new("help").long("help").short('h').action(ArgAction::Help).help("显示帮助 · Print help");
    command
        .help_template(TEMPLATE)
        .subcommand_help_heading("命令 · Commands")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .arg(help)
        .mut_args(headed)
        .mut_subcommands(dress)
}

fn headed(arg: Arg) -> Arg {
    let heading = if arg.is_positional() {
        "参数 · Arguments"
    } else if arg.is_global_set() || matches!(arg.get_id().as_str(), "help" | "version") {
        "通用 · For every command"
    } else {
        "选项 · Options"
    };
    arg.help_heading(heading)
}

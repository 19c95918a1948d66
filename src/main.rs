//! The `zhaoce` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(zhaoce::cli::run(std::env::args_os(), zhaoce::cli::Env::from_process()))
}

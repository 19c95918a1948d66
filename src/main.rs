//! The `zhaoce` command.

use std::process::ExitCode;

// Lines are taken apart on one thread and folded on another: an allocator that makes nothing of that is worth a third
// of a verification.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(zhaoce::cli::run(std::env::args_os(), zhaoce::cli::Env::from_process()))
}

//! `completions`.

use clap::Args;
use clap_complete::Shell;

use super::{Ui, help};
use crate::fault::Outcome;

/// 输出命令补全脚本 · Write a completion script for a shell
///
/// 例 · Example: zhaoce completions bash > ~/.local/share/bash-completion/completions/zhaoce
#[derive(Args)]
pub struct Completions {
    /// 命令解释器 · The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, ui: &Ui) -> Outcome<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut help::command(ui.lang()), "zhaoce", &mut script);
        ui.raw(&script)
    }
}

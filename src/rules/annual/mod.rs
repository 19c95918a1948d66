//! 政府信息公开工作年度报告: the form the law asks for, the figures that fill it, and the relations that must hold between them.
//!
//! The form is data (`schemas/annual-forms.json`), one for each span of report years. [`Figures`] hold what is known of each cell, with the
//! events behind it; what nobody counted or stated is missing, which is not zero. [`check()`] finds every relation that does not hold.
//! Where the figures come from is no concern of this module.

mod cell;
mod check;
mod figures;
mod form;

#[cfg(test)]
mod tests;

pub use cell::{CellId, TableId, Unit};
pub use check::{Mismatch, check};
pub use figures::{Figure, Figures};
pub use form::{Column, ColumnRole, Form, Forms, Holds, Row, RowRole, Section, Seen, Table};

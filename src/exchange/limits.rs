//! How much a table from outside may hold. Everything beyond is refused before it is used.

/// Limits for a table read from a file. Sizes are bytes of the file as it lies on disk unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, bytes.
    pub file_bytes: u64,
    /// Most rows below the header.
    pub rows: usize,
    /// Most columns.
    pub columns: usize,
    /// Longest cell, bytes of UTF-8; a longer one rejects its row.
    pub cell_bytes: usize,
    /// Longest row, bytes of UTF-8 over all cells; a longer one rejects the row. An imported row must fit a line of the log twice.
    pub row_bytes: usize,
    /// All cells together, bytes of UTF-8; a workbook can repeat one long string many times.
    pub table_bytes: usize,
    /// Most files inside an XLSX.
    pub zip_entries: usize,
    /// All files inside an XLSX together, inflated, bytes.
    pub inflated_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            rows: 200_000,
            columns: 256,
            cell_bytes: 64 << 10,
            row_bytes: 256 << 10,
            table_bytes: 256 << 20,
            zip_entries: 1_000,
            inflated_bytes: 256 << 20,
        }
    }
}

//! Floor 6: tables in and out: CSV, XLSX, HTML, JSON.

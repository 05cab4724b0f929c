//! Tables for a spreadsheet: RFC 4180, and no cell that a program would run as a formula.

/// A table under construction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table(String);

impl Table {
    /// A table with its head.
    #[must_use]
    pub fn new(columns: &[&str]) -> Self {
        Self(format!("{}\r\n", columns.join(",")))
    }

    /// One more row.
    pub fn row(&mut self, cells: &[String]) {
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }

    /// The text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

/// A number that may be missing, with so many decimals.
#[must_use]
pub fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(String::new, |value| format!("{value:.decimals$}"))
}

/// Text as a cell: quoted where it must be, and never a formula for the program that opens it.
#[must_use]
pub fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let guard = if formula { "'" } else { "" };
    if guard.is_empty() && !text.contains(['"', ',', '\n', '\r']) {
        return text.to_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_starts_no_formula() {
        assert_eq!(cell("110-medan"), "110-medan");
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("@x"), "\"'@x\"");
        assert_eq!(cell("-3"), "-3", "a negative number stays one");
        let mut table = Table::new(&["a", "b"]);
        table.row(&["x, y".to_owned(), number(Some(1.25), 1)]);
        assert_eq!(table.into_text(), "a,b\r\n\"x, y\",1.2\r\n");
    }
}

//! One SQL text for both stores: what little differs is written with three marks.
//!
//! - `$1`, `$2` … are parameters. SQLite numbers `$n` by first appearance, so it gets `?n`.
//! - `TEXTS($n)`: the texts of a JSON array, for `IN (TEXTS($1))`.
//! - `ROWS($n)`: the elements of a JSON array as rows with one column `value`, for `FROM ROWS($1)`.
//!   Fields are taken with `value ->> 0`, which both understand, and cast.

/// Whose SQL is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL with PostGIS.
    Postgis,
}

impl Dialect {
    /// `sql` as this store understands it.
    pub(crate) fn translate(self, sql: &str) -> String {
        let sql = self.expand(sql, "TEXTS(");
        let sql = self.expand(&sql, "ROWS(");
        match self {
            Self::Sqlite => sql.replace('$', "?"),
            Self::Postgis => sql,
        }
    }

    fn expand(self, sql: &str, mark: &str) -> String {
        let mut parts = sql.split(mark);
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (parameter, rest) = part.split_once(')').unwrap_or((part, ""));
            let opened = match (self, mark) {
                (Self::Sqlite, "TEXTS(") => format!("SELECT value FROM json_each({parameter})"),
                (Self::Sqlite, _) => format!("json_each({parameter})"),
                (Self::Postgis, "TEXTS(") => format!("SELECT jsonb_array_elements_text(CAST({parameter} AS jsonb))"),
                (Self::Postgis, _) => format!("jsonb_array_elements(CAST({parameter} AS jsonb)) AS each_row(value)"),
            };
            out.push_str(&opened);
            out.push_str(rest);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_what_each_store_understands() {
        let sql = "SELECT a FROM t WHERE b = $2 AND id IN (TEXTS($1))";
        assert_eq!(
            Dialect::Sqlite.translate(sql),
            "SELECT a FROM t WHERE b = ?2 AND id IN (SELECT value FROM json_each(?1))"
        );
        assert_eq!(
            Dialect::Postgis.translate(sql),
            "SELECT a FROM t WHERE b = $2 AND id IN (SELECT jsonb_array_elements_text(CAST($1 AS jsonb)))"
        );
        assert_eq!(Dialect::Sqlite.translate("SELECT value FROM ROWS($1)"), "SELECT value FROM json_each(?1)");
    }
}

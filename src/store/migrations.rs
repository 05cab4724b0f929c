//! The tables and how they came to be: numbered steps, each in its own transaction, each with the
//! reason in its first lines. Steps are only ever added.

use rusqlite::Connection;

use super::error::StoreError;

/// One step of the schema, in both dialects.
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgis: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal),+ $(,)?) => {
        /// All steps, in order.
        pub(crate) const ALL: &[Migration] = &[$(Migration {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            postgis: include_str!(concat!("../../migrations/postgis/", $name, ".sql")),
        }),+];
    };
}

migrations! {
    1 "0001_journal",
    2 "0002_projections",
    3 "0003_people",
    4 "0004_boxes",
    5 "0005_users",
    6 "0006_offices",
    7 "0007_tracks",
    8 "0008_media",
    9 "0009_citizens",
    10 "0010_articles",
    11 "0011_agencies",
    12 "0012_shield",
    13 "0013_calls",
    14 "0014_corrections",
    15 "0015_trackers",
    16 "0016_closures",
    17 "0017_one_time_passwords",
}

macro_rules! ledger {
    ($default:literal) => {
        concat!(
            "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, ",
            "applied_at TEXT NOT NULL DEFAULT ",
            $default,
            ")"
        )
    };
}

/// What keeps count of the steps.
pub(crate) const LEDGER: &str = ledger!("CURRENT_TIMESTAMP");

/// The same in PostgreSQL.
pub(crate) const LEDGER_POSTGIS: &str = ledger!("(CURRENT_TIMESTAMP::text)");

/// The steps after `found`.
///
/// # Errors
/// [`StoreError::NewerSchema`]: a newer program has been here.
pub(crate) fn missing(found: i64) -> Result<impl Iterator<Item = &'static Migration>, StoreError> {
    let known = ALL.last().map_or(0, |last| last.version);
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    Ok(ALL.iter().filter(move |step| step.version > found))
}

/// Brings the tables of a SQLite file up to date.
///
/// # Errors
/// A newer schema, or a step that fails (nothing of it stays).
pub(crate) fn run_sqlite(connection: &mut Connection) -> Result<(), StoreError> {
    let failed = |error| StoreError::backend("migrating", error);
    connection.execute_batch(LEDGER).map_err(failed)?;
    let found = connection
        .query_row("SELECT COALESCE(MAX(version), 0) FROM schema_migrations", [], |row| row.get(0))
        .map_err(failed)?;
    for step in missing(found)? {
        let transaction = connection.transaction().map_err(failed)?;
        transaction.execute_batch(step.sqlite).map_err(failed)?;
        transaction
            .execute("INSERT INTO schema_migrations (version, name) VALUES (?1, ?2)", (step.version, step.name))
            .map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_without_a_gap_and_named_by_their_number() {
        for (step, version) in ALL.iter().zip(1..) {
            assert_eq!(step.version, version);
            assert!(step.name.starts_with(&format!("{version:04}_")));
            assert!(step.sqlite.starts_with("-- ") && step.postgis.starts_with("-- "), "{} says why", step.name);
        }
    }

    #[test]
    fn steps_run_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        run_sqlite(&mut connection).unwrap();
        run_sqlite(&mut connection).unwrap();
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        run_sqlite(&mut connection).unwrap();
        connection.execute("INSERT INTO schema_migrations (version, name) VALUES (9999, 'x')", []).unwrap();
        let error = run_sqlite(&mut connection).unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 9999, .. }), "{error}");
    }
}

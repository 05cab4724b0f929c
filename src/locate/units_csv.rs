//! Patrol units from a table: `call_sign,kind,polsek,crew,lng,lat`.
//!
//! One text enters, rows or one error with its line and column leave. Lines that start with `#`
//! and empty lines are passed over; fields hold no commas.

use std::collections::HashSet;

use crate::model::place::LngLat;

const COLUMNS: [&str; 6] = ["call_sign", "kind", "polsek", "crew", "lng", "lat"];
const KINDS: [&str; 4] = ["car", "motorcycle", "traffic", "detective"];

/// One unit as the table states it.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitRow {
    /// Call sign, unique in the table.
    pub call_sign: String,
    /// `car`, `motorcycle`, `traffic` or `detective`.
    pub kind: String,
    /// Code of its Polsek; `None` for a unit of the Polres itself.
    pub polsek: Option<String>,
    /// Officers on board, 1 to 50.
    pub crew: u8,
    /// Where it stands when it has no fix.
    pub post: LngLat,
}

/// Why a table of units was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitsError {
    /// The first line does not name the columns.
    #[error("line {line}: expected the header call_sign,kind,polsek,crew,lng,lat")]
    Header {
        /// Line of the file, from 1.
        line: usize,
    },
    /// A line has more or fewer fields than the header.
    #[error("line {line}: {found} fields instead of 6")]
    Fields {
        /// Line of the file, from 1.
        line: usize,
        /// How many fields it has.
        found: usize,
    },
    /// A field does not hold what its column says.
    #[error("line {line}, column {column}: {problem}")]
    Field {
        /// Line of the file, from 1.
        line: usize,
        /// Name of the column.
        column: &'static str,
        /// What is wrong.
        problem: String,
    },
}

/// Reads a table of units.
///
/// # Errors
/// [`UnitsError`] for the first line that is not right; nothing is half read.
pub fn read_units(csv: &str) -> Result<Vec<UnitRow>, UnitsError> {
    let text = csv.trim_start_matches('\u{feff}');
    let lines = (1..).zip(text.lines().map(str::trim));
    let mut lines = lines.filter(|(_, text)| !text.is_empty() && !text.starts_with('#'));
    let (line, header) = lines.next().ok_or(UnitsError::Header { line: 1 })?;
    if !header.split(',').map(str::trim).eq(COLUMNS) {
        return Err(UnitsError::Header { line });
    }
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    for (line, text) in lines {
        let row = read_row(line, text)?;
        if !seen.insert(row.call_sign.clone()) {
            let problem = format!("{:?} stands in the table twice", row.call_sign);
            return Err(UnitsError::Field { line, column: "call_sign", problem });
        }
        rows.push(row);
    }
    Ok(rows)
}

fn read_row(line: usize, text: &str) -> Result<UnitRow, UnitsError> {
    let fields: Vec<&str> = text.split(',').map(str::trim).collect();
    let found = fields.len();
    let [call_sign, kind, polsek, crew, lng, lat] =
        fields.try_into().map_err(|_| UnitsError::Fields { line, found })?;
    let bad = |column, problem: String| UnitsError::Field { line, column, problem };
    if call_sign.is_empty() {
        return Err(bad("call_sign", "is empty".into()));
    }
    if !KINDS.contains(&kind) {
        return Err(bad("kind", format!("{kind:?} is none of {}", KINDS.join(", "))));
    }
    let officers = crew.parse().ok().filter(|n| (1..=50).contains(n));
    let crew = officers.ok_or_else(|| bad("crew", format!("{crew:?} is not a number from 1 to 50")))?;
    let degrees = |column, text: &str| {
        let number: Result<f64, _> = text.parse();
        number.map_err(|_| bad(column, format!("{text:?} is not a number of degrees")))
    };
    let (lng, lat) = (degrees("lng", lng)?, degrees("lat", lat)?);
    let post = LngLat::checked(lng, lat).map_err(|error| bad("lng", error.to_string()))?;
    let polsek = Some(polsek).filter(|p| !p.is_empty()).map(str::to_owned);
    Ok(UnitRow { call_sign: call_sign.into(), kind: kind.into(), polsek, crew, post })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "\u{feff}# units\ncall_sign,kind,polsek,crew,lng,lat\n";

    fn error(row: &str) -> String {
        read_units(&format!("{HEADER}A-1,car,,2,98.67,3.58\r\n{row}\n")).unwrap_err().to_string()
    }

    #[test]
    fn a_table_is_read_with_its_comments_and_empty_lines() {
        let rows = read_units(&format!("{HEADER}\n A-1 , car,medan-kota,2,98.67,3.58\r\n")).unwrap();
        let post = LngLat::new(98.67, 3.58);
        let polsek = Some("medan-kota".to_owned());
        let (call_sign, kind) = ("A-1".to_owned(), "car".to_owned());
        assert_eq!(rows, [UnitRow { call_sign, kind, polsek, crew: 2, post }]);
    }

    #[test]
    fn an_error_names_line_and_column() {
        assert_eq!(
            error("B,boat,,2,98.6,3.5"),
            "line 4, column kind: \"boat\" is none of car, motorcycle, traffic, detective"
        );
        assert_eq!(error("B,car,,0,98.6,3.5"), "line 4, column crew: \"0\" is not a number from 1 to 50");
        assert_eq!(error("B,car,,2,x,3.5"), "line 4, column lng: \"x\" is not a number of degrees");
        assert_eq!(error("B,car,,2,3.5,98.6"), "line 4, column lng: latitude and longitude look swapped");
        assert_eq!(error("A-1,car,,2,98.6,3.5"), "line 4, column call_sign: \"A-1\" stands in the table twice");
        assert_eq!(error("B,car,,2,98.6"), "line 4: 5 fields instead of 6");
        assert_eq!(error(",car,,2,98.6,3.5"), "line 4, column call_sign: is empty");
    }

    #[test]
    fn a_table_without_its_header_is_refused() {
        assert_eq!(read_units("A-1,car,,2,98.67,3.58"), Err(UnitsError::Header { line: 1 }));
        assert_eq!(read_units(""), Err(UnitsError::Header { line: 1 }));
    }
}

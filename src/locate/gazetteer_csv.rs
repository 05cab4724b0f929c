//! Names of places from a CSV text.
//!
//! | column | also called | what |
//! |---|---|---|
//! | `name` | `nama` | name as people write it; needed |
//! | `kind` | | `kelurahan` or `desa`, `kecamatan`, `street`, `gang`, `landmark`, `intersection`, `kilometre`; without the column every line is a kelurahan |
//! | `lng`, `lat` | `lon`, `longitude`, `latitude` | WGS 84 degrees; needed |
//! | `radius_m` | | metres from the point within which all of it lies; empty: from `area_km2`, else usual for the kind |
//! | `area_km2` | `luas_km2` | ground it covers |
//! | `kelurahan`, `kecamatan` | | names of the areas the point lies in |
//! | `kecamatan_code`, `desa_code` | `kode_kecamatan`, `kode` | their codes |
//! | `aliases` | | other names, parted by a vertical bar |
//! | `along`, `km` | | of a `kilometre`: name of the road and kilometre on it (`12.5`); they stand in for an empty `name` |
//!
//! Columns in any order; others are passed over. A list of desa of the Ministry of Home Affairs
//! (`kode,nama,kode_kecamatan,kecamatan,luas_km2,lat,lon`) can be read as it is.

use super::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::model::place::LngLat;

/// A desa reaches this much farther than a disc of its area: they are seldom round.
const OBLONG: f64 = 1.5;

/// Why a gazetteer file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GazetteerError {
    /// The first line does not name the columns.
    #[error("gazetteer lacks the column {0}")]
    MissingColumn(&'static str),
    /// A line that makes no entry.
    #[error("gazetteer line {line}: {reason}")]
    BadLine {
        /// Counted from 1, the header being line 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Something else than names of places.
    #[error("gazetteer: {0}")]
    NotPlaces(String),
}

/// Entries of a CSV text; the points are checked.
///
/// # Errors
/// [`GazetteerError`]: a column is missing, or a line has a wrong kind, number or point.
pub fn parse_csv(text: &str) -> Result<Vec<GazetteerEntry>, GazetteerError> {
    let mut all = Vec::new();
    read_csv(text, |entry| all.push(entry))?;
    Ok(all)
}

/// Gives the entries of a CSV text one by one, for lists that should not lie in memory whole.
///
/// # Errors
/// As [`parse_csv`]; what was given before the error has to be dropped.
pub fn read_csv(text: &str, mut each: impl FnMut(GazetteerEntry)) -> Result<(), GazetteerError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().enumerate();
    let header = lines.next().map_or_else(Vec::new, |(_, line)| fields(line));
    let columns = Columns::of(&header)?;
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let bad = |reason| GazetteerError::BadLine { line: number + 1, reason };
        if line.matches('"').count() % 2 != 0 {
            return Err(bad("a quoted field does not end on its line".to_owned()));
        }
        let row = fields(line);
        if row.len() > header.len() {
            return Err(bad(format!("{} fields instead of {}", row.len(), header.len())));
        }
        each(columns.entry(&row).map_err(bad)?);
    }
    Ok(())
}

/// One place from names and values of its columns, in the same order.
///
/// # Errors
/// As [`parse_csv`], the line being 1.
pub(super) fn place_of(names: &[String], values: &[String]) -> Result<GazetteerEntry, GazetteerError> {
    Columns::of(names)?.entry(values).map_err(|reason| GazetteerError::BadLine { line: 1, reason })
}

/// Where each column stands.
struct Columns {
    name: usize,
    lng: usize,
    lat: usize,
    kind: Option<usize>,
    radius_m: Option<usize>,
    area_km2: Option<usize>,
    kelurahan: Option<usize>,
    kecamatan: Option<usize>,
    kecamatan_code: Option<usize>,
    desa_code: Option<usize>,
    aliases: Option<usize>,
    along: Option<usize>,
    km: Option<usize>,
}

impl Columns {
    fn of(header: &[String]) -> Result<Self, GazetteerError> {
        let find = |names: &[&str]| {
            header.iter().position(|column| names.iter().any(|name| column.trim().eq_ignore_ascii_case(name)))
        };
        let needed = |name: &'static str, names: &[&str]| find(names).ok_or(GazetteerError::MissingColumn(name));
        let columns = Self {
            name: needed("name", &["name", "nama"])?,
            kind: find(&["kind"]),
            lng: needed("lng", &["lng", "lon", "longitude", "bujur"])?,
            lat: needed("lat", &["lat", "latitude", "lintang"])?,
            radius_m: find(&["radius_m"]),
            area_km2: find(&["area_km2", "luas_km2"]),
            kelurahan: find(&["kelurahan", "desa"]),
            kecamatan: find(&["kecamatan"]),
            kecamatan_code: find(&["kecamatan_code", "kode_kecamatan"]),
            desa_code: find(&["desa_code", "kode_desa", "kode", "code"]),
            aliases: find(&["aliases", "alias"]),
            along: find(&["along"]),
            km: find(&["km"]),
        };
        // A list of names without kinds is one of desa when it has their codes.
        if columns.kind.is_none() && columns.desa_code.is_none() {
            return Err(GazetteerError::MissingColumn("kind"));
        }
        Ok(columns)
    }

    fn entry(&self, row: &[String]) -> Result<GazetteerEntry, String> {
        let text = |at: usize| row.get(at).map_or("", |field| field.trim());
        let maybe = |at: Option<usize>| at.map_or("", text);
        let number = |text: &str| text.parse::<f64>().map_err(|_| format!("{text:?} is no number"));
        let kind = match self.kind {
            Some(at) => kind_of(text(at)).ok_or_else(|| format!("unknown kind {:?}", text(at)))?,
            None => PlaceKind::Kelurahan,
        };
        let at = LngLat::checked(number(text(self.lng))?, number(text(self.lat))?).map_err(|bad| bad.to_string())?;
        let mut name = text(self.name).to_owned();
        let (along, km) = (maybe(self.along), maybe(self.km));
        if kind == PlaceKind::Kilometre && !along.is_empty() && !km.is_empty() {
            let km = number(km).ok().filter(|km| (0.0..10_000.0).contains(km)).ok_or("km must be 0 or more")?;
            if name.is_empty() || !name.to_lowercase().contains("km") {
                name = format!("{along} Km {}", km.to_string().replace('.', ","));
            }
        }
        if name.is_empty() {
            return Err("the name is empty".to_owned());
        }
        let (desa_code, kecamatan_code) = (maybe(self.desa_code), maybe(self.kecamatan_code));
        let kecamatan_code = match kecamatan_code {
            "" if kind == PlaceKind::Kecamatan => desa_code,
            "" => desa_code.rsplit_once('.').map_or("", |(head, _)| head),
            code => code,
        };
        let own = |kind_of_area, given: &str| {
            if given.is_empty() && kind == kind_of_area { name.clone() } else { given.to_owned() }
        };
        Ok(GazetteerEntry {
            kelurahan: own(PlaceKind::Kelurahan, maybe(self.kelurahan)),
            kecamatan: own(PlaceKind::Kecamatan, maybe(self.kecamatan)),
            kind,
            at,
            radius_m: radius(maybe(self.radius_m), maybe(self.area_km2), kind)?,
            kecamatan_code: kecamatan_code.to_owned(),
            desa_code: if kind == PlaceKind::Kecamatan { String::new() } else { desa_code.to_owned() },
            aliases: maybe(self.aliases)
                .split('|')
                .map(str::trim)
                .filter(|alias| !alias.is_empty())
                .map(str::to_owned)
                .collect(),
            name,
        })
    }
}

fn radius(radius_m: &str, area_km2: &str, kind: PlaceKind) -> Result<f64, String> {
    let usable = |number: &f64| number.is_finite() && *number >= 0.0;
    if !radius_m.is_empty() {
        return radius_m.parse().ok().filter(usable).ok_or_else(|| "radius_m must be 0 or more".to_owned());
    }
    if !area_km2.is_empty() {
        let area: f64 = area_km2.parse().ok().filter(usable).ok_or("area_km2 must be 0 or more")?;
        return Ok(((area / std::f64::consts::PI).sqrt() * 1_000.0 * OBLONG).ceil());
    }
    Ok(super::extent::usual_m(kind))
}

fn kind_of(text: &str) -> Option<PlaceKind> {
    Some(match text {
        "kelurahan" | "desa" => PlaceKind::Kelurahan,
        "kecamatan" => PlaceKind::Kecamatan,
        "street" => PlaceKind::Street,
        "gang" => PlaceKind::Gang,
        "landmark" => PlaceKind::Landmark,
        "intersection" => PlaceKind::Intersection,
        "kilometre" => PlaceKind::Kilometre,
        _ => return None,
    })
}

/// Fields of one CSV line; a quoted field may hold commas and doubled quotes (RFC 4180, one line).
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.trim_end_matches('\r').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => push(&mut fields, '"'),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => push(&mut fields, other),
        }
    }
    fields
}

fn push(fields: &mut [String], letter: char) {
    if let Some(field) = fields.last_mut() {
        field.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "name,kind,lng,lat,radius_m,kelurahan,kecamatan,kecamatan_code,desa_code,aliases\n";

    #[test]
    fn a_line_becomes_an_entry_with_its_aliases() {
        let text = format!(
            "{HEADER}\"Pasar \"\"Baru\"\", Kota\",landmark,98.68,3.58,80,Aur,Medan Maimun,12.71.11,12.71.11.1001,Pajak Baru|Pasar Lama\r\n"
        );
        let entries = parse_csv(&text).unwrap();
        assert_eq!(entries[0].name, "Pasar \"Baru\", Kota");
        assert_eq!(entries[0].aliases, ["Pajak Baru", "Pasar Lama"]);
    }

    #[test]
    fn a_wrong_line_is_told_with_its_number() {
        for (line, word) in [
            ("X,street,3.58,98.68,80,,,,,", "swapped"),
            ("X,river,98.68,3.58,80,,,,,", "kind"),
            ("X,street,a,3.58,80,,,,,", "number"),
            ("X,street,98.68,3.58,-1,,,,,", "radius"),
            (",street,98.68,3.58,1,,,,,", "empty"),
            ("X,street,462000.0,395000.0,80,,,,,", "range"),
            ("X,street,98.68,3.58,1,,,,,,,,", "fields"),
            ("\"X,street,98.68,3.58,1,,,,,", "quoted"),
        ] {
            let error = parse_csv(&format!("{HEADER}{line}\n")).unwrap_err();
            assert!(error.to_string().contains("line 2") && error.to_string().contains(word), "{error}");
        }
        assert_eq!(parse_csv("name,kind\n"), Err(GazetteerError::MissingColumn("lng")));
        assert_eq!(parse_csv("nama,lat,lon\n"), Err(GazetteerError::MissingColumn("kind")));
    }

    #[test]
    fn a_list_of_desa_of_the_ministry_is_read_as_it_is() {
        let text = "kode,nama,kode_kecamatan,kecamatan,kabupaten,luas_km2,lat,lon,kodepos\n\
            12.71.11.1001,A u r,12.71.11,Medan Maimun,Kota Medan,0.785,3.58,98.68,20151\n";
        let entry = parse_csv(text).unwrap().remove(0);
        assert_eq!((entry.kind, entry.kelurahan.as_str(), entry.radius_m), (PlaceKind::Kelurahan, "A u r", 750.0));
        assert_eq!((entry.desa_code.as_str(), entry.kecamatan_code.as_str()), ("12.71.11.1001", "12.71.11"));
    }

    #[test]
    fn a_kilometre_is_named_by_its_road() {
        let text = "name,kind,lng,lat,along,km\n,kilometre,98.6,3.6,Jl. Medan–Binjai,12.5\n";
        let entry = parse_csv(text).unwrap().remove(0);
        assert_eq!((entry.name.as_str(), entry.radius_m), ("Jl. Medan–Binjai Km 12,5", 500.0));
    }
}

//! Streets and names: whether they are there, and how old they are.

use super::{Facts, Item, Level, count, item, ok};
use crate::model::clock::Timestamp;
use crate::model::said::{Said, said};

/// A city opens and renames streets: after a year a newer extract is worth the work (judgement). Seconds.
const OLD_S: f64 = 365.0 * 24.0 * 3600.0;

pub(super) fn roads(facts: &Facts) -> Item {
    let Some(edges) = facts.roads else {
        return item(
            "roads",
            Level::Warn,
            said(
                "Jalan belum dimuat: waktu tempuh dihitung lurus dan sering salah.",
                "Streets are not loaded: travel times are as the crow flies and often wrong.",
            ),
            said("Buka Persiapan, langkah Jalan dan nama tempat.", "Open Set-up, step Streets and names."),
        );
    };
    let n = count(edges);
    aged(
        "roads",
        (format!("{} ruas jalan dimuat", n.id), format!("{} pieces of road are loaded", n.en)),
        facts.roads_at,
        facts.now,
    )
}

pub(super) fn places(facts: &Facts) -> Item {
    if facts.places == 0 {
        return item(
            "places",
            Level::Warn,
            said(
                "Nama jalan dan tempat belum dimuat: alamat dalam pesan tidak dikenali.",
                "No names of streets and places are loaded: addresses in messages are not found.",
            ),
            said("Buka Persiapan, langkah Jalan dan nama tempat.", "Open Set-up, step Streets and names."),
        );
    }
    let n = count(facts.places);
    let words =
        (format!("{} nama jalan dan tempat dikenal", n.id), format!("{} names of streets and places are known", n.en));
    aged("places", words, facts.places_at, facts.now)
}

/// With how long ago it was imported; what was imported by an older program says nothing of it.
fn aged(code: &'static str, (id, en): (String, String), at: Option<Timestamp>, now: Timestamp) -> Item {
    let Some(at) = at else { return ok(code, said(format!("{id}."), format!("{en}."))) };
    let age_s = now.secs_since(at).max(0.0);
    let (ago_id, ago_en) = ago(age_s);
    let words = said(format!("{id}; diimpor {ago_id}."), format!("{en}; imported {ago_en}."));
    if age_s < OLD_S {
        return ok(code, words);
    }
    let hint: Said = said(
        "Jalan dan nama berubah. Ambil berkas OpenStreetMap yang baru, lalu muat di Persiapan.",
        "Streets and names change. Fetch a newer OpenStreetMap file and load it in Set-up.",
    );
    item(code, Level::Note, words, hint).since(Some(at))
}

#[expect(clippy::cast_possible_truncation, reason = "days of some years")]
fn ago(age_s: f64) -> (String, String) {
    match (age_s / 86_400.0) as i64 {
        0 => ("hari ini".to_owned(), "today".to_owned()),
        1 => ("kemarin".to_owned(), "yesterday".to_owned()),
        days if days < 60 => (format!("{days} hari lalu"), format!("{days} days ago")),
        days => (format!("{} bulan lalu", days / 30), format!("{} months ago", days / 30)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_as_people_tell_it_and_a_year_is_worth_a_note() {
        let now = Timestamp::from_secs(1_795_237_200);
        let told = |days: i64| {
            let words = ("9 ruas".to_owned(), "9 pieces".to_owned());
            let item = aged("roads", words, Some(now.plus_secs(-days * 86_400)), now);
            (item.level, item.words.id)
        };
        assert_eq!(told(0), (Level::Ok, "9 ruas; diimpor hari ini.".to_owned()));
        assert_eq!(told(1).1, "9 ruas; diimpor kemarin.");
        assert_eq!(told(59).1, "9 ruas; diimpor 59 hari lalu.");
        assert_eq!(told(366), (Level::Note, "9 ruas; diimpor 12 bulan lalu.".to_owned()));
        assert_eq!(aged("roads", ("a".to_owned(), "b".to_owned()), None, now).words.id, "a.");
    }
}

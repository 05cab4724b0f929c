//! What another agency reads: what, where, which number, and the link that answers. The facts of a
//! matter enter, a message leaves. Pure; who reported is not among the facts.

use crate::model::place::{Jurisdiction, Place};
use crate::model::report::{Category, Priority};

/// What is passed on of a matter. No name, no number, no word of a reporter.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Human number.
    pub number: String,
    /// What.
    pub category: Category,
    /// What the office calls it.
    pub what: String,
    /// How urgent.
    pub priority: Priority,
    /// Where, if known.
    pub place: Option<Place>,
    /// Whose area that is.
    pub jurisdiction: Option<Jurisdiction>,
}

/// Where a point can be looked at.
#[must_use]
pub fn map_link(place: &Place) -> String {
    let (lat, lng) = (place.lat, place.lng);
    format!("https://www.openstreetmap.org/?mlat={lat:.6}&mlon={lng:.6}#map=18/{lat:.6}/{lng:.6}")
}

/// The place in words: its name, kelurahan and kecamatan.
#[must_use]
pub fn place_words(facts: &Facts) -> Option<String> {
    let place = facts.place.as_ref()?;
    let area = facts.jurisdiction.as_ref().map(|area| format!("Kel. {}, Kec. {}", area.kelurahan, area.kecamatan));
    let parts: Vec<String> =
        [Some(place.label.clone()), area].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    Some(parts.join(", "))
}

/// The first line of a message.
#[must_use]
pub fn title(office: &str, facts: &Facts) -> String {
    format!("{office}: rujukan {} ({})", facts.number, facts.what)
}

/// The message with the link.
#[must_use]
pub fn message(office: &str, agency: &str, facts: &Facts, note: Option<&str>, url: &str, hours: i64) -> String {
    let mut lines = vec![
        format!("{office} meneruskan satu perkara kepada {agency}."),
        format!("Nomor: {}", facts.number),
        format!("Perihal: {} (prioritas {})", facts.what, facts.priority.number()),
    ];
    if let Some(words) = place_words(facts) {
        lines.push(format!("Lokasi: {words}"));
    }
    if let Some(place) = &facts.place {
        lines.push(format!("Peta: {}", map_link(place)));
    }
    if let Some(note) = note {
        lines.push(format!("Catatan: {note}"));
    }
    lines.push(format!("Buka dan jawab: {url}"));
    lines.push(format!("Tautan ini hanya untuk {agency} dan berlaku {hours} jam."));
    lines.join("\n")
}

/// The same once more, because nobody answered.
#[must_use]
pub fn reminder(text: &str, times: u32) -> String {
    format!("PENGINGAT {times}: belum ada jawaban.\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::place::PlaceSource;

    fn facts() -> Facts {
        let place = Place {
            lng: 98.67,
            lat: 3.59,
            radius_m: 20.0,
            source: PlaceSource::Pin,
            label: "Jl. Kenanga".to_owned(),
            confidence: 1.0,
            because: String::new(),
            parts: Vec::new(),
        };
        Facts {
            number: "MDN-20261121-K0001".to_owned(),
            category: Category::Kebakaran,
            what: "Kebakaran".to_owned(),
            priority: Priority::P1,
            place: Some(place),
            jurisdiction: None,
        }
    }

    #[test]
    fn a_message_says_what_where_and_which_and_how_to_answer() {
        let text = message("Polres Contoh", "Damkar", &facts(), Some("gudang cat"), "https://x/rujukan#t", 72);
        for part in [
            "Damkar",
            "MDN-20261121-K0001",
            "Kebakaran (prioritas 1)",
            "Jl. Kenanga",
            "3.590000",
            "gudang cat",
            "https://x/rujukan#t",
            "72 jam",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(reminder(&text, 2).starts_with("PENGINGAT 2"));
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let text = message("Polres Contoh", "Damkar", &Facts { place: None, ..facts() }, None, "https://x", 72);
        assert!(!text.contains("Lokasi") && !text.contains("Peta") && !text.contains("Catatan"));
    }
}

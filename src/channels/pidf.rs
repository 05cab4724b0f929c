//! Places in PIDF-LO documents (RFC 5139, RFC 5491), as a SIP INVITE carries them: text enters, a
//! point with an uncertainty leaves.
//!
//! Reads `Point`, `Circle` and `Ellipse` in WGS 84; coordinates stand there as latitude, longitude.
//! Not an XML parser: names are compared without their prefix, everything else is passed over, and
//! nothing is fetched or expanded.

use super::call_center::NetworkPlace;
use crate::model::call::PlaceProblem;
use crate::model::place::LngLat;

/// A tag and the text behind it.
struct Piece<'a> {
    name: &'a str,
    attributes: &'a str,
    closes: bool,
    text: &'a str,
}

/// The first shape of a document that can be read.
///
/// # Errors
/// [`PlaceProblem`]: there is none, or its point cannot be used.
pub(super) fn place(document: &str) -> Result<NetworkPlace, PlaceProblem> {
    let bare = without_comments(document);
    let mut shape: Option<&str> = None;
    let (mut point, mut radius_m) = (None, None);
    for piece in bare.split('<').skip(1).filter_map(piece) {
        let is_shape = matches!(piece.name, "Point" | "Circle" | "Ellipse");
        match (shape, piece.closes) {
            (None, false) if is_shape && is_wgs84(piece.attributes) => shape = Some(piece.name),
            (Some(open), true) if open == piece.name => {
                if let Some((lat, lng)) = point {
                    return Ok(NetworkPlace::new(LngLat::checked(lng, lat)?, radius_m));
                }
                (shape, radius_m) = (None, None);
            }
            (Some(_), false) => match piece.name {
                "pos" => point = pair(piece.text),
                "radius" | "semiMajorAxis" => radius_m = piece.text.trim().parse().ok(),
                _ => {}
            },
            _ => {}
        }
    }
    Err(PlaceProblem::Unreadable)
}

fn without_comments(document: &str) -> String {
    let mut parts = document.split("<!--");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once("-->").map_or("", |(_, after)| after))
}

fn piece(text: &str) -> Option<Piece<'_>> {
    let (tag, text) = text.split_once('>')?;
    if tag.ends_with('/') {
        return None;
    }
    let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
    let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let name = name.rsplit(':').next().unwrap_or(name);
    Some(Piece { name, attributes, closes, text })
}

/// EPSG 4326 and 4979 are WGS 84, without and with a height; a shape that names none means the first.
fn is_wgs84(attributes: &str) -> bool {
    !attributes.contains("srsName") || attributes.contains("4326") || attributes.contains("4979")
}

fn pair(text: &str) -> Option<(f64, f64)> {
    let mut numbers = text.split_whitespace().map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

//! What anybody may know of what happens in the city: incidents of harmless categories enter, items
//! without persons and without exact places leave.
//!
//! Traffic (accident, congestion, fallen tree, flood, broken road, dead signal) is told at once, by
//! kelurahan and a cell of about 0.1 km², with the street where the place is a street. Everything else
//! is told 15 minutes late, only as a number of at least [`SMALLEST`] in one kelurahan, else kecamatan,
//! else the city, so that nobody's house is found by it. Crime, violence and persons are never told.

use std::collections::BTreeMap;

use h3o::{LatLng, Resolution};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::clock::Timestamp;
use crate::model::place::LngLat;
use crate::model::report::Category;

/// Fewer than this in one area are told of a larger one, or not at all.
pub const SMALLEST: usize = 3;

/// What is not traffic is told this late, seconds.
pub const DELAY_S: f64 = 900.0;

/// What is older than this is no news, seconds.
const NEWS_S: f64 = 24.0 * 3600.0;

/// Farther than this is not near, metres.
const NEAR_M: f64 = 10_000.0;

/// Instants are told to five minutes. Microseconds.
const TOLD_TO: i64 = 300 * 1_000_000;

/// Items given at most.
const MOST_ITEMS: usize = 50;

/// Told at once.
pub const TRAFFIC: [Category; 6] = [
    Category::LakaLantas,
    Category::Kemacetan,
    Category::PohonTumbang,
    Category::Bencana,
    Category::JalanRusak,
    Category::LampuPju,
];

/// Told late and only as numbers.
const HARMLESS: [Category; 3] = [Category::Kebakaran, Category::Hewan, Category::Lingkungan];

/// Something that happens or has lately happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// What.
    pub category: Category,
    /// Where exactly: never told.
    pub at: LngLat,
    /// The street, when the place is known as one.
    pub street: Option<String>,
    /// The kelurahan, when it lies in one.
    pub kelurahan: Option<String>,
    /// The kecamatan, when it lies in one.
    pub kecamatan: Option<String>,
    /// Since when.
    pub received_at: Timestamp,
    /// Until when.
    pub closed_at: Option<Timestamp>,
    /// A unit is there.
    pub attended: bool,
}

/// One line of the public feed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FeedItem {
    /// What.
    pub category: Category,
    /// The same for people.
    pub label: String,
    /// How many.
    pub count: usize,
    /// The latest of them came then, to five minutes.
    pub since: Timestamp,
    /// It still lasts.
    pub live: bool,
    /// A unit is there.
    pub attended: bool,
    /// The street, when the place is a street.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// The kelurahan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kelurahan: Option<String>,
    /// The kecamatan; neither this nor a kelurahan: somewhere in the city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kecamatan: Option<String>,
    /// The middle of a cell of about 0.1 km²: longitude, degrees. Traffic only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lng: Option<f64>,
    /// The middle of the same cell: latitude, degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// From where was asked to the middle of the cell, metres, to a hundred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
}

/// The public feed at `now`, newest first.
#[must_use]
pub fn feed(happenings: &[Happening], now: Timestamp) -> Vec<FeedItem> {
    let news = |it: &&Happening| now.secs_since(it.closed_at.unwrap_or(it.received_at)) <= NEWS_S;
    let mut items: Vec<FeedItem> =
        happenings.iter().filter(news).filter(|it| is_traffic(it)).map(traffic_item).collect();
    let late = |it: &&Happening| HARMLESS.contains(&it.category) && now.secs_since(it.received_at) >= DELAY_S;
    items.extend(counted(happenings.iter().filter(news).filter(late).collect()));
    newest_first(&mut items);
    items
}

/// What is live on the roads at `now`; the nearest first when a point is given, else the newest.
#[must_use]
pub fn traffic(happenings: &[Happening], near: Option<LngLat>, now: Timestamp) -> Vec<FeedItem> {
    let live = |it: &&Happening| is_traffic(it) && it.closed_at.is_none() && now.secs_since(it.received_at) <= NEWS_S;
    let mut items: Vec<FeedItem> = happenings.iter().filter(live).map(traffic_item).collect();
    newest_first(&mut items);
    let Some(near) = near else { return items };
    for item in &mut items {
        let middle = item.lng.zip(item.lat).map(|(lng, lat)| LngLat::new(lng, lat));
        item.distance_m = middle.map(|middle| hundreds(near.distance_m(middle)));
    }
    items.retain(|item| item.distance_m.is_some_and(|metres| f64::from(metres) <= NEAR_M));
    items.sort_by_key(|item| item.distance_m);
    items
}

fn is_traffic(it: &Happening) -> bool {
    TRAFFIC.contains(&it.category)
}

fn newest_first(items: &mut Vec<FeedItem>) {
    items.sort_by(|a, b| b.since.cmp(&a.since).then(a.category.cmp(&b.category)).then(a.kelurahan.cmp(&b.kelurahan)));
    items.truncate(MOST_ITEMS);
}

fn traffic_item(it: &Happening) -> FeedItem {
    let middle = LatLng::new(it.at.lat, it.at.lng).ok().map(|at| LatLng::from(at.to_cell(Resolution::Nine)));
    FeedItem {
        street: it.street.clone(),
        kelurahan: it.kelurahan.clone(),
        kecamatan: it.kecamatan.clone(),
        lng: middle.map(|at| round4(at.lng())),
        lat: middle.map(|at| round4(at.lat())),
        ..item(it.category, &[it])
    }
}

fn item(category: Category, all: &[&Happening]) -> FeedItem {
    let latest = all.iter().map(|it| it.received_at).max().unwrap_or_default();
    FeedItem {
        category,
        label: category.label().to_owned(),
        count: all.len(),
        since: Timestamp(latest.micros() - latest.micros().rem_euclid(TOLD_TO)),
        live: all.iter().any(|it| it.closed_at.is_none()),
        attended: all.iter().any(|it| it.attended && it.closed_at.is_none()),
        street: None,
        kelurahan: None,
        kecamatan: None,
        lng: None,
        lat: None,
        distance_m: None,
    }
}

/// Numbers of at least [`SMALLEST`]: by kelurahan, what is left by kecamatan, what is left of that for
/// the whole city.
fn counted(mut left: Vec<&Happening>) -> Vec<FeedItem> {
    type Named = fn(&Happening) -> (Option<String>, Option<String>);
    const LEVELS: [Named; 3] =
        [|it| (it.kelurahan.clone(), it.kecamatan.clone()), |it| (None, it.kecamatan.clone()), |_| (None, None)];
    let mut items = Vec::new();
    for (level, named) in LEVELS.into_iter().enumerate() {
        let mut groups: BTreeMap<_, Vec<&Happening>> = BTreeMap::new();
        for it in left.drain(..) {
            groups.entry((it.category, named(it))).or_default().push(it);
        }
        for ((category, (kelurahan, kecamatan)), all) in groups {
            let named = level == 2 || (level == 1 && kecamatan.is_some()) || kelurahan.is_some();
            if all.len() >= SMALLEST && named {
                items.push(FeedItem { kelurahan, kecamatan, ..item(category, &all) });
            } else {
                left.extend(all);
            }
        }
    }
    items
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a distance on the earth")]
fn hundreds(metres: f64) -> u32 {
    (metres / 100.0).round().clamp(0.0, 1e6) as u32 * 100
}

fn round4(degrees: f64) -> f64 {
    (degrees * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_226_400);
    const HERE: LngLat = LngLat::new(98.67, 3.59);

    fn happening(category: Category, minutes_ago: i64) -> Happening {
        Happening {
            category,
            at: HERE,
            street: Some("Jl. Melati Raya".to_owned()),
            kelurahan: Some("Melati".to_owned()),
            kecamatan: Some("Kota Timur".to_owned()),
            received_at: NOW.plus_secs(-60 * minutes_ago),
            closed_at: None,
            attended: false,
        }
    }

    #[test]
    fn a_jam_is_told_at_once_and_its_exact_place_never() {
        let jam = happening(Category::Kemacetan, 1);
        let told = &feed(std::slice::from_ref(&jam), NOW)[0];
        assert_eq!((told.count, told.live, told.street.as_deref()), (1, true, Some("Jl. Melati Raya")));
        assert_eq!(told.since.micros() % TOLD_TO, 0);
        let middle = LngLat::new(told.lng.unwrap(), told.lat.unwrap());
        assert!(middle != HERE && middle.distance_m(HERE) < 300.0, "{}", middle.distance_m(HERE));
    }

    #[test]
    fn crime_and_persons_are_never_told() {
        let all: Vec<Happening> = Category::ALL.iter().map(|category| happening(*category, 30)).collect();
        let many: Vec<Happening> = (0..5).flat_map(|_| all.clone()).collect();
        let told: std::collections::BTreeSet<Category> = feed(&many, NOW).iter().map(|item| item.category).collect();
        assert_eq!(told, TRAFFIC.into_iter().chain(HARMLESS).collect());
        assert!(traffic(&many, None, NOW).iter().all(|item| TRAFFIC.contains(&item.category)));
    }

    #[test]
    fn one_fire_is_not_told_and_three_are_told_late_without_a_point() {
        let fires = |count: usize, minutes| vec![happening(Category::Kebakaran, minutes); count];
        assert!(feed(&fires(SMALLEST - 1, 20), NOW).is_empty());
        assert!(feed(&fires(SMALLEST, 14), NOW).is_empty());
        let told = feed(&fires(SMALLEST, 15), NOW);
        assert_eq!((told.len(), told[0].count, told[0].kelurahan.as_deref()), (1, 3, Some("Melati")));
        assert_eq!((told[0].lng, told[0].street.as_deref()), (None, None));
    }

    #[test]
    fn few_in_each_kelurahan_are_told_of_the_kecamatan_or_of_the_city() {
        let fire = |kelurahan: &str, kecamatan: &str| Happening {
            kelurahan: Some(kelurahan.to_owned()),
            kecamatan: Some(kecamatan.to_owned()),
            ..happening(Category::Kebakaran, 40)
        };
        let told = feed(&[fire("A", "Timur"), fire("B", "Timur"), fire("C", "Timur")], NOW);
        assert_eq!((told[0].kelurahan.as_deref(), told[0].kecamatan.as_deref()), (None, Some("Timur")));
        let told = feed(&[fire("A", "Timur"), fire("B", "Barat"), fire("C", "Utara")], NOW);
        assert_eq!((told[0].count, told[0].kecamatan.as_deref()), (3, None));
    }

    #[test]
    fn what_is_over_is_in_the_feed_but_not_on_the_roads_and_old_news_is_none() {
        let over = Happening { closed_at: Some(NOW.plus_secs(-600)), ..happening(Category::PohonTumbang, 90) };
        assert!(!feed(std::slice::from_ref(&over), NOW)[0].live);
        assert!(traffic(std::slice::from_ref(&over), None, NOW).is_empty());
        assert!(feed(&[happening(Category::Kemacetan, 25 * 60)], NOW).is_empty());
    }

    #[test]
    fn the_nearest_comes_first_and_what_is_far_is_left_out() {
        let at = |east_m: f64| Happening { at: HERE.offset_m(east_m, 0.0), ..happening(Category::Kemacetan, 5) };
        let told = traffic(&[at(4_000.0), at(0.0), at(15_000.0)], Some(HERE), NOW);
        let metres: Vec<u32> = told.iter().map(|item| item.distance_m.unwrap()).collect();
        assert_eq!(metres.len(), 2);
        assert!(metres[0] <= 300 && (3_700..=4_300).contains(&metres[1]), "{metres:?}");
    }

    proptest! {
        #[test]
        fn no_number_of_the_feed_is_small_and_no_happening_is_counted_twice(
            spots in prop::collection::vec((0..3usize, 0..4u8, 0..2u8, 0..2000i64), 0..60),
        ) {
            let all: Vec<Happening> = spots.iter().map(|(what, kelurahan, kecamatan, minutes)| Happening {
                kelurahan: (*kelurahan > 0).then(|| kelurahan.to_string()),
                kecamatan: Some(kecamatan.to_string()),
                ..happening(HARMLESS[*what], *minutes)
            }).collect();
            let told = feed(&all, NOW);
            prop_assert!(told.iter().all(|item| item.count >= SMALLEST && item.lng.is_none()));
            prop_assert!(told.iter().map(|item| item.count).sum::<usize>() <= all.len());
        }
    }
}

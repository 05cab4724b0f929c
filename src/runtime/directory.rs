//! The directory a new office starts with: data/agencies.toml, entered once, each with a fixed id, so
//! that what an office took out does not come back.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::model::clock::Timestamp;
use crate::model::id::AgencyId;
use crate::model::referral::AgencyKind;
use crate::model::report::Category;
use crate::store::agencies::{Agency, AgencyCard, AgencyChannel, upsert_agency};
use crate::store::{Store, StoreError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    agency: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    kind: AgencyKind,
    categories: Vec<Category>,
    channel: AgencyChannel,
    phone: String,
    hours: String,
    note: String,
}

/// The agencies that come with the program, marked as examples.
///
/// # Errors
/// Never for the file in the repository: a test reads it.
pub fn examples(polres: &str, now: Timestamp) -> Result<Vec<Agency>, toml::de::Error> {
    let file: File = toml::from_str(include_str!("../../data/agencies.toml"))?;
    let agency = |(n, line): (usize, Line)| Agency {
        id: fixed_id(polres, n, &line.name),
        polres: polres.to_owned(),
        kind: line.kind,
        categories: line.categories,
        areas: Vec::new(),
        channel: line.channel,
        example: true,
        created_at: now,
        updated_at: now,
        removed_at: None,
        card: AgencyCard {
            name: line.name,
            phone: line.phone,
            hours: line.hours,
            note: line.note,
            ..AgencyCard::default()
        },
    };
    Ok(file.agency.into_iter().enumerate().map(agency).collect())
}

/// The same id at every start; the first two bytes keep the order of the file.
fn fixed_id(polres: &str, n: usize, name: &str) -> AgencyId {
    let digest = Sha256::digest(format!("{polres}/{name}"));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    let order = u16::try_from(n).unwrap_or(u16::MAX).to_be_bytes();
    bytes[..2].copy_from_slice(&order);
    AgencyId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Enters the examples for an office that has no directory yet.
///
/// # Errors
/// Storage is away.
pub async fn begin(store: &Store, polres: &str, now: Timestamp) -> Result<(), StoreError> {
    if !store.agencies(polres, true).await?.is_empty() {
        return Ok(());
    }
    let examples = examples(polres, now).map_err(|error| StoreError::backend("reading data/agencies.toml", error))?;
    let rows = examples.iter().map(|agency| upsert_agency(store.vault(), agency)).collect::<Result<Vec<_>, _>>()?;
    store.write(rows).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_that_comes_with_the_program_can_be_read_and_keeps_its_ids() {
        let now = Timestamp::from_secs(1_795_226_400);
        let all = examples("medan", now).unwrap();
        assert!(all.len() >= 10 && all.iter().all(|agency| agency.example && !agency.id.0.is_nil()));
        assert!(all.windows(2).all(|pair| pair[0].id < pair[1].id), "in the order of the file");
        assert_eq!(all[0].id, examples("medan", now.plus_secs(9)).unwrap()[0].id);
        assert_ne!(all[0].id, examples("belawan", now).unwrap()[0].id);
        for number in ["112", "113", "119", "115", "123"] {
            assert!(all.iter().any(|agency| agency.card.phone == number), "{number}");
        }
    }
}

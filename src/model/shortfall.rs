//! Why too few units go: a code with its numbers for programs, a sentence for people.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Nobody is free.
    NoUnit,
    /// Nobody is free but those who declined.
    NoOtherUnit,
    /// Fewer are free than the plan asks for.
    TooFew,
    /// An entry from before there were codes: its sentence is all there is.
    Told,
}

/// The numbers of a shortfall.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShortfallCounts {
    /// Units the plan asks for.
    pub needed: usize,
    /// Units that can go.
    pub found: usize,
    /// Units that refused or did not answer.
    pub declined: usize,
}

/// Why too few units go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(from = "Kept")]
pub struct Shortfall {
    /// What is missing.
    pub code: Missing,
    /// Its numbers.
    pub params: ShortfallCounts,
    /// The same for people, Indonesian.
    pub text: String,
}

/// As a journal may hold it: in its early days it was a sentence alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Words(String),
    Coded { code: Missing, params: ShortfallCounts, text: String },
}

impl From<Kept> for Shortfall {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Words(text) => Self { code: Missing::Told, params: ShortfallCounts::default(), text },
            Kept::Coded { code, params, text } => Self { code, params, text },
        }
    }
}

impl Shortfall {
    /// What is missing when `found` of `needed` units can go and `declined` will not; none when nothing is.
    #[must_use]
    pub fn of(found: usize, needed: usize, declined: usize) -> Option<Self> {
        if found >= needed {
            return None;
        }
        let (code, text) = match (found, declined) {
            (0, 0) => (Missing::NoUnit, "tidak ada unit yang siap".to_owned()),
            (0, n) => {
                let text = format!("tidak ada unit lain yang siap; {n} unit menolak atau tidak menjawab");
                (Missing::NoOtherUnit, text)
            }
            (found, _) => (Missing::TooFew, format!("rencana meminta {needed} unit, hanya {found} yang siap")),
        };
        Some(Self { code, params: ShortfallCounts { needed, found, declined }, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shortfall_has_a_code_and_its_numbers() {
        let code = |found, needed, declined| Shortfall::of(found, needed, declined).map(|short| short.code);
        assert_eq!(code(2, 2, 5), None);
        assert_eq!(code(0, 1, 0), Some(Missing::NoUnit));
        assert_eq!(code(0, 2, 3), Some(Missing::NoOtherUnit));
        assert_eq!(code(1, 2, 3), Some(Missing::TooFew));
        let short = Shortfall::of(1, 3, 2).unwrap();
        assert_eq!(short.params, ShortfallCounts { needed: 3, found: 1, declined: 2 });
        assert_eq!(short.text, "rencana meminta 3 unit, hanya 1 yang siap");
    }

    #[test]
    fn a_journal_from_before_there_were_codes_is_read() {
        let old: Shortfall = serde_json::from_str("\"tidak ada unit yang siap\"").unwrap();
        assert_eq!((old.code, old.text.as_str()), (Missing::Told, "tidak ada unit yang siap"));
        let short = Shortfall::of(0, 1, 0).unwrap();
        let again: Shortfall = serde_json::from_str(&serde_json::to_string(&short).unwrap()).unwrap();
        assert_eq!(again, short);
    }
}

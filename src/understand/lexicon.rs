//! The lexicon: words and cues an office can edit, read once and indexed by word.
//!
//! In goes TOML (`data/lexicon.toml` explains its notation), out comes a [`Lexicon`] that knows, for
//! each word of a message, which known words it may stand for: itself, its usual spelling, its
//! stem without Indonesian and Javanese affixes.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::scorer::Scorer;
use super::stem;
use crate::model::report::{Category, Priority};

/// Number of a known word.
pub type WordId = u32;

/// Kinds of words, as bits.
pub mod kind {
    /// Negates what follows.
    pub const NEGATION: u16 = 1;
    /// May stand between the words of a cue.
    pub const FILLER: u16 = 1 << 1;
    /// `di`, `ke`.
    pub const PREP: u16 = 1 << 2;
    /// `depan`, `dekat`.
    pub const RELATION: u16 = 1 << 3;
    /// `jalan`, `pasar`, `masjid`.
    pub const PLACE: u16 = 1 << 4;
    /// A place word that says nothing without a name.
    pub const WEAK_PLACE: u16 = 1 << 5;
    /// Belongs to a time phrase.
    pub const TIME: u16 = 1 << 6;
    /// A common word: no name.
    pub const COMMON: u16 = 1 << 7;
    /// A person.
    pub const PERSON: u16 = 1 << 8;
    /// A vehicle.
    pub const VEHICLE: u16 = 1 << 9;
    /// A weapon.
    pub const WEAPON: u16 = 1 << 10;
    /// May stand between a place word and its name.
    pub const PART: u16 = 1 << 11;
}

/// What a cue says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Evidence for a category, as index into [`Category::ALL`].
    Category(usize),
    /// Something about the whole message.
    Signal(Signal),
}

/// What a cue can say about the whole message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    /// Asks something.
    Question,
    /// Tells of something happening.
    Event,
    /// Calls for help.
    Help,
    /// Laughs.
    Laughter,
    /// Takes back what was said.
    Retract,
    /// Passes on hearsay.
    Unverified,
    /// Speaks of long ago.
    Past,
    /// Speaks of what could be.
    Hypothetical,
    /// Goes on now.
    Ongoing,
    /// Is over, or happens again and again.
    Done,
    /// A figure of speech: danger cues in it say nothing.
    Idiom,
    /// One step less urgent.
    Soft,
    /// Speaks of ending one's life.
    Despair,
    /// Priority 1.
    Danger,
    /// May be priority 1: danger to the rules alone, evidence to the learned part.
    Risk,
    /// Priority 2.
    Urgent,
    /// Priority 3.
    Minor,
}

/// One position of a cue.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// Words that fit; `true` only as written, not by stem.
    pub fits: Vec<(WordId, bool)>,
    /// Any words that may stand before it; `None` only small words.
    pub gap: Option<usize>,
}

/// Words in a certain order, and what they say.
#[derive(Debug, Clone)]
pub(super) struct Cue {
    pub slots: Vec<Slot>,
    pub effect: Effect,
    pub weight: f64,
}

/// Why a lexicon cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// It is no TOML of the expected shape.
    #[error("lexicon is not readable: {0}")]
    Toml(#[from] toml::de::Error),
    /// A category the program does not know.
    #[error("lexicon names the unknown category {0}")]
    UnknownCategory(String),
    /// A class that is used but not given.
    #[error("lexicon uses the unknown class @{0}")]
    UnknownClass(String),
    /// A priority outside 1 to 4.
    #[error("lexicon gives category {category} a priority out of range: {reason}")]
    Priority {
        /// Its code.
        category: String,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    aliases: HashMap<String, String>,
    classes: HashMap<String, String>,
    words: HashMap<String, String>,
    signals: BTreeMap<String, Vec<String>>,
    category: Vec<CategorySource>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategorySource {
    code: String,
    priority: u8,
    #[serde(default)]
    strong: Vec<String>,
    #[serde(default)]
    good: Vec<String>,
    #[serde(default)]
    weak: Vec<String>,
}

/// Words and cues, ready to read messages with.
#[derive(Debug, Clone)]
pub struct Lexicon {
    ids: HashMap<String, WordId>,
    names: Vec<String>,
    kinds: Vec<u16>,
    aliases: HashMap<String, WordId>,
    pub(super) cues: Vec<Cue>,
    pub(super) by_first: HashMap<WordId, Vec<u32>>,
    priorities: Vec<Priority>,
    pub(super) scorer: Option<Scorer>,
}

impl Lexicon {
    /// The lexicon that comes with the program, with the weights that come with it.
    #[must_use]
    pub fn builtin() -> Self {
        Self::rules().with_scorer(Scorer::builtin())
    }

    /// The lexicon that comes with the program, rules alone.
    ///
    /// # Panics
    /// Never in a tested build: the embedded file is parsed by a test.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the embedded file is checked by a test")]
    pub fn rules() -> Self {
        Self::parse(include_str!("../../data/lexicon.toml")).expect("the embedded lexicon is well formed")
    }

    /// The same words and cues, weighed by a learned scorer.
    #[must_use]
    pub fn with_scorer(self, scorer: Scorer) -> Self {
        Self { scorer: Some(scorer), ..self }
    }

    /// A lexicon from an office's file.
    ///
    /// # Errors
    /// [`LexiconError`]: not readable, or it names a category, class or priority that does not exist.
    pub fn parse(toml: &str) -> Result<Self, LexiconError> {
        let source: Source = toml::from_str(toml)?;
        let mut lexicon = Self {
            ids: HashMap::new(),
            names: Vec::new(),
            kinds: Vec::new(),
            aliases: HashMap::new(),
            cues: Vec::new(),
            by_first: HashMap::new(),
            priorities: vec![Priority::P3; Category::ALL.len()],
            scorer: None,
        };
        lexicon.take_words(&source);
        for (name, cues) in &source.signals {
            let Some(signal) = signal(name) else { return Err(LexiconError::UnknownCategory(name.clone())) };
            for cue in cues {
                lexicon.take_cue(cue, Effect::Signal(signal), 1.0, &source.classes)?;
            }
        }
        for category in &source.category {
            lexicon.take_category(category, &source.classes)?;
        }
        Ok(lexicon)
    }

    fn take_words(&mut self, source: &Source) {
        for (slang, usual) in &source.aliases {
            let id = self.intern(usual);
            self.aliases.insert(slang.clone(), id);
        }
        let lists = source.words.iter().chain(&source.classes);
        for (name, words) in lists {
            let bits = kind_bits(name);
            for word in words.split_whitespace() {
                let id = self.intern(word);
                self.kinds[id as usize] |= bits;
            }
        }
    }

    fn take_category(
        &mut self,
        source: &CategorySource,
        classes: &HashMap<String, String>,
    ) -> Result<(), LexiconError> {
        let index = Category::ALL
            .iter()
            .position(|category| category.code() == source.code)
            .ok_or_else(|| LexiconError::UnknownCategory(source.code.clone()))?;
        self.priorities[index] = Priority::try_from(source.priority)
            .map_err(|reason| LexiconError::Priority { category: source.code.clone(), reason })?;
        for (cues, weight) in [(&source.strong, 3.0), (&source.good, 2.0), (&source.weak, 1.0)] {
            for cue in cues {
                self.take_cue(cue, Effect::Category(index), weight, classes)?;
            }
        }
        Ok(())
    }

    fn take_cue(
        &mut self,
        text: &str,
        effect: Effect,
        weight: f64,
        classes: &HashMap<String, String>,
    ) -> Result<(), LexiconError> {
        let mut slots: Vec<Slot> = Vec::new();
        let mut gap = None;
        for part in text.split_whitespace() {
            if part == "+" {
                gap = Some(6);
                continue;
            }
            let fits = self.slot_words(part, classes)?;
            slots.push(Slot { fits, gap: gap.take() });
        }
        let Some(first) = slots.first() else { return Ok(()) };
        let number = u32::try_from(self.cues.len()).unwrap_or(u32::MAX);
        for &(word, _) in &first.fits {
            self.by_first.entry(word).or_default().push(number);
        }
        self.cues.push(Cue { slots, effect, weight });
        Ok(())
    }

    fn slot_words(
        &mut self,
        part: &str,
        classes: &HashMap<String, String>,
    ) -> Result<Vec<(WordId, bool)>, LexiconError> {
        let mut fits = Vec::new();
        for word in part.split('|') {
            if let Some(class) = word.strip_prefix('@') {
                let words = classes.get(class).ok_or_else(|| LexiconError::UnknownClass(class.to_owned()))?;
                fits.extend(words.split_whitespace().map(|word| (self.usual(word), false)));
            } else if let Some(exact) = word.strip_prefix('=') {
                fits.push((self.usual(exact), true));
            } else {
                fits.push((self.usual(word), false));
            }
        }
        fits.sort_unstable();
        fits.dedup();
        Ok(fits)
    }

    /// A cue written with slang means the usual word.
    fn usual(&mut self, word: &str) -> WordId {
        self.aliases.get(word).copied().unwrap_or_else(|| self.intern(word))
    }

    fn intern(&mut self, word: &str) -> WordId {
        if let Some(&id) = self.ids.get(word) {
            return id;
        }
        let id = WordId::try_from(self.kinds.len()).unwrap_or(WordId::MAX);
        self.ids.insert(word.to_owned(), id);
        self.names.push(word.to_owned());
        self.kinds.push(0);
        id
    }

    /// The known words a written word may stand for; the first is the word itself, the rest stems.
    #[must_use]
    pub fn forms(&self, word: &str) -> Vec<WordId> {
        let mut forms = Vec::new();
        if let Some(&id) = self.aliases.get(word).or_else(|| self.ids.get(word)) {
            forms.push(id);
        }
        stem::each(word, |stem| {
            let found = self.aliases.get(stem).or_else(|| self.ids.get(stem));
            if let Some(&id) = found
                && !forms.contains(&id)
            {
                forms.push(id);
            }
        });
        forms
    }

    /// Whether the written word itself (not a stem) is known.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.aliases.contains_key(word) || self.ids.contains_key(word)
    }

    /// A known word as it is usually written.
    #[must_use]
    pub fn name(&self, id: WordId) -> &str {
        self.names.get(id as usize).map_or("", String::as_str)
    }

    /// Bits of [`kind`] of a known word.
    #[must_use]
    pub fn kinds(&self, id: WordId) -> u16 {
        self.kinds.get(id as usize).copied().unwrap_or(0)
    }

    /// The priority a category has when nothing raises or lowers it.
    #[must_use]
    pub fn priority(&self, category: Category) -> Priority {
        let index = Category::ALL.iter().position(|&other| other == category);
        index.map_or(Priority::P3, |index| self.priorities[index])
    }
}

fn kind_bits(list: &str) -> u16 {
    match list {
        "negation" => kind::NEGATION | kind::COMMON,
        "filler" => kind::FILLER | kind::COMMON,
        "prep" => kind::PREP | kind::COMMON,
        "relation" => kind::RELATION,
        "kind" => kind::PLACE,
        "weak_kind" => kind::PLACE | kind::WEAK_PLACE,
        "time" => kind::TIME | kind::COMMON,
        "common" => kind::COMMON,
        "part" => kind::PART | kind::COMMON,
        "orang" => kind::PERSON | kind::COMMON,
        "kendaraan" => kind::VEHICLE | kind::COMMON,
        "senjata" => kind::WEAPON | kind::COMMON,
        _ => 0,
    }
}

fn signal(name: &str) -> Option<Signal> {
    Some(match name {
        "question" => Signal::Question,
        "event" => Signal::Event,
        "help" => Signal::Help,
        "laughter" => Signal::Laughter,
        "retract" => Signal::Retract,
        "unverified" => Signal::Unverified,
        "past" => Signal::Past,
        "hypothetical" => Signal::Hypothetical,
        "ongoing" => Signal::Ongoing,
        "done" => Signal::Done,
        "idiom" => Signal::Idiom,
        "soft" => Signal::Soft,
        "despair" => Signal::Despair,
        "danger" => Signal::Danger,
        "risk" => Signal::Risk,
        "urgent" => Signal::Urgent,
        "minor" => Signal::Minor,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_lexicon_is_well_formed_and_knows_every_category() {
        let lexicon = Lexicon::parse(include_str!("../../data/lexicon.toml")).unwrap();
        for (index, category) in Category::ALL.iter().enumerate() {
            let told = lexicon.cues.iter().any(|cue| cue.effect == Effect::Category(index));
            assert!(told || *category == Category::BelumJelas, "{category:?} has no cue");
        }
    }

    #[test]
    fn affixes_and_slang_lead_to_the_same_word() {
        let lexicon = Lexicon::builtin();
        let tabrak = lexicon.forms("tabrak")[0];
        for word in ["ketabrak", "nabrak", "menabrak", "ditabrak", "tabrakan", "tertabrak", "tubruk"] {
            assert!(lexicon.forms(word).contains(&tabrak), "{word}");
        }
        let curi = lexicon.forms("curi")[0];
        for word in ["dicuri", "pencurian", "nyuri", "mencuri", "dicolong", "kecurian"] {
            assert!(lexicon.forms(word).contains(&curi), "{word}");
        }
    }

    #[test]
    fn in_an_address_gg_is_a_lane_and_km_a_kilometre() {
        let lexicon = Lexicon::builtin();
        assert_eq!(lexicon.forms("gg")[0], lexicon.forms("gang")[0]);
        assert_ne!(lexicon.forms("km").first(), lexicon.forms("kamu").first());
    }

    #[test]
    fn a_wrong_file_says_what_is_wrong() {
        let base = "[aliases]\n[classes]\n[words]\n[signals]\n";
        let unknown = Lexicon::parse(&format!("{base}[[category]]\ncode='x'\npriority=1\n"));
        assert!(matches!(unknown, Err(LexiconError::UnknownCategory(code)) if code == "x"));
        let class = Lexicon::parse(&format!("{base}[[category]]\ncode='sim'\npriority=1\nstrong=['@y']\n"));
        assert!(matches!(class, Err(LexiconError::UnknownClass(name)) if name == "y"));
        let priority = Lexicon::parse(&format!("{base}[[category]]\ncode='sim'\npriority=9\n"));
        assert!(matches!(priority, Err(LexiconError::Priority { .. })));
    }
}

//! Understanding and locating together: the messages of one report in, what a desk is told out.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::dispatch::command::Understood;
use crate::locate::gazetteer::Gazetteer;
use crate::locate::geocode::{Located, Query, geocode_in};
use crate::locate::home::Home;
use crate::locate::jurisdiction_index::JurisdictionIndex;
use crate::model::category::CategorySet;
use crate::model::place::{Jurisdiction, LngLat, Place, PlaceSource};
use crate::model::report::{Category, Meaning, Priority, Reading, Service};
use crate::model::shield::Noise;
use crate::understand::{self, Lexicon, own_words, screen};

/// A place outside every configured area is kept, but never certain.
const OUTSIDE_CONFIDENCE: f64 = 0.4;

/// A reading at least this sure stands against an office's own words; they make none surer (judgement).
const SURE_ENOUGH: f64 = 0.6;

/// What reading needs; the gazetteer and areas can be replaced while running.
#[derive(Debug)]
pub struct Reader {
    lexicon: Lexicon,
    gazetteer: RwLock<Arc<Gazetteer>>,
    areas: Arc<JurisdictionIndex>,
}

/// What the messages mean, and what the desk is told of it.
#[derive(Debug, Clone)]
pub struct Read {
    /// With the reporter's words: for the vault.
    pub meaning: Meaning,
    /// Without them: for the journal.
    pub understood: Understood,
}

impl Read {
    /// A pin is no more precise than the telephone says.
    #[must_use]
    pub fn with_accuracy(mut self, accuracy_m: Option<f64>) -> Self {
        let place = self.understood.place.as_mut().filter(|place| place.source == PlaceSource::Pin);
        if let Some((place, accuracy_m)) = place.zip(accuracy_m) {
            place.radius_m = place.radius_m.max(accuracy_m);
        }
        self
    }

    /// The office's own words for a category count where the machine is not sure of another. They make
    /// nothing urgent and nothing certain: no unit is offered by itself because of them.
    #[must_use]
    pub fn with_own_words(mut self, texts: &[&str], categories: &CategorySet) -> Self {
        let read = &mut self.meaning;
        let unclear = matches!(read.category, Category::BelumJelas | Category::LayananLain);
        if read.confidence >= SURE_ENOUGH && !unclear {
            return self;
        }
        let Some((category, word)) = own_words::named(texts, categories) else { return self };
        (read.category, read.service) = (category, category.service());
        read.confidence = read.confidence.min(SURE_ENOUGH);
        if read.priority == Priority::P4 && matches!(read.service, Service::Police | Service::OtherAgency) {
            read.priority = Priority::P3;
        }
        read.because.push(format!("kata kantor untuk {}: {word}", categories.name(category)));
        self.understood.reading = Reading { known: self.understood.reading.known, ..Reading::from(&self.meaning) };
        self
    }

    /// What the reporter chose from a list counts where his words say nothing clearer, if it is a category here.
    #[must_use]
    pub fn with_choice(mut self, chosen: Option<Category>, categories: &CategorySet) -> Self {
        let unclear = self.meaning.category == Category::BelumJelas;
        let Some(chosen) = chosen.filter(|chosen| unclear && categories.has(*chosen)) else { return self };
        self.meaning.category = chosen;
        self.meaning.service = chosen.service();
        self.meaning.because.push(format!("kategori dipilih pelapor: {}", categories.name(chosen)));
        self.understood.reading = Reading { known: self.understood.reading.known, ..Reading::from(&self.meaning) };
        self
    }
}

/// Who asks, and what is known of where the reporter is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asking<'a> {
    /// Code of the Polres that was written to: of several places of one name its own go first.
    pub polres: &'a str,
    /// A location the reporter shared: it is the place.
    pub pin: Option<LngLat>,
    /// Where he roughly is: it orders what fits equally well.
    pub near: Option<LngLat>,
}

impl<'a> Asking<'a> {
    /// Asked by an office, with a pin if there is one.
    #[must_use]
    pub const fn by(polres: &'a str, pin: Option<LngLat>) -> Self {
        Self { polres, pin, near: None }
    }

    /// With a point the reporter is roughly at.
    #[must_use]
    pub const fn near(self, near: Option<LngLat>) -> Self {
        Self { near, ..self }
    }
}

/// The point of a place that was not made of the words themselves: a pin or a telephone network says
/// where the reporter is, whatever he writes.
#[must_use]
pub fn stands_at(place: Option<&Place>) -> Option<LngLat> {
    place.filter(|place| matches!(place.source, PlaceSource::Pin | PlaceSource::Network)).map(Place::point)
}

impl Reader {
    /// A reader over these names and areas.
    #[must_use]
    pub fn new(lexicon: Lexicon, gazetteer: Gazetteer, areas: Arc<JurisdictionIndex>) -> Self {
        Self { lexicon, gazetteer: RwLock::new(Arc::new(gazetteer)), areas }
    }

    /// The names in use.
    #[must_use]
    pub fn gazetteer(&self) -> Arc<Gazetteer> {
        self.gazetteer.read().clone()
    }

    /// The areas in use.
    #[must_use]
    pub fn areas(&self) -> &JurisdictionIndex {
        &self.areas
    }

    /// Reads the messages of one report.
    #[must_use]
    pub fn read(&self, texts: &[&str], asking: &Asking<'_>) -> Read {
        let meaning = understand::read(texts, &self.lexicon);
        let located = self.locate(&meaning, texts, asking);
        let (place, jurisdiction) = located.place.map(|place| self.judged(place)).unzip();
        let mut reading = Reading::from(&meaning);
        reading.known.place |= place.is_some();
        Read { meaning, understood: Understood { reading, place, jurisdiction: jurisdiction.flatten() } }
    }

    /// The weapon that was told of among the words that decided, if any.
    #[must_use]
    pub fn weapon(&self, meaning: &Meaning) -> Option<String> {
        let said: Vec<&str> = meaning.because.iter().map(String::as_str).collect();
        understand::weapon_in(&said, &self.lexicon)
    }

    /// How much a report looks like noise.
    #[must_use]
    pub fn screen(&self, contact: &screen::Contact<'_>) -> Noise {
        screen::score(contact, &self.lexicon)
    }

    /// Candidates for the place of a report, for the card.
    #[must_use]
    pub fn locate(&self, meaning: &Meaning, texts: &[&str], asking: &Asking<'_>) -> Located {
        let phrase = meaning.place.as_ref().map_or("", |phrase| phrase.text.as_str());
        let located = self.find(phrase, asking);
        if located.place.is_some() {
            return located;
        }
        // Coordinates and map links may stand anywhere in the messages.
        let whole = self.find(&texts.join("\n"), asking);
        if whole.place.is_some() || phrase.is_empty() { whole } else { located }
    }

    /// What a phrase means to the office that asks.
    #[must_use]
    pub fn find(&self, phrase: &str, asking: &Asking<'_>) -> Located {
        let query = Query { text: phrase, pin: asking.pin, near: asking.near };
        geocode_in(&query, &self.gazetteer(), Home::of(asking.polres, &self.areas).as_ref())
    }

    /// A place with the area it lies in; outside every area it is never certain.
    #[must_use]
    pub fn judged(&self, mut place: Place) -> (Place, Option<Jurisdiction>) {
        let jurisdiction = self.areas.find(place.point());
        if jurisdiction.is_none() {
            place.confidence = place.confidence.min(OUTSIDE_CONFIDENCE);
            place.because.push_str("; di luar wilayah kantor");
        }
        (place, jurisdiction)
    }
}

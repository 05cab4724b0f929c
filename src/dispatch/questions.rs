//! What the service asks a reporter by itself: which of the five Ws, for which category, how many.
//! Read from data/plans.toml `[questions]`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::entry::Template;
pub use crate::model::plan::Question;
use crate::model::report::{Category, Known, Priority, Reading, Service};
use crate::model::talk::Talk;

impl Question {
    const fn template(self) -> Template {
        match self {
            Self::Where => Template::AskPlace,
            Self::What => Template::AskWhat,
            Self::When => Template::AskWhen,
            Self::Who => Template::AskWho,
            Self::How => Template::AskHow,
        }
    }

    const fn is_known(self, known: Known, placed: bool) -> bool {
        match self {
            Self::Where => placed,
            Self::What => known.what,
            Self::When => known.when,
            Self::Who => known.who,
            Self::How => known.how,
        }
    }
}

/// The questions of an office.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Questions {
    /// Most questions of one conversation.
    pub most: usize,
    /// The Ws in the order they are asked.
    pub order: Vec<Question>,
    /// Categories of which only some Ws matter.
    pub only: BTreeMap<Category, Vec<Question>>,
}

impl Default for Questions {
    fn default() -> Self {
        use Question::{How, What, When, Where, Who};
        Self { most: 3, order: vec![Where, What, When, Who, How], only: BTreeMap::new() }
    }
}

impl Questions {
    /// The next thing to ask, most useful first; none when enough is known or was asked.
    ///
    /// Only matters that somebody goes to are asked about. Whose life is in danger is asked for the
    /// place alone.
    #[must_use]
    pub fn next(&self, reading: &Reading, placed: bool, talk: &Talk) -> Option<Template> {
        if !is_a_matter(reading.service) || talk.questions() >= self.most {
            return None;
        }
        let wanted = |question: &Question| match self.only.get(&reading.category) {
            _ if reading.priority == Priority::P1 => *question == Question::Where,
            Some(only) => only.contains(question),
            None => true,
        };
        // "Apa yang dapat kami bantu?" has asked what happened.
        let asked = |template: Template| {
            talk.has_said(template) || (template == Template::AskWhat && talk.has_said(Template::AskDetails))
        };
        let open = self.order.iter().filter(|q| wanted(q) && !q.is_known(reading.known, placed));
        open.map(|question| question.template()).find(|template| !asked(*template))
    }
}

/// Whether a matter is one that somebody goes to.
#[must_use]
pub const fn is_a_matter(service: Service) -> bool {
    matches!(service, Service::Police | Service::OtherAgency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::plan::Plans;
    use crate::model::clock::Timestamp;

    fn reading(category: Category, priority: Priority, known: Known) -> Reading {
        Reading { service: category.service(), category, priority, confidence: 0.9, known }
    }

    /// Every question of a conversation in which nothing is ever answered.
    fn asked(category: Category, priority: Priority, known: Known, placed: bool) -> Vec<Template> {
        let questions = Plans::builtin().unwrap().questions;
        let mut talk = Talk::default();
        while let Some(next) = questions.next(&reading(category, priority, known), placed, &talk) {
            talk.note(next, Timestamp(1));
        }
        talk.sent
    }

    #[test]
    fn the_place_comes_first_and_no_question_is_put_twice_nor_a_fourth_one() {
        let all = asked(Category::Kejahatan, Priority::P2, Known::default(), false);
        assert_eq!(all, [Template::AskPlace, Template::AskWhat, Template::AskWhen]);
    }

    #[test]
    fn what_is_known_is_skipped() {
        let known = Known { what: true, when: true, ..Known::default() };
        let all = asked(Category::Kejahatan, Priority::P2, known, true);
        assert_eq!(all, [Template::AskWho, Template::AskHow]);
    }

    #[test]
    fn who_is_in_danger_is_asked_for_the_place_and_nothing_else() {
        assert_eq!(asked(Category::Kekerasan, Priority::P1, Known::default(), false), [Template::AskPlace]);
        assert_eq!(asked(Category::Kekerasan, Priority::P1, Known::default(), true), []);
    }

    #[test]
    fn a_traffic_jam_has_no_suspects() {
        let known = Known { what: true, ..Known::default() };
        assert_eq!(asked(Category::Kemacetan, Priority::P3, known, true), []);
    }

    #[test]
    fn questions_and_greetings_are_not_interrogated() {
        for category in [Category::Sim, Category::Salam, Category::Prank] {
            assert_eq!(asked(category, Priority::P4, Known::default(), false), []);
        }
    }
}

//! The words a reporter reads: a template and its facts enter, an [`Outbound`] message leaves.
//!
//! Pure. The words stand in data/wording.toml, which an office may replace. No officer is named.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::entry::Template;

/// Longest text of an ordinary message (Meta), characters.
pub const MAX_TEXT_CHARS: usize = 4096;

/// Longest text of a message with buttons or a location request (Meta), characters.
pub const MAX_INTERACTIVE_CHARS: usize = 1024;

/// Most buttons one message may have (Meta).
const MAX_BUTTONS: usize = 3;

/// Longest title of a button (Meta), characters.
const MAX_TITLE_CHARS: usize = 20;

/// The names that may stand in braces.
const PLACEHOLDERS: [&str; 7] = ["office", "number", "ahead", "eta_min", "call_sign", "place", "text"];

/// Every template, so that a wording can be checked for completeness.
pub const TEMPLATES: [Template; 11] = [
    Template::Received,
    Template::AskPlace,
    Template::AskDetails,
    Template::AskText,
    Template::UnitEnRoute,
    Template::UnitOnScene,
    Template::Closed,
    Template::HandedOver,
    Template::Reply,
    Template::OneTimeCode,
    Template::WhatsappLink,
];

/// A message to a reporter, before any channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbound {
    /// The words.
    pub text: String,
    /// Whether the message carries the button that shares a location.
    pub ask_location: bool,
    /// `(id, title)` of each button.
    pub buttons: Vec<(String, String)>,
}

/// What is known for the placeholders; lines that need the unknown are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params {
    /// Name of the office.
    pub office: Option<String>,
    /// Ticket number.
    pub number: Option<String>,
    /// How many reports stand before this one in its lane.
    pub ahead: Option<usize>,
    /// ETA in whole minutes.
    pub eta_min: Option<u32>,
    /// Call sign of the unit; never the name of an officer.
    pub call_sign: Option<String>,
    /// Name of the place from the gazetteer.
    pub place: Option<String>,
    /// Words of an operator.
    pub text: Option<String>,
}

impl Params {
    fn get(&self, name: &str) -> Option<String> {
        match name {
            "office" => self.office.clone(),
            "number" => self.number.clone(),
            "ahead" => self.ahead.map(|ahead| ahead.to_string()),
            // "0 minutes" reads as "there already", which is not yet true.
            "eta_min" => self.eta_min.map(|minutes| minutes.max(1).to_string()),
            "call_sign" => self.call_sign.clone(),
            "place" => self.place.clone(),
            "text" => self.text.clone(),
            _ => None,
        }
        .filter(|value| !value.is_empty())
    }
}

/// The words of an office.
#[derive(Debug, Clone)]
pub struct Wording(BTreeMap<&'static str, Pattern>);

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pattern {
    text: String,
    #[serde(default)]
    ask_location: bool,
    #[serde(default)]
    buttons: Vec<Button>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Button {
    id: String,
    title: String,
}

/// Why a wording cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadWording {
    /// Not the TOML we expect.
    #[error("cannot read the wording")]
    Toml(#[from] toml::de::Error),
    /// A message has no words.
    #[error("the wording lacks [{0}]")]
    Missing(&'static str),
    /// A placeholder nobody fills.
    #[error("[{template}] has the unknown placeholder {{{placeholder}}}")]
    Placeholder {
        /// The message.
        template: &'static str,
        /// What stands in the braces.
        placeholder: String,
    },
    /// Meta would refuse the buttons.
    #[error("[{0}] has more than 3 buttons, or a title that is empty or longer than 20 characters")]
    Buttons(&'static str),
}

/// The name of a template in the file and on the wire.
#[must_use]
pub const fn template_code(template: Template) -> &'static str {
    match template {
        Template::Received => "received",
        Template::AskPlace => "ask_place",
        Template::AskDetails => "ask_details",
        Template::AskText => "ask_text",
        Template::UnitEnRoute => "unit_en_route",
        Template::UnitOnScene => "unit_on_scene",
        Template::Closed => "closed",
        Template::HandedOver => "handed_over",
        Template::Reply => "reply",
        Template::OneTimeCode => "one_time_code",
        Template::WhatsappLink => "whatsapp_link",
    }
}

impl Wording {
    /// The words that come with the program.
    ///
    /// # Errors
    /// Never for the file in the repository: a test reads it.
    pub fn builtin() -> Result<Self, BadWording> {
        Self::parse(include_str!("../../data/wording.toml"))
    }

    /// Reads and checks a wording file.
    ///
    /// # Errors
    /// [`BadWording`]: not TOML, a template is missing, a placeholder is unknown, Meta would refuse a button.
    pub fn parse(toml: &str) -> Result<Self, BadWording> {
        let mut found: BTreeMap<String, Pattern> = toml::from_str(toml)?;
        let mut words = BTreeMap::new();
        for code in TEMPLATES.map(template_code) {
            let pattern = found.remove(code).ok_or(BadWording::Missing(code))?;
            pattern.check(code)?;
            words.insert(code, pattern);
        }
        Ok(Self(words))
    }

    /// The message for `template`. A reply is the operator's words, unchanged.
    #[must_use]
    pub fn compose(&self, template: Template, params: &Params) -> Outbound {
        let Some(pattern) = self.0.get(template_code(template)) else {
            return Outbound { text: String::new(), ask_location: false, buttons: Vec::new() };
        };
        let buttons: Vec<_> = pattern.buttons.iter().map(|it| (it.id.clone(), it.title.clone())).collect();
        let interactive = pattern.ask_location || !buttons.is_empty();
        let text = match (template, &params.text) {
            (Template::Reply, Some(words)) => words.clone(),
            _ => pattern.fill(params),
        };
        let limit = if interactive { MAX_INTERACTIVE_CHARS } else { MAX_TEXT_CHARS };
        Outbound { text: shortened(text, limit), ask_location: pattern.ask_location, buttons }
    }
}

impl Pattern {
    fn check(&self, template: &'static str) -> Result<(), BadWording> {
        for placeholder in self.text.lines().flat_map(pieces).filter_map(Piece::name) {
            if !PLACEHOLDERS.contains(&placeholder) {
                return Err(BadWording::Placeholder { template, placeholder: placeholder.to_owned() });
            }
        }
        let bad = |it: &Button| it.id.is_empty() || it.title.is_empty() || it.title.chars().count() > MAX_TITLE_CHARS;
        if self.buttons.len() > MAX_BUTTONS || self.buttons.iter().any(bad) {
            return Err(BadWording::Buttons(template));
        }
        Ok(())
    }

    fn fill(&self, params: &Params) -> String {
        self.text.lines().filter_map(|line| fill_line(line, params)).collect::<Vec<_>>().join("\n")
    }
}

/// The line with its placeholders filled; `None` when one of them is unknown.
fn fill_line(line: &str, params: &Params) -> Option<String> {
    pieces(line)
        .map(|piece| match piece {
            Piece::Words(words) => Some(words.to_owned()),
            Piece::Placeholder(name) => params.get(name),
        })
        .collect()
}

enum Piece<'a> {
    Words(&'a str),
    Placeholder(&'a str),
}

impl<'a> Piece<'a> {
    fn name(self) -> Option<&'a str> {
        match self {
            Self::Words(_) => None,
            Self::Placeholder(name) => Some(name),
        }
    }
}

/// The line cut at its braces; braces inside values are never looked at again.
fn pieces(line: &str) -> impl Iterator<Item = Piece<'_>> {
    line.split('{').enumerate().flat_map(|(at, part)| match part.split_once('}') {
        Some((name, rest)) if at > 0 => [Piece::Placeholder(name), Piece::Words(rest)],
        _ => [Piece::Words(part), Piece::Words("")],
    })
}

fn shortened(text: String, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text;
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builtin() -> Wording {
        Wording::builtin().expect("the wording of the repository is complete")
    }

    fn full() -> Params {
        Params {
            office: Some("Polrestabes Medan".to_owned()),
            number: Some("MDN-20261121-0042".to_owned()),
            ahead: Some(3),
            eta_min: Some(6),
            call_sign: Some("Sabhara-07".to_owned()),
            place: Some("Jl. Sisingamangaraja".to_owned()),
            text: Some("Pohon sudah dipotong.".to_owned()),
        }
    }

    #[test]
    fn every_template_has_words_and_no_brace_is_left_over() {
        for template in TEMPLATES {
            for params in [full(), Params::default()] {
                let out = builtin().compose(template, &params);
                assert!(!out.text.contains(['{', '}']), "{template:?}: {}", out.text);
                let bare_reply = template == Template::Reply && params.text.is_none();
                assert_eq!(out.text.is_empty(), bare_reply, "{template:?}");
            }
        }
    }

    #[test]
    fn the_list_of_templates_is_complete_and_named_as_on_the_wire() {
        for template in TEMPLATES {
            assert_eq!(serde_json::to_value(template).expect("serialises"), template_code(template));
        }
        let codes: std::collections::BTreeSet<_> = TEMPLATES.map(template_code).into();
        assert_eq!(codes.len(), TEMPLATES.len());
    }

    #[test]
    fn a_receipt_names_the_ticket_and_the_place_in_the_queue() {
        let text = builtin().compose(Template::Received, &full()).text;
        assert!(text.contains("*MDN-20261121-0042*"), "{text}");
        assert!(text.contains("di depan Anda: 3"), "{text}");
        let unplaced = builtin().compose(Template::Received, &Params { place: None, ahead: None, ..full() }).text;
        assert!(!unplaced.contains("Lokasi:") && !unplaced.contains("di depan Anda"), "{unplaced}");
    }

    #[test]
    fn only_the_question_for_the_place_asks_for_a_location() {
        for template in TEMPLATES {
            assert_eq!(builtin().compose(template, &full()).ask_location, template == Template::AskPlace);
        }
    }

    #[test]
    fn an_eta_is_never_zero_and_left_out_when_unknown() {
        let soon = builtin().compose(Template::UnitEnRoute, &Params { eta_min: Some(0), ..full() }).text;
        assert!(soon.contains("1 menit"), "{soon}");
        let unknown = builtin().compose(Template::UnitEnRoute, &Params { eta_min: None, ..full() }).text;
        assert!(!unknown.contains("menit"), "{unknown}");
    }

    #[test]
    fn closing_asks_whether_it_is_done() {
        let out = builtin().compose(Template::Closed, &full());
        let ids: Vec<_> = out.buttons.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["sudah", "belum"]);
    }

    #[test]
    fn a_reply_is_verbatim_even_with_braces() {
        let words = "  SIM {number}: Rp 100.000 {x} \n\n bawa KTP  ";
        let params = Params { text: Some(words.to_owned()), ..full() };
        assert_eq!(builtin().compose(Template::Reply, &params).text, words);
        let closed = builtin().compose(Template::Closed, &Params { text: Some("{number}".to_owned()), ..full() }).text;
        assert!(closed.contains("Keterangan: {number}"), "values are not filled again: {closed}");
    }

    #[test]
    fn what_meta_would_refuse_for_its_length_is_cut() {
        let long = Params { text: Some("ñ".repeat(5000)), ..full() };
        assert_eq!(builtin().compose(Template::Reply, &long).text.chars().count(), MAX_TEXT_CHARS);
        assert_eq!(builtin().compose(Template::Closed, &long).text.chars().count(), MAX_INTERACTIVE_CHARS);
    }

    #[test]
    fn a_wording_with_a_gap_a_foreign_placeholder_or_bad_buttons_is_refused() {
        let good = include_str!("../../data/wording.toml");
        let gap = good.replace("[closed]", "[closed_]");
        assert!(matches!(Wording::parse(&gap), Err(BadWording::Missing("closed"))));
        let foreign = good.replace("{eta_min}", "{officer_name}");
        assert!(matches!(Wording::parse(&foreign), Err(BadWording::Placeholder { template: "unit_en_route", .. })));
        let title = good.replace("\"Belum selesai\"", "\"Belum selesai sama sekali\"");
        assert!(matches!(Wording::parse(&title), Err(BadWording::Buttons("closed"))));
        assert!(matches!(Wording::parse("received = 3"), Err(BadWording::Toml(_))));
    }
}

//! The words a reporter reads: a template and its facts enter, an [`Outbound`] message leaves.
//!
//! Pure. The words stand in data/wording.toml, which an office may replace. No officer is named.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::entry::Template;
use crate::model::id::MediaId;

/// Longest text of an ordinary message (Meta), characters.
pub const MAX_TEXT_CHARS: usize = 4096;

/// Longest text of a message with buttons or a location request (Meta), characters.
pub const MAX_INTERACTIVE_CHARS: usize = 1024;

/// Most buttons one message may have; more become a list (Meta).
pub const MAX_BUTTONS: usize = 3;

/// Most rows of a list (Meta).
const MAX_ROWS: usize = 10;

/// Longest title of a button (Meta), characters.
pub const MAX_TITLE_CHARS: usize = 20;

/// The names that may stand in braces.
pub const PLACEHOLDERS: [&str; 14] = [
    "office",
    "hello",
    "number",
    "ahead",
    "turn",
    "eta_min",
    "call_sign",
    "place",
    "text",
    "state",
    "sent_clock",
    "title",
    "source",
    "caution",
];

/// What an operator inserts with one press: no message of its own, one line each.
pub const QUICK_REPLIES: &str = "quick_replies";

/// Every template, so that a wording can be checked for completeness.
pub const TEMPLATES: &[Template] = &[
    Template::Received,
    Template::ReceivedLate,
    Template::AskPlace,
    Template::AskWhat,
    Template::AskWhen,
    Template::AskWho,
    Template::AskHow,
    Template::AskDetails,
    Template::AskText,
    Template::NoCalls,
    Template::Noted,
    Template::Status,
    Template::PersonAsked,
    Template::Article,
    Template::FollowUp,
    Template::Traffic,
    Template::UnitEnRoute,
    Template::UnitOnScene,
    Template::Closed,
    Template::Reopened,
    Template::AskRating,
    Template::RatedThanks,
    Template::Welcome,
    Template::HandedOver,
    Template::Referred,
    Template::AfterPhoto,
    Template::Reply,
    Template::OneTimeCode,
    Template::WhatsappLink,
    Template::Strike1,
    Template::Strike2,
    Template::Blocked,
    Template::Unblocked,
    Template::AppealReceived,
];

/// A message to a reporter, before any channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbound {
    /// The words.
    pub text: String,
    /// Whether the message carries the button that shares a location.
    #[serde(default)]
    pub ask_location: bool,
    /// `(id, title)` of each button; more than three are shown as a list.
    #[serde(default)]
    pub buttons: Vec<(String, String)>,
    /// A photo of ours that goes along; the words are its caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaId>,
    /// A template approved by Meta, for a message outside the 24 hours; the words are what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<MetaTemplate>,
}

/// A template approved by Meta, and what fills its blanks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetaTemplate {
    /// Its name at Meta.
    pub name: String,
    /// Its language, `id`, as it was approved; the outbox fills it in.
    #[serde(default)]
    pub language: String,
    /// What stands for `{{1}}`, `{{2}}` … of its body.
    #[serde(default)]
    pub params: Vec<String>,
    /// The one-time code of an authentication template, which its button wants too, at most 15
    /// characters (Meta, "Sending Authentication Templates").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// How a place is asked for where there is no button for it.
const HOW_TO_SHARE_A_PLACE: &str =
    "Kirim lokasi: ketuk tanda lampiran (📎 atau +), pilih *Lokasi*, lalu *Kirim lokasi saat ini*.";

/// How an answer is given where there are no buttons.
const HOW_TO_CHOOSE: &str = "Balas dengan angkanya.";

impl Outbound {
    /// The same without buttons, for a channel that has none: choices are numbered.
    #[must_use]
    pub fn as_plain_text(&self) -> String {
        let mut text = self.text.clone();
        if self.ask_location {
            text.push_str("\n\n");
            text.push_str(HOW_TO_SHARE_A_PLACE);
        }
        if !self.buttons.is_empty() {
            text.push('\n');
            for (number, (_, title)) in (1..).zip(&self.buttons) {
                text.extend(["\n", &number.to_string(), ". ", title]);
            }
            text.push('\n');
            text.push_str(HOW_TO_CHOOSE);
        }
        text
    }
}

/// What is known for the placeholders; lines that need the unknown are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params {
    /// Name of the office.
    pub office: Option<String>,
    /// Name of the office, in the first message about a report only.
    pub hello: Option<String>,
    /// Ticket number.
    pub number: Option<String>,
    /// How many reports stand before this one in its lane; none stand: unknown, so that nobody reads a 0.
    pub ahead: Option<usize>,
    /// Its place in the queue, 1 for the next one.
    pub turn: Option<usize>,
    /// ETA in whole minutes.
    pub eta_min: Option<u32>,
    /// Call sign of the unit; never the name of an officer.
    pub call_sign: Option<String>,
    /// Name of the place from the gazetteer.
    pub place: Option<String>,
    /// Words of an operator, of an article, of the lines about traffic.
    pub text: Option<String>,
    /// Where the report stands, in words.
    pub state: Option<String>,
    /// When the reporter wrote, `14.05`, local time.
    pub sent_clock: Option<String>,
    /// Title of an article.
    pub title: Option<String>,
    /// Where an article comes from.
    pub source: Option<String>,
    /// That an article is not yet checked by the office.
    pub caution: Option<String>,
}

impl Params {
    fn get(&self, name: &str) -> Option<String> {
        match name {
            "office" => self.office.clone(),
            "hello" => self.hello.clone(),
            "number" => self.number.clone(),
            "ahead" => self.ahead.filter(|ahead| *ahead > 0).map(|ahead| ahead.to_string()),
            "turn" => self.turn.map(|turn| turn.to_string()),
            // "0 minutes" reads as "there already", which is not yet true.
            "eta_min" => self.eta_min.map(|minutes| minutes.max(1).to_string()),
            "call_sign" => self.call_sign.clone(),
            "place" => self.place.clone(),
            "text" => self.text.clone(),
            "state" => self.state.clone(),
            "sent_clock" => self.sent_clock.clone(),
            "title" => self.title.clone(),
            "source" => self.source.clone(),
            "caution" => self.caution.clone(),
            _ => None,
        }
        .filter(|value| !value.is_empty())
    }
}

/// The words of an office.
#[derive(Debug, Clone)]
pub struct Wording {
    patterns: BTreeMap<&'static str, Pattern>,
    words: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    words: BTreeMap<String, String>,
    #[serde(flatten)]
    patterns: BTreeMap<String, Pattern>,
}

/// The words of one message, with their placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// The words.
    pub text: String,
    /// Carries the button that shares a location.
    #[serde(default)]
    pub ask_location: bool,
    /// Its buttons.
    #[serde(default)]
    pub buttons: Vec<Button>,
    /// Meta's template for it, when the service window has closed.
    #[serde(default)]
    pub meta_template: Option<String>,
    /// What stands in that template's `{{1}}`, `{{2}}` …
    #[serde(default)]
    pub meta_params: Vec<String>,
}

/// A button: what it says and what comes back when it is pressed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// What comes back.
    pub id: String,
    /// What it says.
    pub title: String,
}

/// Other words for one message: its text and the titles of its buttons, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherWords {
    /// The text.
    pub text: String,
    /// As many titles as the message has buttons.
    #[serde(default)]
    pub titles: Vec<String>,
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
    /// No such message.
    #[error("no such message")]
    Unknown,
    /// No words are left, or more than the channel takes.
    #[error("[{template}] must have 1 to {most} characters")]
    Length {
        /// The message.
        template: &'static str,
        /// How many it may have.
        most: usize,
    },
    /// A placeholder nobody fills.
    #[error("[{template}] has the unknown placeholder {{{placeholder}}}")]
    Placeholder {
        /// The message.
        template: &'static str,
        /// What stands in the braces.
        placeholder: String,
    },
    /// Meta would refuse the buttons.
    #[error("[{0}] has too many buttons, or a title that is empty or longer than 20 characters")]
    Buttons(&'static str),
}

/// The name of a template in the file and on the wire.
#[must_use]
pub const fn template_code(template: Template) -> &'static str {
    match template {
        Template::Received => "received",
        Template::ReceivedLate => "received_late",
        Template::AskPlace => "ask_place",
        Template::AskWhat => "ask_what",
        Template::AskWhen => "ask_when",
        Template::AskWho => "ask_who",
        Template::AskHow => "ask_how",
        Template::AskDetails => "ask_details",
        Template::AskText => "ask_text",
        Template::NoCalls => "no_calls",
        Template::Noted => "noted",
        Template::Status => "status",
        Template::PersonAsked => "person_asked",
        Template::Article => "article",
        Template::FollowUp => "follow_up",
        Template::Traffic => "traffic",
        Template::UnitEnRoute => "unit_en_route",
        Template::UnitOnScene => "unit_on_scene",
        Template::Closed => "closed",
        Template::Reopened => "reopened",
        Template::AskRating => "ask_rating",
        Template::RatedThanks => "rated_thanks",
        Template::Welcome => "welcome",
        Template::HandedOver => "handed_over",
        Template::Referred => "referred",
        Template::AfterPhoto => "after_photo",
        Template::Reply => "reply",
        Template::OneTimeCode => "one_time_code",
        Template::WhatsappLink => "whatsapp_link",
        Template::Strike1 => "strike_1",
        Template::Strike2 => "strike_2",
        Template::Blocked => "blocked",
        Template::Unblocked => "unblocked",
        Template::AppealReceived => "appeal_received",
        Template::ChannelBlock => "channel_block",
        Template::ChannelUnblock => "channel_unblock",
        Template::Other => "other",
    }
}

/// The template with this code, when it is one that is sent.
#[must_use]
pub fn template_of(code: &str) -> Option<Template> {
    TEMPLATES.iter().copied().find(|template| template_code(*template) == code)
}

/// Every code an office may change the words of, in the order of a conversation.
pub fn codes() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().copied().map(template_code).chain([QUICK_REPLIES]).filter(|code| *code != "reply")
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
        let File { words, patterns: mut found } = toml::from_str(toml)?;
        let mut patterns = BTreeMap::new();
        for code in TEMPLATES.iter().copied().map(template_code).chain([QUICK_REPLIES]) {
            let pattern = found.remove(code).ok_or(BadWording::Missing(code))?;
            pattern.check(code)?;
            patterns.insert(code, pattern);
        }
        Ok(Self { patterns, words })
    }

    /// The same wording with other words for one message.
    ///
    /// # Errors
    /// [`BadWording`]: no such message, an unknown placeholder, a length or a title Meta would refuse.
    pub fn with(&self, code: &str, other: &OtherWords) -> Result<Self, BadWording> {
        let known = codes().find(|known| *known == code).ok_or(BadWording::Unknown)?;
        let mut pattern = self.patterns.get(known).cloned().ok_or(BadWording::Unknown)?;
        if other.titles.len() != pattern.buttons.len() {
            return Err(BadWording::Buttons(known));
        }
        pattern.text.clone_from(&other.text);
        for (button, title) in pattern.buttons.iter_mut().zip(&other.titles) {
            button.title.clone_from(title);
        }
        pattern.check(known)?;
        let mut changed = self.clone();
        changed.patterns.insert(known, pattern);
        Ok(changed)
    }

    /// The words of one message.
    #[must_use]
    pub fn pattern(&self, code: &str) -> Option<&Pattern> {
        self.patterns.get(code)
    }

    /// Words for a state, or another part of a message.
    #[must_use]
    pub fn word(&self, name: &str) -> Option<String> {
        self.words.get(name).cloned()
    }

    /// What an operator inserts with one press.
    pub fn quick_replies(&self) -> impl Iterator<Item = &str> {
        let text = self.patterns.get(QUICK_REPLIES).map_or("", |pattern| pattern.text.as_str());
        text.lines().map(str::trim).filter(|line| !line.is_empty())
    }

    /// Meta's template that says the same, for a reporter who last wrote more than a day ago.
    #[must_use]
    pub fn meta(&self, template: Template, params: &Params) -> Option<MetaTemplate> {
        let pattern = self.patterns.get(template_code(template))?;
        let name = pattern.meta_template.clone().filter(|name| !name.is_empty())?;
        // Meta refuses empty parameters, line breaks and runs of blanks in them.
        let param = |name: &String| {
            let value = params.get(name).unwrap_or_default();
            let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
            if line.is_empty() { "-".to_owned() } else { shortened(line, MAX_INTERACTIVE_CHARS) }
        };
        let code = (template == Template::OneTimeCode).then(|| param(&"text".to_owned()));
        let params = pattern.meta_params.iter().map(param).collect();
        Some(MetaTemplate { name, language: String::new(), params, code })
    }

    /// The message for `template`. A reply is the operator's words, unchanged.
    #[must_use]
    pub fn compose(&self, template: Template, params: &Params) -> Outbound {
        let Some(pattern) = self.patterns.get(template_code(template)) else {
            return Outbound::default();
        };
        let mut buttons: Vec<_> = pattern.buttons.iter().map(|it| (it.id.clone(), it.title.clone())).collect();
        let text = match (template, &params.text) {
            (Template::Reply, Some(words)) => words.clone(),
            _ => pattern.fill(params),
        };
        // A long article goes out whole: its last line says how to reach a person without the button.
        if template == Template::Article && text.chars().count() > MAX_INTERACTIVE_CHARS {
            buttons.clear();
        }
        let interactive = pattern.ask_location || !buttons.is_empty();
        let limit = if interactive { MAX_INTERACTIVE_CHARS } else { MAX_TEXT_CHARS };
        Outbound { text: shortened(text, limit), ask_location: pattern.ask_location, buttons, ..Outbound::default() }
    }
}

impl Pattern {
    fn check(&self, template: &'static str) -> Result<(), BadWording> {
        for placeholder in self.text.lines().flat_map(pieces).filter_map(Piece::name) {
            if !PLACEHOLDERS.contains(&placeholder) || template == QUICK_REPLIES {
                return Err(BadWording::Placeholder { template, placeholder: placeholder.to_owned() });
            }
        }
        let most = if self.ask_location || !self.buttons.is_empty() { MAX_INTERACTIVE_CHARS } else { MAX_TEXT_CHARS };
        if self.text.trim().is_empty() || self.text.chars().count() > most {
            return Err(BadWording::Length { template, most });
        }
        let bad =
            |it: &Button| it.id.is_empty() || it.title.trim().is_empty() || it.title.chars().count() > MAX_TITLE_CHARS;
        if self.buttons.len() > MAX_ROWS || self.buttons.iter().any(bad) {
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
            turn: Some(4),
            eta_min: Some(6),
            call_sign: Some("Sabhara-07".to_owned()),
            place: Some("Jl. Sisingamangaraja".to_owned()),
            text: Some("Pohon sudah dipotong.".to_owned()),
            hello: Some("Polrestabes Medan".to_owned()),
            state: Some("menunggu dibaca petugas".to_owned()),
            sent_clock: Some("14.05".to_owned()),
            title: Some("SIM".to_owned()),
            source: Some("Satlantas".to_owned()),
            caution: Some("Ini informasi umum.".to_owned()),
        }
    }

    #[test]
    fn every_template_has_words_and_no_brace_is_left_over() {
        for &template in TEMPLATES {
            for params in [full(), Params { number: full().number, ..Params::default() }] {
                let out = builtin().compose(template, &params);
                assert!(!out.text.contains(['{', '}']), "{template:?}: {}", out.text);
                let bare_reply = template == Template::Reply && params.text.is_none();
                assert_eq!(out.text.is_empty(), bare_reply, "{template:?}");
            }
        }
    }

    #[test]
    fn the_list_of_templates_is_complete_and_named_as_on_the_wire() {
        for &template in TEMPLATES {
            assert_eq!(serde_json::to_value(template).expect("serialises"), template_code(template));
        }
        let codes: std::collections::BTreeSet<_> = TEMPLATES.iter().map(|it| template_code(*it)).collect();
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
        for &template in TEMPLATES {
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
        assert!(matches!(Wording::parse(&foreign), Err(BadWording::Placeholder { template: "status", .. })));
        let title = good.replace("\"Belum selesai\"", "\"Belum selesai sama sekali\"");
        assert!(matches!(Wording::parse(&title), Err(BadWording::Buttons("closed"))));
        assert!(matches!(Wording::parse("received = 3"), Err(BadWording::Toml(_))));
    }

    #[test]
    fn a_long_article_goes_out_whole_and_a_short_one_with_its_button() {
        let short = builtin().compose(Template::Article, &full());
        assert_eq!(short.buttons.len(), 1);
        let words = "Bawa KTP. ".repeat(300);
        let long = builtin().compose(Template::Article, &Params { text: Some(words.clone()), ..full() });
        assert!(long.buttons.is_empty() && long.text.contains(words.trim_end()), "{}", long.text);
        assert!(long.text.ends_with("tulis *petugas*."));
    }

    #[test]
    fn an_office_changes_words_and_titles_but_not_what_the_buttons_mean() {
        let titles = vec!["Beres".to_owned(), "Masih ada".to_owned()];
        let changed = builtin().with("closed", &OtherWords { text: "Selesai, {number}?".to_owned(), titles }).unwrap();
        let out = changed.compose(Template::Closed, &full());
        assert_eq!(out.text, "Selesai, MDN-20261121-0042?");
        let pairs: Vec<_> = out.buttons.iter().map(|(id, title)| (id.as_str(), title.as_str())).collect();
        assert_eq!(pairs, [("sudah", "Beres"), ("belum", "Masih ada")]);
        let refused = |code: &str, text: &str, titles: usize| {
            let titles = (0..titles).map(|_| "x".to_owned()).collect();
            builtin().with(code, &OtherWords { text: text.to_owned(), titles }).unwrap_err().to_string()
        };
        assert_eq!(
            refused("closed", "x", 1),
            "[closed] has too many buttons, or a title that is empty or longer than 20 characters"
        );
        assert_eq!(refused("closed", " ", 2), "[closed] must have 1 to 1024 characters");
        assert_eq!(refused("received", &"x".repeat(4097), 0), "[received] must have 1 to 4096 characters");
        assert_eq!(refused("noted", "{nama}", 0), "[noted] has the unknown placeholder {nama}");
        assert_eq!(refused("reply", "{text}", 0), "no such message", "an operator's words are his");
        assert_eq!(
            refused("quick_replies", "Halo {number}", 0),
            "[quick_replies] has the unknown placeholder {number}"
        );
    }

    #[test]
    fn metas_template_has_every_parameter_on_one_line() {
        let params = Params { text: Some("baris satu\n\n  baris dua\t".to_owned()), ..full() };
        let meta = builtin().meta(Template::Reply, &params).unwrap();
        assert_eq!(
            (meta.name.as_str(), meta.params),
            ("balasan_petugas", vec!["MDN-20261121-0042".to_owned(), "baris satu baris dua".to_owned()])
        );
        let unknown = builtin().meta(Template::Closed, &Params::default()).unwrap();
        assert_eq!(unknown.params, ["-"]);
        assert_eq!(builtin().meta(Template::AskWhen, &full()), None);
    }

    #[test]
    fn every_word_for_a_state_is_there() {
        for name in ["queued", "claimed", "unit_en_route", "closed", "example", "no_traffic"] {
            assert!(builtin().word(name).is_some_and(|word| !word.is_empty()), "{name}");
        }
        assert!(builtin().quick_replies().count() >= 5);
    }
}

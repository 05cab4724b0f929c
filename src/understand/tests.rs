//! Reading whole messages: rules that must hold, odd input, and figures on labelled messages.

use proptest::prelude::*;

use super::*;
use crate::model::report::Priority;

fn meaning(text: &str) -> Meaning {
    read(&[text], &Lexicon::builtin())
}

fn phrases(meaning: &Meaning) -> impl Iterator<Item = &str> {
    [&meaning.what, &meaning.place, &meaning.when, &meaning.who, &meaning.how]
        .into_iter()
        .flatten()
        .map(|phrase| phrase.text.as_str())
        .chain(meaning.because.iter().map(String::as_str))
}

#[test]
fn a_danger_cue_is_never_dropped_because_a_joke_word_stands_near_it() {
    for text in [
        "wkwk tolong ada orang ditusuk di jl merdeka",
        "hahaha serius pak ada yg dibacok dekat pasar",
        "bukan bercanda pak rumah tetangga kebakaran",
        "kebakaran rumah!! canda",
        "prank bukan ini, ada begal pakai celurit",
    ] {
        assert_eq!(meaning(text).priority, Priority::P1, "{text}");
    }
}

#[test]
fn who_speaks_of_ending_their_life_is_never_off_topic() {
    for text in
        ["pak saya capek hidup, mau bunuh diri aja", "aku pengen mati wkwk", "ada cewek mau lompat dari jembatan"]
    {
        let meaning = meaning(text);
        assert_eq!(meaning.priority, Priority::P1, "{text}");
        assert_ne!(meaning.service, Service::OffTopic, "{text}");
    }
}

#[test]
fn what_says_nothing_is_unclear_with_low_confidence() {
    for text in ["", ".", "p", "...", "🙏🙏", "\u{200f}\u{200b}", "ꦱꦸꦒꦼꦁ"] {
        let meaning = meaning(text);
        assert_eq!(meaning.category, Category::BelumJelas, "{text:?}");
        assert!(meaning.confidence < 0.3, "{text:?}");
    }
}

#[test]
fn a_greeting_that_goes_on_to_call_for_help_is_a_call_for_help() {
    let told = meaning("selamat siang pak, tolong segera kesini");
    assert_eq!((told.category, told.priority), (Category::BelumJelas, Priority::P2));
    assert_eq!(meaning("terima kasih pak atas bantuannya").category, Category::Salam);
}

#[test]
fn a_question_about_a_case_is_no_new_crime() {
    assert_eq!(meaning("gimana cara tahu perkembangan kasus pencurian saya").category, Category::Sp2hp);
}

#[test]
fn a_negated_danger_is_none() {
    assert_ne!(
        meaning("serempetan motor di jl bulan, tidak ada yang luka parah, tidak ada yang pingsan").priority,
        Priority::P1
    );
}

#[test]
fn another_matter_in_the_same_message_is_told_apart() {
    let told = meaning("macet di Pasar Brayung pak truk mogok, sekalian mau tanya syarat perpanjang SIM C apa saja");
    assert_eq!(told.category, Category::Kemacetan);
    let also: Vec<_> = told.also.iter().map(|also| (also.category, also.phrase.text.as_str())).collect();
    assert_eq!(also, [(Category::Sim, "sekalian mau tanya syarat perpanjang SIM C apa saja")]);
    for one in [
        "tabrakan di Jl Bulan, korban luka kaki, macet",
        "tolong pak",
        "assalamualaikum pak, sim saya hilang, gimana ya",
    ] {
        assert_eq!(meaning(one).also, [], "{one}");
    }
}

#[test]
fn the_name_of_a_street_is_no_animal_and_a_market_no_tax() {
    assert_eq!(meaning("ada yang berantem di Jl Gajah Mada dekat Jl Harimau").category.service(), Service::Police);
    let told = meaning("Selamat malam pak, ada yang bongkar kios di pajak Sambas, orangnya baru lari");
    assert_eq!(told.category, Category::Kejahatan);
    assert_eq!(told.place.map(|phrase| phrase.text).as_deref(), Some("pajak Sambas"));
}

#[test]
fn the_words_that_decided_are_the_reporters_own() {
    let told = meaning("pak ada begal bawa kelewang di simpang Jodoh");
    assert!(told.because.iter().any(|word| word == "begal"), "{:?}", told.because);
    let mut once = told.because.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), told.because.len(), "{:?}", told.because);
}

#[test]
fn monstrous_messages_are_read_in_time_that_grows_with_their_length() {
    let lexicon = Lexicon::builtin();
    let marks = format!("tolong{} begal", "\u{301}".repeat(500));
    assert_eq!(read(&[&marks], &lexicon).priority, Priority::P1);
    for text in [
        "maling ".repeat(1_500),
        "x".repeat(10_000),
        "di jalan ".repeat(1_200),
        "2 hari ".repeat(1_500),
        "a+b|c@".repeat(2_000),
    ] {
        for phrase in phrases(&read(&[&text], &lexicon)) {
            assert!(text.contains(phrase));
        }
    }
}

proptest! {
    #[test]
    fn phrases_are_substrings_and_nothing_panics(
        texts in proptest::collection::vec("\\PC{0,80}|([a-z]{1,9}[ ,.!]){0,20}|(jl|gg|begal|di|depan|BK 12|pasar|jam 2|\\u{301}|ꦲ|\\u{202e}|Medan| ){0,30}", 0..4)
    ) {
        let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
        let lexicon = LEXICON.with(Clone::clone);
        let meaning = read(&refs, &lexicon);
        for phrase in phrases(&meaning) {
            prop_assert!(refs.iter().any(|text| text.contains(phrase)), "{phrase:?}");
        }
        prop_assert!((0.0..=1.0).contains(&meaning.confidence));
    }
}

thread_local! {
    static LEXICON: std::rc::Rc<Lexicon> = std::rc::Rc::new(Lexicon::builtin());
}

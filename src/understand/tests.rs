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
fn a_figure_of_speech_is_no_alarm_and_takes_no_other_alarm_away() {
    for text in ["pak ada begal, begal hati saya wkwk", "kebakaran jenggot nih komandan"] {
        assert_ne!(meaning(text).priority, Priority::P1, "{text}");
    }
    for text in [
        "ada begal hati-hati pak, orangnya bawa celurit di jl merdeka",
        "begal hati saya haha, eh ini serius ada orang dibacok depan pasar",
    ] {
        assert_eq!(meaning(text).priority, Priority::P1, "{text}");
    }
}

#[test]
fn what_could_be_is_asked_and_what_is_there_is_told() {
    let asked = meaning("kalau ada begal lapor ke nomor berapa ya pak");
    assert_eq!((asked.service, asked.priority), (Service::Information, Priority::P4));
    for text in ["kalau bisa cepat pak, ada begal di jl merdeka", "tolong pak ada begal, lapor ke mana ini"] {
        assert_eq!(meaning(text).priority, Priority::P1, "{text}");
    }
}

#[test]
fn a_bare_danger_cue_is_told_with_confidence() {
    for (text, category) in [
        ("pak ada begal", Category::Kejahatan),
        ("kebakaran pak", Category::Kebakaran),
        ("saya dibegal", Category::Kejahatan),
        ("ada tabrakan pak", Category::LakaLantas),
    ] {
        let told = meaning(text);
        assert_eq!(told.category, category, "{text}");
        assert!(told.confidence >= 0.7, "{text}: {}", told.confidence);
    }
}

#[test]
fn who_and_when_are_cut_out_whole() {
    for (text, who, when) in [
        ("hp saya dijambret tadi malam dua cowok naik satria hitam", "dua cowok naik satria hitam", "tadi malam"),
        ("ditabrak lari mobil avanza putih BK 1234 ABC barusan", "mobil avanza putih BK 1234 ABC", "barusan"),
        ("anak saya umur 6 tahun hilang sejak jam 4 sore", "anak saya umur 6 tahun", "sejak jam 4 sore"),
        ("dipukul tukang parkir kemarin sore", "tukang parkir", "kemarin sore"),
    ] {
        let told = meaning(text);
        assert_eq!(told.who.map(|phrase| phrase.text).as_deref(), Some(who), "{text}");
        assert_eq!(told.when.map(|phrase| phrase.text).as_deref(), Some(when), "{text}");
    }
    assert_eq!(meaning("bu, besok les nya libur ya?").when, None);
    assert_eq!(meaning("pak polisi tolong").who, None, "the officer spoken to");
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
    for text in ["halo, butuh bantuan polisi", "selamat malam pak minta bantuan", "halo perlu bantuan polisi ya pak"] {
        let told = meaning(text);
        assert_eq!(told.category, Category::BelumJelas, "{text}: {told:?}");
        assert!(told.priority <= Priority::P3, "{text}: {told:?}");
    }
}

#[test]
fn who_calls_for_help_and_laughs_calls_for_help() {
    for text in ["tolong pak wkwk", "tolong wkwk ada maling"] {
        let told = meaning(text);
        assert!(told.category.service() != Service::Prank && told.priority <= Priority::P2, "{text}: {told:?}");
        assert!(told.confidence < 0.5, "a person looks: {text}");
    }
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
    fn words_of_persons_times_and_places_in_any_order_are_read(
        words in proptest::collection::vec(proptest::sample::select(WORDS.to_vec()), 0..60),
        marks in proptest::collection::vec(proptest::sample::select(vec![" ", ", ", ". ", "\u{200b}", " \u{202e}", "\n", "🔥 ", "-"]), 60)
    ) {
        let text: String = words.iter().zip(&marks).flat_map(|(word, mark)| [*word, *mark]).collect();
        let meaning = LEXICON.with(|lexicon| read(&[&text], lexicon));
        for phrase in phrases(&meaning).chain(meaning.also.iter().map(|also| also.phrase.text.as_str())) {
            prop_assert!(!phrase.is_empty() && text.contains(phrase), "{phrase:?}");
        }
    }

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

/// What the rules for who, when and where look for, with writing of other hands and other scripts.
const WORDS: [&str; 44] = [
    "orang",
    "2",
    "dua",
    "pak",
    "bapak2",
    "tukang",
    "oleh",
    "sama",
    "umur",
    "6",
    "tahun",
    "yg",
    "ngaku",
    "pake",
    "baju",
    "hitam",
    "BK",
    "1234",
    "ABC",
    "BK1234ABC",
    "tadi",
    "malam",
    "jam",
    "12.30",
    "sejak",
    "minggu",
    "kemarin",
    "mau",
    "bengi",
    "lagi",
    "wae",
    "jl",
    "gg",
    "depan",
    "pasar",
    "Medan",
    "km",
    "ꦱꦸꦫꦏꦂꦠ",
    "الشارع",
    "e\u{301}",
    "🚗",
    "tu",
    "tidak",
    "kalau",
];

thread_local! {
    static LEXICON: std::rc::Rc<Lexicon> = std::rc::Rc::new(Lexicon::builtin());
}

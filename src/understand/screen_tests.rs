//! What scores as noise, and what must never.

use proptest::prelude::*;

use super::*;
use crate::model::clock::SECOND;

fn lexicon() -> &'static Lexicon {
    static LEXICON: std::sync::OnceLock<Lexicon> = std::sync::OnceLock::new();
    LEXICON.get_or_init(Lexicon::builtin)
}

fn contact<'a>(meaning: &'a Meaning, texts: &'a [&'a str]) -> Contact<'a> {
    Contact { meaning, texts, shows: false, forwarded: false, burst: false, appeals: false }
}

fn scored(texts: &[&str]) -> Noise {
    let meaning = super::super::read(texts, lexicon());
    score(&contact(&meaning, texts), lexicon())
}

#[test]
fn pranks_flirting_greetings_and_empty_messages_reach_the_line() {
    for (text, sign) in [
        ("hai kak boleh kenalan ga? minta foto polwan dong", Sign::Flirting),
        ("p", Sign::SaysNothing),
        ("...", Sign::SaysNothing),
        ("", Sign::SaysNothing),
        ("🙏🙏🙏", Sign::SaysNothing),
        ("hfjdksl", Sign::SaysNothing),
        ("halo", Sign::GreetingOnly),
        ("promo pinjaman online cepat klik link disini", Sign::Spam),
        ("pak aku lagi galau mau curhat soal mantan", Sign::Outpouring),
        ("tangkap saya pak, saya mencuri hati dia wkwkwk", Sign::Prank),
    ] {
        let noise = scored(&[text]);
        assert!(noise.score >= 60 && noise.signs.contains(&sign), "{text:?}: {noise:?}");
    }
}

#[test]
fn a_danger_cue_scores_nothing_whatever_stands_around_it() {
    for text in [
        "wkwkwk tolong ada orang ditusuk di jalan merdeka hahaha",
        "kenalan dong, eh ini ada kebakaran rumah!!",
        "prank bukan ini, ada begal pakai celurit",
        "saya mau bunuh diri wkwk",
    ] {
        let meaning = super::super::read(&[text], lexicon());
        let texts = [text, text, text];
        let loud = Contact { burst: true, forwarded: true, ..contact(&meaning, &texts) };
        assert_eq!(score(&loud, lexicon()).score, 0, "{text}");
    }
}

#[test]
fn a_matter_of_the_office_stays_below_the_line_however_it_is_sent() {
    for text in ["berapa biaya perpanjang SIM C pak", "jalan macet total di simpang pos", "pohon tumbang di jalan"] {
        let texts = [text, text, text, text];
        let meaning = super::super::read(&texts, lexicon());
        let loud = Contact { burst: true, forwarded: true, ..contact(&meaning, &texts) };
        let noise = score(&loud, lexicon());
        assert!(noise.score <= REAL_MATTER, "{text}: {noise:?}");
    }
}

#[test]
fn what_we_cannot_read_may_be_a_dialect_and_what_shows_something_must_be_looked_at() {
    assert_eq!(scored(&["gelut rame"]).score, 0);
    let meaning = super::super::read(&[""], lexicon());
    let photo = Contact { shows: true, ..contact(&meaning, &[""]) };
    assert_eq!(score(&photo, lexicon()).score, 0);
}

#[test]
fn the_same_words_a_third_time_and_a_burst_are_signs() {
    let noise = scored(&["p", "p", "P "]);
    assert!(noise.signs.contains(&Sign::Repeated) && noise.score > 60, "{noise:?}");
    assert!(!scored(&["p", "p"]).signs.contains(&Sign::Repeated));
}

#[test]
fn an_appeal_is_heard_as_a_word_not_as_a_part_of_one() {
    assert!(scored(&["saya ajukan BANDING pak"]).is_appeal());
    assert!(!scored(&["dibandingkan kemarin"]).is_appeal());
    let meaning = super::super::read(&["Ajukan"], lexicon());
    assert!(score(&Contact { appeals: true, ..contact(&meaning, &["Ajukan"]) }, lexicon()).is_appeal());
}

#[test]
fn calls_score_by_what_their_number_did_within_the_hour() {
    let now = Timestamp::from_secs(1_795_230_000);
    let ago = |minutes: i64, end| PastCall { at: now.plus_secs(-60 * minutes), end };
    assert_eq!(call_score(&[], now).score, 0);
    let silent: Vec<PastCall> = (1..=6).map(|n| ago(n, CallEnd::Silent)).collect();
    let noise = call_score(&silent, now);
    assert_eq!((noise.score, noise.signs.as_slice()), (100, &[Sign::Silent, Sign::Burst][..]));
    let old: Vec<PastCall> = (61..=66).map(|n| ago(n, CallEnd::Silent)).collect();
    assert_eq!(call_score(&old, now).score, 0);
    let calls_back: Vec<PastCall> = silent.into_iter().chain([ago(2, CallEnd::Reported)]).collect();
    assert_eq!(call_score(&calls_back, now), Noise::default());
    assert!(call_score(&[ago(1, CallEnd::HungUp)], now).score < call_score(&[ago(1, CallEnd::Prank)], now).score);
    assert_eq!(call_score(&[PastCall { at: Timestamp(now.micros() + SECOND), end: CallEnd::Prank }], now).score, 0);
}

proptest! {
    #[test]
    fn any_text_is_scored_between_0_and_100_and_urgent_ones_score_nothing(text in ".{0,200}", burst: bool, shows: bool) {
        let texts = [text.as_str()];
        let meaning = super::super::read(&texts, lexicon());
        let noise = score(&Contact { shows, burst, ..contact(&meaning, &texts) }, lexicon());
        prop_assert!(noise.score <= 100);
        prop_assert!(meaning.priority > Priority::P2 || noise.score == 0);
    }
}

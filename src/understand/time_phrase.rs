//! When: words in, the run that says the time of the event out.
//!
//! A run is built of openings (`sejak`, `jam`), numbers, units, parts of the day, days and months, and
//! endings (`lalu`, `tadi`). It counts when it says more than "now" and more than a length of time.

use super::cues::Word;
use super::five_w::Run;
use super::lexicon::kind;
use super::normalise::Break;

/// What a word does in a time phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Says a time alone: `barusan`.
    Point,
    /// Says one only with others: `jam`, `sejak`.
    Opening,
    /// Of an hour.
    Clock,
    /// `dua`, `3`.
    Number,
    /// `hari`.
    Unit,
    /// `tahun`, of which an age is made too.
    Years,
    /// `pagi`.
    Hours,
    /// `senin`.
    Day,
    /// `februari`.
    Month,
    /// `lalu`.
    Ending,
    /// Belongs to it, says nothing.
    Small,
}

/// The run that says when, outside the place phrase; of several the longest, then the first. With `lasts` a
/// length of days counts too.
pub(super) fn find(words: &[Word], place: Option<Run>, lasts: bool) -> Option<Run> {
    let mut best: Option<(usize, Run)> = None;
    let mut at = 0;
    while at < words.len() {
        let run = run_at(words, at, place);
        let Some((last, parts)) = run else {
            at += 1;
            continue;
        };
        let value = value(&parts, lasts);
        if value > 0 && best.is_none_or(|(known, _)| value > known) {
            best = Some((value, (at, last)));
        }
        at = last + 1;
    }
    best.map(|(_, run)| run)
}

/// Whether a run speaks of what is over: `kemarin`, `bulan lalu`.
pub(super) fn is_over(words: &[Word], (first, last): Run) -> bool {
    const OVER: [&str; 14] = [
        "lalu",
        "kemarin",
        "kmrn",
        "kemaren",
        "kmaren",
        "tadi",
        "td",
        "wau",
        "wingi",
        "semalam",
        "semalem",
        "barusan",
        "kepungkur",
        "nembe",
    ];
    words.get(first..=last).is_some_and(|run| run.iter().any(|word| OVER.contains(&word.token.word.as_str())))
}

fn run_at(words: &[Word], first: usize, place: Option<Run>) -> Option<(usize, Vec<Part>)> {
    let mut parts = Vec::new();
    let mut at = first;
    while let Some(word) = words.get(at).filter(|_| parts.len() < 12) {
        let inside = place.is_some_and(|(from, to)| (from..=to).contains(&at));
        let joined = at == first || word.token.before <= Break::Dot;
        let Some(part) = part(words, at).filter(|_| joined && !inside) else { break };
        let begins = matches!(word.token.word.as_str(), "tadi" | "td" | "wau" | "mau" | "nanti");
        if parts.is_empty() && (part == Part::Small || (part == Part::Ending && !begins)) {
            break;
        }
        parts.push(part);
        at += 1;
    }
    while matches!(parts.last(), Some(Part::Small | Part::Opening)) {
        parts.pop();
    }
    (!parts.is_empty()).then(|| (first + parts.len() - 1, parts))
}

/// More is better; 0 says no time.
fn value(parts: &[Part], lasts: bool) -> usize {
    let has = |wanted: Part| parts.contains(&wanted);
    let opened = parts.first() == Some(&Part::Opening);
    let ended = has(Part::Ending);
    let says = has(Part::Point)
        || has(Part::Clock)
        || has(Part::Month)
        || (has(Part::Hours) && (opened || ended || has(Part::Day)))
        || (has(Part::Day) && parts.len() > 1)
        || (has(Part::Years) && (ended || (opened && has(Part::Number))))
        || (has(Part::Unit) && (ended || (opened && has(Part::Number))))
        || (lasts && has(Part::Number) && (has(Part::Unit) || has(Part::Hours)));
    if says { parts.len() } else { 0 }
}

fn part(words: &[Word], at: usize) -> Option<Part> {
    let word = words[at].token.word.as_str();
    let before = at.checked_sub(1).map_or("", |index| words[index].token.word.as_str());
    let after = words.get(at + 1).map_or("", |next| next.token.word.as_str());
    let hour = matches!(before, "jam" | "pukul" | "pkl" | "jm") || matches!(before, "." | "-");
    if words[at].token.number {
        return number(words, at, hour, after);
    }
    Some(match word {
        "barusan" | "brusan" | "nembe" | "kemarin" | "kmrn" | "kemaren" | "kmaren" | "semalam" | "semalem"
        | "besok" | "bsk" | "lusa" | "wingi" | "sesuk" | "mbenjing" | "sewengi" | "selumbari" => Part::Point,
        "baru" if matches!(after, "saja" | "aja" | "tadi") => Part::Point,
        "lagi" if matches!(after, "sediluk" | "wae") => Part::Point,
        "sediluk" | "wae" if before == "lagi" => Part::Ending,
        "just" if after == "now" => Part::Point,
        "now" if before == "just" => Part::Ending,
        "last" if after == "night" => Part::Point,
        "night" if before == "last" => Part::Ending,
        "mau" if is_part_of_day(after) || after == "awan" => Part::Point,
        "awan" if before == "mau" => Part::Hours,
        "jam" | "pukul" | "pkl" | "jm" if is_hour(after) => Part::Opening,
        _ if hour && is_number_word(word) => Part::Clock,
        "dari" | "dr" | "sejak" | "ket" | "kit" | "saking" | "mulai" | "habis" | "abis" | "sehabis" | "pas"
        | "selepas" | "bar" | "bakda" | "hingga" | "tiap" | "setiap" | "saben" | "sekitar" | "kira" | "sampe"
        | "sampai" | "selama" | "tgl" | "tanggal" | "sebelum" | "setelah"
            if opens(words, at + 1) =>
        {
            Part::Opening
        }
        "hari" if is_part_of_day(before) || before == "siang" => Part::Ending,
        "hari" | "dina" | "dino" if is_day(after) => Part::Opening,
        "minggu" if matches!(before, "malam" | "malem" | "hari" | "dina" | "mlm") => Part::Day,
        "saja" | "aja" | "tadi" if before == "baru" => Part::Ending,
        "ini" if matches!(before, "hari") => Part::Ending,
        "minggu" if is_part_of_day(after) => Part::Day,
        "hari" | "jam" | "menit" | "minggu" | "bulan" | "hr" | "mnt" | "pekan" | "bln" | "mgg" | "dinten" | "wulan"
        | "semester" | "detik" | "sejam" | "semenit" | "setengah" | "sehari" | "seminggu" | "sebulan" | "setahun"
        | "sepekan" => Part::Unit,
        "tahun" | "thn" | "taun" => Part::Years,
        "pagi" | "siang" | "sore" | "malam" | "malem" | "mlm" | "subuh" | "maghrib" | "magrib" | "isya" | "dini"
        | "ashar" | "dzuhur" | "dhuhur" | "duhur" | "lohor" | "taraweh" | "tarawih" | "jumatan" | "enjing" | "isuk"
        | "esuk" | "sonten" | "dalu" | "bengi" | "mbengi" | "petang" | "tengah"
            if word != "tengah" || matches!(after, "malam" | "malem") =>
        {
            Part::Hours
        }
        "senin" | "selasa" | "rabu" | "kamis" | "jumat" | "sabtu" | "ahad" => Part::Day,
        "januari" | "februari" | "maret" | "april" | "mei" | "juni" | "juli" | "agustus" | "september" | "oktober"
        | "november" | "desember" | "lebaran" | "ramadan" | "puasa" => Part::Month,
        "rong" | "kalih" | "telung" | "beberapa" | "belasan" if opens(words, at + 1) => Part::Number,
        _ if is_number_word(word) && opens(words, at + 1) => Part::Number,
        "mau" if !opens(words, at + 1) => return None,
        "ae" | "mawon" | "bgt" | "banget" if matches!(before, "nembe" | "barusan") => Part::Ending,
        "lewat" if at > 0 && words[at - 1].token.number => Part::Ending,
        "lalu" | "tadi" | "td" | "wau" | "mau" | "depan" | "ini" | "kepungkur" | "nanti" => Part::Ending,
        "yang" | "yg" | "saja" | "aja" | "ae" | "mawon" | "wib" | "an" | "sholat" | "solat" | "lewat" => Part::Small,
        _ if words[at].is(kind::TIME) => Part::Small,
        _ => return None,
    })
}

fn number(words: &[Word], at: usize, hour: bool, after: &str) -> Option<Part> {
    let short = words[at].token.word.len() <= 5;
    let minutes = at >= 2 && words[at].token.before <= Break::Comma && words[at - 1].token.number && {
        matches!(words[at - 2].token.word.as_str(), "jam" | "pukul" | "pkl" | "jm")
    };
    let counts = matches!(
        after,
        "hari" | "jam" | "menit" | "minggu" | "bulan" | "tahun" | "hr" | "mnt" | "pekan" | "dinten" | "wulan" | "taun"
    );
    let date = at > 0 && matches!(words[at - 1].token.word.as_str(), "tgl" | "tanggal");
    match () {
        () if (hour || minutes || date) && short => Some(Part::Clock),
        () if counts => Some(Part::Number),
        () => None,
    }
}

fn is_day(word: &str) -> bool {
    matches!(word, "senin" | "selasa" | "rabu" | "kamis" | "jumat" | "sabtu" | "minggu" | "ahad")
}

fn is_hour(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_digit()) || is_number_word(word)
}

fn is_number_word(word: &str) -> bool {
    matches!(
        word,
        "satu"
            | "dua"
            | "tiga"
            | "empat"
            | "lima"
            | "enam"
            | "tujuh"
            | "delapan"
            | "sembilan"
            | "sepuluh"
            | "sebelas"
            | "setunggal"
            | "siji"
            | "loro"
            | "telu"
            | "papat"
    )
}

fn is_part_of_day(word: &str) -> bool {
    matches!(word, "esuk" | "isuk" | "enjing" | "sore" | "bengi" | "mbengi" | "sonten" | "dalu" | "pagi" | "malam")
}

/// Whether the next word goes on with a time.
fn opens(words: &[Word], at: usize) -> bool {
    words.get(at).is_some_and(|next| {
        next.token.before <= Break::Dot
            && (next.is(kind::TIME)
                || next.token.number
                || matches!(
                    next.token.word.as_str(),
                    "sejam"
                        | "habis"
                        | "abis"
                        | "taraweh"
                        | "tarawih"
                        | "semenit"
                        | "setengah"
                        | "sehari"
                        | "seminggu"
                        | "sebulan"
                        | "setahun"
                        | "satu"
                        | "dua"
                        | "tiga"
                        | "pukul"
                        | "jam"
                        | "pkl"
                        | "wau"
                        | "sholat"
                        | "pekan"
                        | "wulan"
                        | "lebaran"
                        | "puasa"
                        | "isya"
                        | "enjing"
                        | "bengi"
                        | "mbengi"
                ))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Lexicon, cues, normalise};
    use super::*;

    fn when(text: &str) -> Option<String> {
        let words = cues::look_up(normalise::tokens(&[text]), &Lexicon::rules());
        find(&words, None, false)
            .and_then(|(first, last)| text.get(words[first].token.start..words[last].token.end))
            .map(str::to_owned)
    }

    #[test]
    fn a_time_is_cut_out_with_what_opens_and_ends_it() {
        for (text, phrase) in [
            ("motor hilang barusan pak", "barusan"),
            ("dijambret tadi malam di pasar", "tadi malam"),
            ("laka pukul 14.30 tadi", "pukul 14.30 tadi"),
            ("dicuri setengah jam yg lalu", "setengah jam yg lalu"),
            ("blm pulang dari pagi", "dari pagi"),
            ("ilang ket wau enjing", "ket wau enjing"),
            ("dua hari lalu rusak", "dua hari lalu"),
            ("konvoi minggu depan", "minggu depan"),
            ("baru saja dijambret", "baru saja"),
        ] {
            assert_eq!(when(text).as_deref(), Some(phrase), "{text}");
        }
    }

    #[test]
    fn a_length_of_time_or_an_age_is_no_time_of_an_event() {
        for text in ["pajak mati 3 tahun", "anak umur 5 tahun", "layanan 24 jam", "tolong sekarang", "macet jam berapa"]
        {
            assert_eq!(when(text), None, "{text}");
        }
    }
}

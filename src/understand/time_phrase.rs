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

/// The run that says when, outside the place phrase; of several the longest, then the first.
pub(super) fn find(words: &[Word], place: Option<Run>) -> Option<Run> {
    let mut best: Option<(usize, Run)> = None;
    let mut at = 0;
    while at < words.len() {
        let run = run_at(words, at, place);
        let Some((last, parts)) = run else {
            at += 1;
            continue;
        };
        let value = value(&parts);
        if value > 0 && best.is_none_or(|(known, _)| value > known) {
            best = Some((value, (at, last)));
        }
        at = last + 1;
    }
    best.map(|(_, run)| run)
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
fn value(parts: &[Part]) -> usize {
    let has = |wanted: Part| parts.contains(&wanted);
    let opened = parts.first() == Some(&Part::Opening);
    let ended = has(Part::Ending);
    let says = has(Part::Point)
        || has(Part::Clock)
        || has(Part::Month)
        || (has(Part::Hours) && (opened || ended || has(Part::Day)))
        || (has(Part::Day) && parts.len() > 1)
        || (has(Part::Unit) && (ended || (opened && has(Part::Number))));
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
        "lagi" if after == "sediluk" => Part::Point,
        "jam" | "pukul" | "pkl" | "jm" if is_hour(after) => Part::Opening,
        "setunggal" if hour => Part::Clock,
        "dari" | "dr" | "sejak" | "ket" | "kit" | "saking" | "mulai" | "habis" | "abis" | "sehabis" | "pas"
        | "selepas" | "tiap" | "setiap" | "sekitar" | "kira" | "sampe" | "sampai" | "selama" | "tgl" | "tanggal"
        | "sebelum" | "setelah"
            if opens(words, at + 1) =>
        {
            Part::Opening
        }
        "hari" | "dina" | "dino" if is_day(after) => Part::Opening,
        "minggu" if matches!(before, "malam" | "malem" | "hari" | "dina" | "mlm") => Part::Day,
        "saja" | "aja" | "tadi" if before == "baru" => Part::Ending,
        "ini" if matches!(before, "hari") => Part::Ending,
        "hari" | "jam" | "menit" | "minggu" | "bulan" | "tahun" | "hr" | "mnt" | "pekan" | "thn" | "bln" | "mgg"
        | "dinten" | "wulan" | "taun" | "semester" | "detik" | "sejam" | "semenit" | "setengah" | "sehari"
        | "seminggu" | "sebulan" | "setahun" | "sepekan" => Part::Unit,
        "pagi" | "siang" | "sore" | "malam" | "malem" | "mlm" | "subuh" | "maghrib" | "magrib" | "isya" | "dini"
        | "ashar" | "dzuhur" | "enjing" | "isuk" | "sonten" | "dalu" | "bengi" | "mbengi" | "petang" | "tengah"
            if word != "tengah" || matches!(after, "malam" | "malem") =>
        {
            Part::Hours
        }
        "senin" | "selasa" | "rabu" | "kamis" | "jumat" | "sabtu" | "ahad" => Part::Day,
        "januari" | "februari" | "maret" | "april" | "mei" | "juni" | "juli" | "agustus" | "september" | "oktober"
        | "november" | "desember" | "lebaran" | "ramadan" | "puasa" => Part::Month,
        "satu" | "dua" | "tiga" | "empat" | "lima" | "enam" | "tujuh" | "delapan" | "sembilan" | "sepuluh" | "rong"
        | "kalih" | "telung" | "beberapa" | "belasan"
            if opens(words, at + 1) =>
        {
            Part::Number
        }
        "mau" if !opens(words, at + 1) => return None,
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
    word.starts_with(|letter: char| letter.is_ascii_digit()) || word == "setunggal"
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
        find(&words, None)
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

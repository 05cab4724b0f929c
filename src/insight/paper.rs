//! The evaluation report as it is printed: figures enter, blocks in Indonesian leave.

use super::backtest::{ForecastError, ForecastErrors};
use super::evaluation::{Counts, Evaluation, Key, KeyFigure};
use super::pdf::{Block, document, height};
use super::response::Times;
use crate::model::clock::Timestamp;

/// Rows of a table of the report at most.
const MOST_ROWS: usize = 20;

/// The evaluation report as PDF.
#[must_use]
pub fn pdf(evaluation: &Evaluation) -> Vec<u8> {
    let title = format!("Laporan evaluasi {}", evaluation.office);
    let made = stamp(evaluation.made_at, evaluation);
    let invented = if evaluation.synthetic { " | DATA REKAAN" } else { "" };
    document(&title, &format!("{} | dibuat {made} dengan Sigap{invented}", evaluation.office), &blocks(evaluation))
}

fn blocks(all: &Evaluation) -> Vec<Block> {
    let mut blocks = vec![
        Block::Title(format!("Laporan evaluasi {}", all.office)),
        Block::Text(format!(
            "{} sampai {}. Setiap angka dihitung dari buku mutasi dan dapat dibuka di halaman Wawasan.",
            stamp(all.from, all),
            stamp(all.to, all)
        )),
    ];
    if all.synthetic {
        blocks.push(Block::Text("Wilayah, jalan, dan unit dalam laporan ini rekaan.".to_owned()));
    }
    blocks.push(Block::Heading("Sepuluh angka".to_owned()));
    blocks.push(table(&["Angka", "Masa ini", "Sebelumnya"], all.figures.iter().map(key_row)));
    blocks.extend(per_day(all));
    blocks.extend(times(all));
    blocks.extend(work(all));
    blocks.extend(forecast(all.forecast.as_ref()));
    blocks
}

fn per_day(all: &Evaluation) -> Vec<Block> {
    let days: Vec<String> = all.days.iter().map(|day| short_day(&day.day)).collect();
    let p90 = all.days.iter().map(|day| day.p90_s.map(|secs| secs / 60.0)).collect();
    let hours: Vec<String> = (0..24).map(|hour| format!("{hour:02}")).collect();
    let per_day = all.days.iter().map(|day| height(day.reports)).collect();
    let per_hour = all.hours.iter().map(|count| height(*count)).collect();
    vec![
        Block::Heading("Beban".to_owned()),
        bars("Laporan per tanggal", ["laporan", "tanggal"], &days, per_day),
        bars("Laporan menurut jam", ["laporan", "jam"], &hours, per_hour),
        bars("9 dari 10 kejadian didatangi dalam (menit), per tanggal", ["menit", "tanggal"], &days, p90),
        Block::Heading("Keluhan dan laporan terbanyak".to_owned()),
        table(
            &["Kategori", "Laporan"],
            all.complaints.iter().take(MOST_ROWS).map(|item| vec![item.label.clone(), item.count.to_string()]),
        ),
    ]
}

fn times(all: &Evaluation) -> Vec<Block> {
    let of = |name: &str, rows: &[Times]| {
        let head = [name, "Didatangi", "Separuh", "9 dari 10", "Jam Polri", "Belum tiba"];
        let rows = rows.iter().take(MOST_ROWS).map(|row| times_row(row, name_of(row, all)));
        table(&head, rows.chain(std::iter::once(times_row(&all.total, "Semua".to_owned()))))
    };
    let meaning = "Waktu tanggap: dari laporan diterima sampai unit pertama tiba (menit:detik). Jam Polri: 10 menit; \
        15 bila lebih dari 5 km dari kantor; 25 bila lebih dari 10 km.";
    vec![
        Block::Heading("Waktu tanggap".to_owned()),
        Block::Text(meaning.to_owned()),
        of("Polsek", &all.by_polsek),
        of("Kategori", &all.by_category),
        of("Jarak dari kantor", &all.by_band),
    ]
}

fn work(all: &Evaluation) -> Vec<Block> {
    let operators = all.operators.iter().take(MOST_ROWS).map(|one| {
        vec![
            one.name.clone(),
            one.took.to_string(),
            one.ended.to_string(),
            one.sent.to_string(),
            one.busiest_hour.to_string(),
        ]
    });
    let crews = all.crews.iter().take(MOST_ROWS).map(|one| {
        let counts = [one.offered, one.accepted, one.refused + one.expired, one.arrived];
        let mut row = vec![one.call_sign.clone()];
        row.extend(counts.map(|count| count.to_string()));
        row.push(decimal(one.busy_h, 1));
        row
    });
    let reasons = all.overrides.reasons.iter().map(|one| vec![one.reason.clone(), one.count.to_string()]);
    let mut blocks = vec![
        Block::Heading("Beban operator dan regu".to_owned()),
        table(&["Operator", "Diambil", "Selesai", "Unit dikirim", "Terbanyak per jam"], operators),
        table(&["Regu", "Ditawari", "Diterima", "Tak dijawab", "Tiba", "Jam kerja"], crews),
        Block::Heading("Pilihan lain dari saran".to_owned()),
        Block::Text(format!(
            "{} dari {} pilihan operator bukan unit yang disarankan.",
            all.overrides.overridden, all.overrides.chosen
        )),
    ];
    if !all.overrides.reasons.is_empty() {
        blocks.push(table(&["Alasan", "Kali"], reasons));
    }
    blocks
}

fn forecast(errors: Option<&ForecastErrors>) -> Vec<Block> {
    let heading = Block::Heading("Ketepatan prakiraan".to_owned());
    let Some(errors) = errors else {
        let words = "Riwayat belum cukup untuk prakiraan: diperlukan empat minggu dan enam puluh kejadian.";
        return vec![heading, Block::Text(words.to_owned())];
    };
    let row = |name: &str, error: &ForecastError| {
        vec![
            name.to_owned(),
            percent(Some(error.hit_5)),
            percent(Some(error.hit_10)),
            decimal(error.mae_shift, 1),
            decimal(error.rmse_cell, 3),
        ]
    };
    let rows = [
        row("Prakiraan", &errors.model),
        row("Seperti minggu lalu", &errors.last_week),
        row("Rata-rata tiap sel", &errors.mean),
        row("Merata", &errors.even),
    ];
    vec![
        heading,
        Block::Text(format!(
            "Diuji pada {} giliran jaga terakhir dengan {} kejadian, tiap kali hanya dengan yang sudah diketahui \
             sebelumnya. Kena: bagian kejadian yang terletak di 5 % atau 10 % sel yang disebut paling rawan. \
             Batas bawah dan atas dimaksudkan berlaku untuk {} giliran jaga; kenyataannya {}.",
            errors.shifts,
            errors.incidents,
            percent(Some(errors.interval.promised)),
            percent(Some(errors.interval.held))
        )),
        table(&["Cara", "Kena 5 %", "Kena 10 %", "Selisih per jaga", "Selisih per sel"], rows.into_iter()),
    ]
}

fn bars(title: &str, axes: [&'static str; 2], labels: &[String], values: Vec<Option<f64>>) -> Block {
    if values.iter().flatten().all(|value| *value <= 0.0) {
        return none_yet(title);
    }
    Block::Bars { title: title.to_owned(), axes, labels: labels.to_vec(), values }
}

fn none_yet(what: &str) -> Block {
    Block::Text(format!("{what}: belum ada data pada masa ini."))
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Block {
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return none_yet(head.first().unwrap_or(&""));
    }
    Block::Table { head: head.iter().map(|name| (*name).to_owned()).collect(), rows }
}

fn key_row(figure: &KeyFigure) -> Vec<String> {
    let value = |value: Option<f64>| match figure.unit {
        Counts::Count => value.map_or_else(nothing, |count| decimal(count, 0)),
        Counts::Seconds => clock(value),
        Counts::Share => percent(value),
    };
    vec![key_name(figure.key).to_owned(), value(figure.value), value(figure.before)]
}

const fn key_name(key: Key) -> &'static str {
    match key {
        Key::Reports => "Laporan masuk",
        Key::Emergencies => "Di antaranya darurat (P1)",
        Key::InTurn => "Diambil sesuai urutan",
        Key::Unfinished => "Belum selesai",
        Key::Reached => "Kejadian didatangi",
        Key::P50 => "Separuh didatangi dalam",
        Key::P90 => "9 dari 10 didatangi dalam",
        Key::Within => "Dalam jam Polri",
        Key::Overridden => "Bukan unit yang disarankan",
        Key::Answered => "110 dijawab dalam 10 detik",
    }
}

/// What people read for the code of a Polsek, a category or a distance.
fn name_of(row: &Times, all: &Evaluation) -> String {
    match row.key.as_str() {
        "" => "Di luar wilayah".to_owned(),
        "near" => "Sampai 5 km".to_owned(),
        "middle" => "5 sampai 10 km".to_owned(),
        "far" => "Lebih dari 10 km".to_owned(),
        code => {
            let known = all.polsek_names.get(code).or_else(|| all.category_names.get(code));
            known.map_or_else(|| code.to_owned(), Clone::clone)
        }
    }
}

fn times_row(row: &Times, name: String) -> Vec<String> {
    vec![
        name,
        row.incidents.to_string(),
        clock(row.p50_s),
        clock(row.p90_s),
        percent(row.within_clock),
        row.unserved.to_string(),
    ]
}

fn nothing() -> String {
    "–".to_owned()
}

/// Seconds as minutes and seconds.
fn clock(secs: Option<f64>) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a span of days at most")]
    secs.map_or_else(nothing, |secs| {
        let whole = secs.round() as i64;
        format!("{}:{:02}", whole / 60, whole % 60)
    })
}

/// A share in per cent; never rounded to a perfection it has not.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(nothing, |share| {
        let rounded = (share * 100.0).round();
        let honest = if share < 1.0 { rounded.min(99.0) } else { rounded };
        format!("{:.0} %", if share > 0.0 { honest.max(1.0) } else { honest })
    })
}

/// A number with the Indonesian decimal sign.
fn decimal(value: f64, places: usize) -> String {
    format!("{value:.places$}").replace('.', ",")
}

fn stamp(at: Timestamp, all: &Evaluation) -> String {
    let zone = match all.utc_offset_h {
        8 => "WITA",
        9 => "WIT",
        _ => "WIB",
    };
    format!("{} pukul {} {zone}", at.local_date_in_words(all.utc_offset_h), at.local_clock(all.utc_offset_h))
}

/// `2026-11-22` under a bar: "22/11".
fn short_day(day: &str) -> String {
    let parts = day.split_once('-').and_then(|(_, rest)| rest.split_once('-'));
    parts.map_or_else(|| day.to_owned(), |(month, date)| format!("{date}/{month}"))
}

#[cfg(test)]
mod tests {
    use super::super::answers::Answers;
    use super::super::evaluation::{Counted, categories, days, hours, ten};
    use super::super::load::{crews, overrides};
    use super::super::response;
    use super::super::samples::{NOON, incident, report};
    use super::*;
    use crate::model::report::Category;

    fn evaluation(count: u128) -> Evaluation {
        let reports: Vec<_> = (1..=count).map(|n| report(n, 60, Some(120))).collect();
        let incidents: Vec<_> = (1..=count).map(|n| incident(n, (n % 3 > 0).then_some(500), 100.0)).collect();
        let calls = Answers::default();
        let all = Counted { reports: &reports, incidents: &incidents, calls: &calls };
        let by = |key: fn(&super::super::lines::IncidentLine) -> String| response::times_by(&incidents, key);
        Evaluation {
            office: "Polrestabes Contoh".to_owned(),
            synthetic: true,
            from: NOON,
            to: NOON.plus_secs(7 * 24 * 3600),
            made_at: NOON.plus_secs(7 * 24 * 3600),
            utc_offset_h: 7,
            figures: ten(all, None),
            days: days(all, (NOON, NOON.plus_secs(7 * 24 * 3600)), 7),
            hours: hours(&reports, 7),
            total: response::times("", incidents.iter()),
            by_polsek: by(|line| line.polsek.clone().unwrap_or_default()),
            polsek_names: [("a".to_owned(), "Polsek Contoh".to_owned())].into(),
            category_names: Category::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect(),
            by_category: by(|line| line.category.code().to_owned()),
            by_band: by(|line| line.band().code().to_owned()),
            complaints: categories(&reports, &crate::model::category::CategorySet::builtin()),
            calls: calls.clone(),
            overrides: overrides(&incidents),
            operators: Vec::new(),
            crews: crews(&incidents),
            forecast: None,
            tested_from: None,
            tested_to: None,
        }
    }

    #[test]
    fn the_report_says_what_is_missing_and_that_it_is_invented() {
        let text = |all: &Evaluation| pdf(all).iter().map(|byte| char::from(*byte)).collect::<String>();
        let full = text(&evaluation(40));
        assert!(full.starts_with("%PDF-") && full.contains("DATA REKAAN"));
        for words in [
            "(Sepuluh angka)",
            "(Waktu tanggap)",
            "(Ketepatan prakiraan)",
            "(8:20)",
            "(Laporan masuk)",
            "(Polsek Contoh)",
        ] {
            assert!(full.contains(words), "{words}");
        }
        assert!(text(&evaluation(0)).contains("belum ada data"));
        assert_eq!(short_day("2026-11-02"), "02/11");
        assert_eq!([percent(Some(0.999)), percent(Some(0.001)), percent(None)], ["99 %", "1 %", "–"]);
    }
}

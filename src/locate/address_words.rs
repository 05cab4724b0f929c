//! Words of Indonesian addresses: what points, what says the kind, what is short for what, and the
//! common nouns that are part of many names.

use super::address::Relation;
use super::gazetteer_entry::PlaceKind;

/// Words that point at a place without naming it and without saying how far it is from a name.
pub(super) const POINTING: [&str; 85] = [
    "di",
    "d",
    "ke",
    "dari",
    "dr",
    "ten",
    "teng",
    "ing",
    "ning",
    "nang",
    "neng",
    "wonten",
    "yang",
    "yg",
    "ini",
    "itu",
    "sini",
    "situ",
    "sana",
    "kene",
    "kono",
    "kami",
    "kita",
    "saya",
    "aku",
    "ya",
    "nya",
    "pak",
    "bu",
    "bapak",
    "ibu",
    "mbah",
    "mas",
    "mbak",
    "bang",
    "kak",
    "rumah",
    "rumahnya",
    "bawah",
    "atas",
    "pojok",
    "kawasan",
    "wilayah",
    "daerah",
    "area",
    "lokasi",
    "alamat",
    "tepatnya",
    "persisnya",
    "tikungan",
    "dan",
    "dgn",
    "dengan",
    "sama",
    "kabupaten",
    "kab",
    "provinsi",
    "prov",
    "pas",
    "ada",
    "masuk",
    "lewat",
    "tolong",
    "mohon",
    "segera",
    "cepat",
    "cepet",
    "min",
    "minta",
    "lagi",
    "sekarang",
    "skrg",
    "tadi",
    "barusan",
    "malam",
    "pagi",
    "siang",
    "sore",
    "jam",
    "yaa",
    "untuk",
    "buat",
    "kejadian",
    "tkp",
    "posisi",
];

/// How far from the name that follows a word says the place is.
pub(super) fn relation_word(word: &str, next: &str) -> Option<Relation> {
    Some(match word {
        "depan" | "dpn" | "dpan" | "depannya" | "ngarep" | "ngarepe" | "samping" | "smping" | "sampg" | "sebelah"
        | "sblh" | "sebelahnya" | "belakang" | "blkg" | "blkng" | "belakangnya" | "mburi" | "mburine" | "seberang"
        | "sebrang" | "sbrg" | "depane" => Relation::Beside,
        "blk" if next.len() > 2 => Relation::Beside,
        "smp" if !SCHOOL.contains(&next) && !next.bytes().all(|b| b.is_ascii_digit()) => Relation::Beside,
        "dekat" | "dkt" | "deket" | "dket" | "cedhak" | "cedak" | "sekitar" | "skitar" | "sktr" | "sekitaran" => {
            Relation::Near
        }
        "sebelum" | "sblm" | "sblum" | "sak" | "setelah" | "stlh" | "sesudah" | "ssdh" | "sesudahnya" | "habis"
        | "arah" | "menuju" | "antara" | "sepanjang" | "sampai" | "pinggir" | "pinggiran" | "ujung" => Relation::Along,
        _ => return None,
    })
}

/// What follows `smp` when it is a school.
const SCHOOL: [&str; 7] = ["n", "negeri", "muhammadiyah", "islam", "pgri", "swasta", "it"];

/// The kind a word announces, and the word it is short for.
pub(super) fn kind_word(word: &str, next: &str) -> Option<(PlaceKind, &'static str)> {
    Some(match word {
        "jl" | "jln" | "jalan" | "jlan" | "jalanan" | "jaln" | "dalan" => (PlaceKind::Street, "jalan"),
        "gg" | "gang" | "lorong" | "lr" | "lrg" => (PlaceKind::Gang, "gang"),
        "ds" | "desa" | "dsa" | "des" => (PlaceKind::Kelurahan, "desa"),
        "kel" | "kelurahan" | "klurahan" | "kelurhn" => (PlaceKind::Kelurahan, "kelurahan"),
        "polsek" | "koramil" | "camat" if !next.is_empty() => (PlaceKind::Kecamatan, "kecamatan"),
        "lurah" if !next.is_empty() => (PlaceKind::Kelurahan, "kelurahan"),
        "kec" | "kecamatan" | "kcmtn" | "kecamtan" => (PlaceKind::Kecamatan, "kecamatan"),
        "sp" | "simp" | "simpang" | "persimpangan" | "perempatan" | "pertigaan" | "prapatan" | "protelon"
        | "prempatan" | "pertelon" | "bundaran" | "bangjo" => (PlaceKind::Intersection, "simpang"),
        "spg" if !next.is_empty() => (PlaceKind::Intersection, "simpang"),
        _ => return None,
    })
}

/// An abbreviation in full, and whether it took the next word with it.
pub(super) fn spelled_out(word: &str, next: &str, last: &str) -> Option<(&'static str, bool)> {
    Some(match (word, next) {
        ("sm" | "sisinga", "raja" | "mangaraja" | "maharaja") | ("si", "singamangaraja") => ("sisingamangaraja", true),
        ("rumah" | "r", "sakit" | "s") => ("rs", true),
        ("pak" | "bu", "rt" | "rw" | "lurah" | "kades") => ("rumah", true),
        ("smraja" | "smr" | "sisingamaharaja" | "singamangaraja", _) => ("sisingamangaraja", false),
        ("gatsu", _) => ("gatot subroto", false),
        ("rsu" | "rsud" | "rsup" | "rsia" | "rumkit", _) => ("rs", false),
        ("mesjid" | "msjd" | "masjid" | "mejid", _) => ("masjid", false),
        ("musholla" | "musola" | "mushola" | "langgar" | "surau", _) => ("musala", false),
        ("ponpes" | "pp" | "pondok" | "pesantren" | "pontren", _) => ("pesantren", next == "pesantren"),
        ("perumahan" | "perum" | "prum" | "komplek" | "kompleks" | "komp" | "perumnas", _) => ("perum", false),
        ("univ" | "universitas", _) => ("universitas", false),
        ("jend" | "jendral" | "jnd" | "jendr", _) => ("jenderal", false),
        ("kol", _) => ("kolonel", false),
        ("mayjend" | "mayjen", _) => ("mayjen", false),
        ("letjend" | "letjen", _) => ("letjen", false),
        ("brigjend" | "brigjen", _) => ("brigjen", false),
        ("kapt" | "kpt", _) => ("kapten", false),
        ("hj" | "haji", _) => ("haji", false),
        ("kyai" | "kiai" | "kh", _) => ("kh", false),
        ("pajak" | "pjk", _) if !matches!(last, "kantor" | "pelayanan") => ("pasar", false),
        ("psr", _) => ("pasar", false),
        ("titi" | "jembt" | "jbt" | "kreteg", _) => ("jembatan", false),
        ("galon" | "pom" | "pombensin", _) => ("spbu", next == "bensin"),
        ("sungai" | "sei" | "sunge" | "sungei", _) => ("sei", false),
        ("tj" | "tjg" | "tanjung" | "tanjong" | "tg", _) => ("tanjung", false),
        ("mdn", _) => ("medan", false),
        ("kp" | "kmpg" | "kampong" | "kpg", _) => ("kampung", false),
        ("stn" | "sta" | "stasion", _) => ("stasiun", false),
        ("term", _) => ("terminal", false),
        ("pusk" | "pkm", _) => ("puskesmas", false),
        ("imbon", _) => ("imam bonjol", false),
        ("ay" | "ahmad" | "achmad" | "a", "yani") => ("ahmad yani", true),
        ("bt" | "bkt" | "bukit", _) => ("bukit", false),
        ("gn" | "gng" | "gunung", _) => ("gunung", false),
        ("kd" | "kdg" | "kdng", _) => ("kedung", false),
        ("kr" | "krg" | "krng", _) => ("karang", false),
        ("wtn", _) => ("wetan", false),
        ("kln" | "kulo", _) => ("kulon", false),
        ("kdl", _) => ("kidul", false),
        ("utr", _) => ("utara", false),
        ("sltn", _) => ("selatan", false),
        ("tmr", _) => ("timur", false),
        ("brt", _) => ("barat", false),
        ("tngh", _) => ("tengah", false),
        ("dusun" | "dsn" | "dukuh" | "dk" | "dkh" | "lingkungan" | "lingk" | "link" | "lk", _) => ("dusun", false),
        ("indo" | "indomart" | "indomrt" | "idm", _) => ("indomaret", false),
        ("alfa" | "alfamart" | "alfamidi", _) => ("alfamart", false),
        _ => return None,
    })
}

/// Titles of the people streets are named after: often left out.
pub(super) fn is_title(word: &str) -> bool {
    matches!(
        word,
        "jenderal"
            | "letjen"
            | "mayjen"
            | "brigjen"
            | "kolonel"
            | "letkol"
            | "letda"
            | "kapten"
            | "sersan"
            | "haji"
            | "h"
            | "kh"
            | "dr"
            | "prof"
            | "ir"
            | "drs"
            | "raden"
            | "rm"
            | "ra"
            | "raya"
            | "besar"
    )
}

/// Common nouns that are part of many names: alone they do not name a place.
pub(super) fn is_generic(word: &str) -> bool {
    GENERIC.contains(&word)
}

const GENERIC: [&str; 114] = [
    "masjid",
    "musala",
    "gereja",
    "pura",
    "wihara",
    "klenteng",
    "sd",
    "sdn",
    "smp",
    "smpn",
    "mts",
    "sma",
    "sman",
    "smk",
    "smkn",
    "man",
    "tk",
    "paud",
    "sekolah",
    "kampus",
    "universitas",
    "pesantren",
    "rs",
    "puskesmas",
    "klinik",
    "apotek",
    "kantor",
    "balai",
    "polsek",
    "polres",
    "koramil",
    "kodim",
    "pos",
    "polisi",
    "ronda",
    "kamling",
    "gapura",
    "tugu",
    "monumen",
    "taman",
    "alun",
    "lapangan",
    "stadion",
    "gor",
    "pasar",
    "toko",
    "warung",
    "kios",
    "ruko",
    "mall",
    "mal",
    "plaza",
    "indomaret",
    "alfamart",
    "minimarket",
    "swalayan",
    "bank",
    "atm",
    "bri",
    "bni",
    "bca",
    "spbu",
    "bengkel",
    "pabrik",
    "gudang",
    "hotel",
    "wisma",
    "losmen",
    "kos",
    "kosan",
    "kontrakan",
    "perum",
    "rusun",
    "cafe",
    "kafe",
    "resto",
    "restoran",
    "rm",
    "depot",
    "warkop",
    "counter",
    "konter",
    "salon",
    "sawah",
    "ladang",
    "kebun",
    "tegalan",
    "makam",
    "kuburan",
    "tpu",
    "bendungan",
    "irigasi",
    "jembatan",
    "sungai",
    "kali",
    "parit",
    "rel",
    "stasiun",
    "terminal",
    "halte",
    "pelabuhan",
    "dermaga",
    "dusun",
    "wisata",
    "waterpark",
    "kolam",
    "parkiran",
    "lampu",
    "merah",
    "kota",
    "gedung",
    "samsat",
    "satpas",
    "kelapa",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_do_not_contradict_each_other() {
        for word in GENERIC {
            assert!(!POINTING.contains(&word) && relation_word(word, "x y").is_none() || word == "smp", "{word}");
        }
    }
}

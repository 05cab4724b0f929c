//! Names for invented streets: the sort of names an Indonesian neighbourhood has.

use std::collections::HashMap;

/// Themes of neighbourhoods: trees, fruit, flowers, birds, rivers, mountains, spices, fish, heroes, …
const THEMES: [[&str; 14]; 12] = [
    [
        "Jati", "Mahoni", "Cendana", "Angsana", "Meranti", "Pinus", "Beringin", "Ketapang", "Trembesi", "Akasia",
        "Sengon", "Damar", "Kemuning", "Tanjung",
    ],
    [
        "Mangga",
        "Rambutan",
        "Durian",
        "Jambu",
        "Nangka",
        "Duku",
        "Manggis",
        "Salak",
        "Sawo",
        "Belimbing",
        "Sirsak",
        "Alpukat",
        "Pepaya",
        "Langsat",
    ],
    [
        "Mawar",
        "Melati",
        "Anggrek",
        "Kenanga",
        "Cempaka",
        "Dahlia",
        "Flamboyan",
        "Teratai",
        "Kamboja",
        "Seruni",
        "Bougenville",
        "Sedap Malam",
        "Matahari",
        "Soka",
    ],
    [
        "Merpati",
        "Kutilang",
        "Garuda",
        "Elang",
        "Cendrawasih",
        "Merak",
        "Nuri",
        "Murai",
        "Rajawali",
        "Camar",
        "Gelatik",
        "Kenari",
        "Walet",
        "Beo",
    ],
    [
        "Sei Batang Hari",
        "Sei Musi",
        "Sei Asahan",
        "Sei Kapuas",
        "Sei Mahakam",
        "Sei Barito",
        "Sei Rokan",
        "Sei Siak",
        "Sei Kampar",
        "Sei Bilah",
        "Sei Wampu",
        "Sei Bingai",
        "Sei Padang",
        "Sei Ular",
    ],
    [
        "Gunung Sinabung",
        "Gunung Sibayak",
        "Gunung Merapi",
        "Gunung Krakatau",
        "Gunung Semeru",
        "Gunung Leuser",
        "Gunung Kerinci",
        "Gunung Bromo",
        "Gunung Agung",
        "Gunung Rinjani",
        "Gunung Salak",
        "Gunung Gede",
        "Gunung Muria",
        "Gunung Lawu",
    ],
    [
        "Pala",
        "Cengkeh",
        "Lada",
        "Kemiri",
        "Jahe",
        "Kunyit",
        "Ketumbar",
        "Serai",
        "Lengkuas",
        "Kencur",
        "Kapulaga",
        "Kayu Manis",
        "Pandan",
        "Vanili",
    ],
    [
        "Gurami", "Kakap", "Tenggiri", "Tongkol", "Bawal", "Lele", "Mujair", "Nila", "Belanak", "Teri", "Kerapu",
        "Baung", "Jurung", "Gabus",
    ],
    [
        "Pattimura",
        "Hasanuddin",
        "Teuku Umar",
        "Cut Nyak Dhien",
        "Imam Bonjol Dalam",
        "Antasari",
        "Ngurah Rai",
        "Sudirman Dalam",
        "Kartini",
        "Dewi Sartika",
        "Wahidin",
        "Cokroaminoto",
        "Samanhudi",
        "Supratman",
    ],
    [
        "Arimbi",
        "Bima",
        "Arjuna",
        "Gatotkaca",
        "Srikandi",
        "Nakula",
        "Sadewa",
        "Yudistira",
        "Kresna",
        "Hanoman",
        "Rama",
        "Sinta",
        "Antareja",
        "Abimanyu",
    ],
    [
        "Bunga Raya",
        "Bunga Cempaka",
        "Bunga Ester",
        "Bunga Mawar",
        "Bunga Ncole",
        "Bunga Terompet",
        "Bunga Kantil",
        "Bunga Asoka",
        "Bunga Wijaya Kesuma",
        "Bunga Sedap Malam",
        "Bunga Rinte",
        "Bunga Malem",
        "Bunga Teratai",
        "Bunga Pancur",
    ],
    [
        "Karya Baru",
        "Karya Bakti",
        "Karya Tani",
        "Karya Dame",
        "Eka Rasmi",
        "Eka Surya",
        "Pendidikan",
        "Perjuangan",
        "Persatuan",
        "Pembangunan",
        "Kemajuan",
        "Kesehatan",
        "Koperasi",
        "Veteran",
    ],
];

/// Names of lanes.
const LANES: [&str; 40] = [
    "Mesjid",
    "Keluarga",
    "Bersama",
    "Rukun",
    "Damai",
    "Sepakat",
    "Amal",
    "Ikhlas",
    "Famili",
    "Pribadi",
    "Sekolah",
    "Langgar",
    "Melati",
    "Mawar",
    "Kelapa",
    "Pinang",
    "Pisang",
    "Bambu",
    "Sawah",
    "Sumur",
    "Buntu",
    "Sederhana",
    "Setia",
    "Budi",
    "Sosial",
    "Makmur",
    "Subur",
    "Murni",
    "Bahagia",
    "Sentosa",
    "Aman",
    "Tengah",
    "Timur",
    "Barat",
    "Turi",
    "Sempurna",
    "Jaya",
    "Cempaka",
    "Kenanga",
    "Sukses",
];

/// Gives out names, each once in a kelurahan.
#[derive(Debug, Default)]
pub struct Namer {
    given: HashMap<(usize, bool), usize>,
}

impl Namer {
    /// The next street name (`Jl. …`) of kelurahan `area`.
    pub fn street(&mut self, area: usize) -> String {
        let n = self.next(area, false);
        let theme = &THEMES[(area * 5 + n / 14 % 3) % THEMES.len()];
        format!("Jl. {}{}", theme[n % 14], numeral(n / 42))
    }

    /// The next lane name (`Gg. …`) of kelurahan `area`.
    pub fn lane(&mut self, area: usize) -> String {
        let n = self.next(area, true);
        let name = LANES[(n * 7 + area * 11) % LANES.len()];
        format!("Gg. {name}{}", numeral(n / LANES.len()))
    }

    fn next(&mut self, area: usize, lane: bool) -> usize {
        let count = self.given.entry((area, lane)).or_default();
        *count += 1;
        *count - 1
    }
}

/// Nothing, then ` II`, ` III`, … then digits.
fn numeral(n: usize) -> String {
    const ROMAN: [&str; 9] = ["", " II", " III", " IV", " V", " VI", " VII", " VIII", " IX"];
    ROMAN.get(n).map_or_else(|| format!(" {}", n + 1), |r| (*r).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_given_twice_in_a_kelurahan() {
        let mut namer = Namer::default();
        for area in [0, 7, 150] {
            let mut given: Vec<String> = (0..900).map(|_| namer.street(area)).collect();
            given.extend((0..900).map(|_| namer.lane(area)));
            given.sort_unstable();
            given.dedup();
            assert_eq!(given.len(), 1800);
        }
    }
}

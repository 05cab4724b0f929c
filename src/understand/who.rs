//! Who: words in, the run that says which persons or vehicles are involved out.
//!
//! A run begins at a person, a role or a vehicle, takes in how many they are, and goes on with what
//! describes them: whose they are, age, clothes, what they ride and carry. Of several the most telling
//! wins; who did it (`oleh`, `sama`) before whom it was done to. `pak` and `bang` address the officer.

use super::cues::Word;
use super::five_w::Run;
use super::lexicon::kind;
use super::normalise::Break;

/// Longest run.
const MOST_WORDS: usize = 9;

/// The run that says who, and how sure it is, 0 to 1.
pub(super) fn find(words: &[Word], place: Option<Run>, when: Option<Run>) -> Option<(Run, f64)> {
    let scene = Scene { words, place, when };
    if let Some(run) = (0..words.len()).find_map(|at| scene.plate(at)) {
        return Some((run, 0.85));
    }
    let mut best: Option<(usize, Run)> = None;
    let mut at = 0;
    while at < words.len() {
        let Some((value, run)) = scene.told(at) else {
            at += 1;
            continue;
        };
        if value > 0 && best.is_none_or(|(known, _)| value > known) {
            best = Some((value, run));
        }
        at = run.1.max(at) + 1;
    }
    let sure = |value: usize| match value {
        0 | 1 => 0.4,
        2 | 3 => 0.6,
        _ => 0.75,
    };
    best.map(|(value, run)| (run, sure(value)))
}

struct Scene<'a> {
    words: &'a [Word],
    place: Option<Run>,
    when: Option<Run>,
}

impl Scene<'_> {
    fn text(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.token.word.as_str())
    }

    /// Whether word `at` goes on with the one before it and belongs to no place or time.
    fn goes_on(&self, at: usize) -> bool {
        let taken = |run: Option<Run>| run.is_some_and(|(first, last)| (first..=last).contains(&at));
        self.words.get(at).is_some_and(|word| word.token.before <= Break::Dash)
            && !taken(self.place)
            && !taken(self.when)
    }

    fn is(&self, at: usize, bits: u16) -> bool {
        self.words.get(at).is_some_and(|word| word.is(bits))
    }

    /// A run from `at` on, and how much it tells.
    fn told(&self, at: usize) -> Option<(usize, Run)> {
        let inside = |run: Option<Run>| run.is_some_and(|(first, last)| (first..=last).contains(&at));
        if inside(self.place) || inside(self.when) {
            return None;
        }
        if self.clothes_alone(at) {
            let (last, told) = self.described(at, at);
            return Some((told + 2, (at, last)));
        }
        let counted = self.counts(at) && self.goes_on(at + 1) && (self.is_person(at + 1) || self.is_role(at + 1));
        let head = if counted { at + 1 } else { at };
        let by = self.did_it(at);
        if self.is_person(head) || self.is_role(head) {
            let (last, told) = self.described(head, head);
            let bare = usize::from(!VAGUE.contains(&self.text(head)) || last > head);
            let role = usize::from(self.is_role(head)) * 2;
            return Some((usize::from(counted) * 3 + told + role + bare + by, (at, last)));
        }
        let rides = self.is(at, kind::VEHICLE) && self.words[at].direct && at > 0;
        let own = OWN.contains(&self.text(at + 1)) && self.goes_on(at + 1);
        if rides && !own || self.is_vehicle_of(at) {
            let (last, told) = self.described(at, at);
            let named = (at..=last).any(|at| COLOURS.contains(&self.text(at)));
            let there = at > 0 && matches!(self.text(at - 1), "ada" | "wonten" | "ana" | "onten" | "enek");
            return Some((usize::from(named) * 2 + told.min(1) + by + usize::from(there), (at, last)));
        }
        None
    }

    /// Whether what stands before word `at` says that it did it: `oleh`, a passive verb, or `sama`, which also
    /// means "and".
    fn did_it(&self, at: usize) -> usize {
        let Some(before) = at.checked_sub(1).map(|before| self.text(before)).filter(|_| self.goes_on(at)) else {
            return 0;
        };
        let passive = before.len() >= 6 && before.starts_with("di") && !before.starts_with("dia");
        match before {
            "oleh" | "dening" => 3,
            _ if passive => 2,
            "sama" | "karo" | "kalih" | "ama" => 1,
            _ => 0,
        }
    }

    /// `mobilnya`, or a vehicle that opens the report.
    fn is_vehicle_of(&self, at: usize) -> bool {
        let opens = at == 0 && self.is(at, kind::VEHICLE) && !OWN.contains(&self.text(1));
        opens || (self.is(at, kind::VEHICLE) && self.text(at).ends_with("nya"))
    }

    /// `pake seragam TPA ijo` as a message of its own.
    fn clothes_alone(&self, at: usize) -> bool {
        let opens = self.words[at].token.before == Break::Message;
        opens && WITH.contains(&self.text(at)) && self.goes_on(at + 1) && !self.is(at + 1, kind::NEGATION)
    }

    fn counts(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| word.token.number && word.token.word.len() <= 3)
            || COUNTS.contains(&self.text(at))
    }

    /// A person, who is not the officer spoken to and no verb: `dibegal`.
    fn is_person(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at).filter(|word| word.is(kind::PERSON)) else { return false };
        let text = self.text(at);
        let bent = !word.direct && ["di", "me", "ber", "ter", "nge", "pe"].iter().any(|start| text.starts_with(start));
        let crime = CRIMES.contains(&text) && !self.goes_on(at + 1);
        !(bent || crime || text.starts_with("polisi") || text == "mbok" || self.is_address(at))
    }

    /// `pak` addresses the officer unless it is many (`bapak2`), somebody's, or a title (`pak RT`).
    fn is_address(&self, at: usize) -> bool {
        let token = &self.words[at].token;
        let many = token.end - token.start > token.word.len();
        let next = self.text(at + 1);
        let on = self.goes_on(at + 1);
        let somebody = on && (OWN.contains(&next) || TITLES.contains(&next) || QUALITIES.contains(&next))
            || (self.did_it(at) > 1 && self.text(at).len() > 3);
        let counted = at > 0 && self.counts(at - 1);
        ADDRESS.contains(&token.word.as_str()) && !(many || somebody || counted)
    }

    fn is_role(&self, at: usize) -> bool {
        let title =
            matches!(self.text(at), "pak" | "bu") && TITLES.contains(&self.text(at + 1)) && self.goes_on(at + 1);
        let many = |word: &Word| word.token.end - word.token.start > word.token.word.len();
        let plural = matches!(self.text(at), "mas" | "mbak" | "bapak" | "ibu") && self.words.get(at).is_some_and(many);
        title || plural || ROLES.contains(&self.text(at))
    }

    /// The last word of what begins at `first`, and how much describes it.
    fn described(&self, first: usize, head: usize) -> (usize, usize) {
        let (mut last, mut told) = (head, 0);
        let trade = ROLES.contains(&self.text(head)) && self.goes_on(head + 1) && self.is_trade(head + 1);
        if trade || self.is_role(head) && TITLES.contains(&self.text(head + 1)) {
            last += 1;
        }
        while last + 1 - first < MOST_WORDS && self.goes_on(last + 1) {
            let Some((to, worth)) = self.more(last, head) else { break };
            last = to;
            told += worth;
        }
        (last.min(self.words.len().saturating_sub(1)), told.min(5))
    }

    /// Whether a role goes on with its trade, `tukang parkir`, and not with what it does.
    fn is_trade(&self, at: usize) -> bool {
        let text = self.text(at);
        let verb = VERBS.contains(&text)
            || WITH.contains(&text)
            || ["di", "me", "nge", "ke", "ber"]
                .iter()
                .any(|start| text.starts_with(start) && text.len() > 5 && !self.words[at].direct);
        !verb && !self.is(at, kind::FILLER | kind::PREP | kind::NEGATION)
    }

    /// What goes on behind word `last`: up to where, and how much it tells.
    fn more(&self, last: usize, head: usize) -> Option<(usize, usize)> {
        let next = last + 1;
        let text = self.text(next);
        let follows = |at: usize| self.goes_on(at).then_some(at);
        if OWN.contains(&text) && (last == head || self.is(last, kind::PERSON)) {
            return Some((next, 1));
        }
        if COUNTS.contains(&text) || (self.counts(next) && last == head) || self.is_age(next) {
            let unit = self.goes_on(next + 1) && (YEARS.contains(&self.text(next + 1)) || self.is_person(next + 1));
            return Some((if unit { next + 1 } else { next }, 1));
        }
        if matches!(text, "tu" | "itu") && follows(next + 1).is_some_and(|at| COUNTS.contains(&self.text(at))) {
            return Some((next + 1, 2));
        }
        if matches!(text, "umur" | "usia" | "berumur" | "berusia") {
            let number = follows(next + 1).filter(|&at| self.words[at].token.number)?;
            let unit = self.goes_on(number + 1) && YEARS.contains(&self.text(number + 1));
            return Some((if unit { number + 1 } else { number }, 2));
        }
        if matches!(text, "yg" | "yang" | "sing") {
            let quality = follows(next + 1)?;
            let leads =
                matches!(self.text(quality), "ngaku" | "mengaku" | "jadi") || WITH.contains(&self.text(quality));
            return if leads {
                follows(quality + 1).map(|at| (at, 2))
            } else {
                QUALITIES.contains(&self.text(quality)).then_some((quality, 1))
            };
        }
        if matches!(text, "tak" | "tidak" | "ga" | "gak" | "tdk") && self.text(next + 1).ends_with("kenal") {
            return Some((next + 1, 1));
        }
        if CLOTHES.contains(&text) {
            let how = follows(next + 1).filter(|&at| self.tells_look(at));
            return Some((how.unwrap_or(next), 1 + usize::from(how.is_some())));
        }
        if WITH.contains(&text) {
            return follows(next + 1).filter(|&at| !self.is(at, kind::NEGATION)).map(|at| (at, 2));
        }
        let joins = matches!(text, "sama" | "lawan" | "vs" | "karo" | "kalih" | "dan" | "kontra");
        if joins && self.is(last, kind::VEHICLE) && self.is(next + 1, kind::VEHICLE) && self.goes_on(next + 1) {
            return Some((next + 1, 2));
        }
        let noun = self.is(next, kind::VEHICLE | kind::WEAPON) && self.words[next].direct && !VERBS.contains(&text);
        let compound = last == head || self.is(last, kind::PERSON);
        let person = compound && (self.is_person(next) || matches!(text, "laki" | "ipar" | "kandung" | "angkat"));
        let short = self.words[next].forms.is_empty() && self.words[next].token.word.len() <= 6;
        let model = last > head && self.is(last, kind::VEHICLE) && short && !VERBS.contains(&text);
        let shouted = WORN.contains(&self.text(last)) && self.words[next].token.shouted;
        let kind_of = last == head && self.is_kind_of(next);
        (self.tells_look(next) || noun || person || model || shouted || kind_of).then_some((next, 1))
    }

    /// `anak kuliahan`, `truk molen`: an unknown word behind a person or vehicle that is not built like a verb.
    fn is_kind_of(&self, at: usize) -> bool {
        let word = &self.words[at];
        let text = self.text(at);
        let bent = ["di", "me", "ber", "ter", "ke", "ng", "ny", "nab", "nub", "nye", "mu", "nem", "nen", "nod", "non"];
        let verb = bent.iter().any(|start| text.starts_with(start)) || VERBS.contains(&text);
        word.forms.is_empty() && !word.token.number && text.len() >= 4 && text.is_ascii() && !verb
    }

    fn tells_look(&self, at: usize) -> bool {
        COLOURS.contains(&self.text(at)) || QUALITIES.contains(&self.text(at))
    }

    fn is_age(&self, at: usize) -> bool {
        self.words[at].token.number && self.goes_on(at + 1) && YEARS.contains(&self.text(at + 1))
    }

    /// `BK 1234 ABC`, in one word or three, with the vehicle before it.
    fn plate(&self, at: usize) -> Option<Run> {
        let words = self.words;
        let word = self.text(at);
        let letters = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        let number = words.get(at + 1).filter(|next| {
            next.token.number && (3..=4).contains(&next.token.word.len()) && next.token.before <= Break::Dash
        });
        let series = words
            .get(at + 2)
            .filter(|next| next.token.shouted && next.token.word.len() <= 3 && next.token.before <= Break::Dash);
        let head = word.bytes().take_while(u8::is_ascii_lowercase).count();
        let digits = word.bytes().skip(head).take_while(u8::is_ascii_digit).count();
        let tail = word.len().saturating_sub(head + digits);
        let whole = (1..=2).contains(&head) && (2..=4).contains(&digits) && (1..=3).contains(&tail);
        let last = match () {
            () if NO_PLATE.contains(&word) => return None,
            () if letters && words[at].token.shouted && number.is_some() => {
                if series.is_some() {
                    at + 2
                } else {
                    at + 1
                }
            }
            () if whole && word.bytes().skip(head + digits).all(|byte| byte.is_ascii_lowercase()) => at,
            () => return None,
        };
        let mut first = at;
        while first > 0 && at - first < 4 && words[first].token.before == Break::Space {
            let before = self.text(first - 1);
            let of_it = self.is(first - 1, kind::VEHICLE)
                || COLOURS.contains(&before)
                || matches!(before, "plat" | "nopol" | "plate" | "bernopol");
            if !of_it {
                break;
            }
            first -= 1;
        }
        Some((first, last))
    }
}

const NO_PLATE: [&str; 8] = ["km", "rt", "rw", "no", "jl", "gg", "rp", "sd"];
const VAGUE: [&str; 10] =
    ["orang", "org", "wong", "tiyang", "warga", "korban", "pelaku", "uwong", "orangnya", "korbannya"];
const CRIMES: [&str; 6] = ["begal", "maling", "pelaku", "geng", "preman", "rombongan"];
const ADDRESS: [&str; 13] =
    ["pak", "bang", "bu", "polisi", "bapak", "ibu", "kak", "mas", "mbak", "bg", "bpk", "kakak", "bapake"];
const TITLES: [&str; 12] =
    ["rt", "rw", "ogah", "kades", "lurah", "haji", "guru", "ustad", "camat", "dukuh", "kadus", "mandor"];
const OWN: [&str; 15] =
    ["saya", "sy", "sya", "aku", "ku", "awak", "kula", "kulo", "kami", "kita", "gw", "gue", "sendiri", "ane", "abdi"];
const YEARS: [&str; 9] = ["tahun", "thn", "th", "taun", "tahunan", "bulan", "bln", "an", "wulan"];
const COUNTS: [&str; 25] = [
    "satu",
    "dua",
    "tiga",
    "empat",
    "lima",
    "enam",
    "tujuh",
    "delapan",
    "sembilan",
    "sepuluh",
    "belasan",
    "puluhan",
    "seorang",
    "beberapa",
    "sekelompok",
    "segerombolan",
    "sejumlah",
    "loro",
    "telu",
    "papat",
    "kalih",
    "ratusan",
    "berdua",
    "bertiga",
    "berempat",
];
const ROLES: [&str; 42] = [
    "tukang", "guru", "gurunya", "gurune", "oknum", "mantan", "murid", "santri", "kernet", "kenek", "rekan", "ketua",
    "juru", "calo", "dc", "debt", "ojol", "driver", "kurir", "kelompok", "putu", "cucu", "ipar", "menantu", "sister",
    "brother", "husband", "wife", "majikan", "mandor", "bos", "atasan", "penjual", "pembeli", "dokter", "bidan",
    "suster", "pengamen", "ormas", "massa", "abang", "tanggi",
];
const WITH: [&str; 27] = [
    "naik",
    "numpak",
    "nitih",
    "dengan",
    "dgn",
    "pakai",
    "pake",
    "pakek",
    "nganggo",
    "ngangge",
    "bawa",
    "gowo",
    "nggowo",
    "nggawa",
    "mbekta",
    "membawa",
    "mengendarai",
    "berboncengan",
    "boncengan",
    "berbaju",
    "berkaos",
    "berjaket",
    "berhelm",
    "bertopi",
    "memakai",
    "penderita",
    "menggunakan",
];
const CLOTHES: [&str; 7] = ["baju", "kaos", "jaket", "celana", "helm", "hoodie", "topi"];
const WORN: [&str; 16] = [
    "baju", "kaos", "jaket", "celana", "helm", "seragam", "sarung", "kebaya", "daster", "topi", "hoodie", "kemeja",
    "rok", "gamis", "pake", "pakai",
];
const COLOURS: [&str; 22] = [
    "hitam", "merah", "putih", "biru", "kuning", "hijau", "abu", "coklat", "ijo", "item", "ireng", "abang", "silver",
    "pink", "ungu", "oranye", "orange", "krem", "emas", "perak", "maroon", "loreng",
];
const QUALITIES: [&str; 54] = [
    "tua",
    "muda",
    "gondrong",
    "kos",
    "kost",
    "bak",
    "motor",
    "geng",
    "sma",
    "smp",
    "sd",
    "tk",
    "smk",
    "kecil",
    "hamil",
    "sepuh",
    "gemuk",
    "kurus",
    "tinggi",
    "pikun",
    "autis",
    "gila",
    "edan",
    "mabuk",
    "mabok",
    "mendem",
    "mencurigakan",
    "sekolah",
    "ngaji",
    "parkir",
    "gandeng",
    "tebu",
    "pasir",
    "sayur",
    "box",
    "tangki",
    "bisu",
    "tuli",
    "stres",
    "punk",
    "kelas",
    "kelasnya",
    "tiri",
    "tirinya",
    "enom",
    "lansia",
    "buruh",
    "desa",
    "bertato",
    "daring",
    "listrik",
    "onthel",
    "ontel",
    "pabrik",
];
const VERBS: [&str; 23] = [
    "gergaji", "panah", "bendo", "bom", "jatuh", "nabrak", "lari", "kabur", "lewat", "masuk", "datang", "dtg", "udah",
    "sudah", "lagi", "mau", "pada", "tu", "itu", "ini", "yg", "maksa", "mulai",
];

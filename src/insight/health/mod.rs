//! How the service itself is: what was measured becomes words a duty officer understands and one thing to
//! do about it. Pure: the runtime measures, this judges.

mod channels;
mod maps;

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::clock::Timestamp;
use crate::model::said::{Said, said};

/// A write slower than this is felt by everybody who waits for an answer, milliseconds.
const SLOW_WRITE_MS: f64 = 250.0;
/// Alarm at 80 % full: a database on a full disk stays down.
const DISK_WARN: f64 = 0.20;
const DISK_BAD: f64 = 0.05;
/// A daily copy may be two hours late; after two days there is none.
const BACKUP_WARN_S: f64 = 26.0 * 3600.0;
const BACKUP_BAD_S: f64 = 48.0 * 3600.0;
/// Telephones agree with a right clock to within seconds.
const SKEW_WARN_S: f64 = 60.0;
const SKEW_BAD_S: f64 = 300.0;

/// How grave something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HealthLevel)]
pub enum Level {
    /// As it should be.
    Ok,
    /// Not set up; nothing is broken.
    Note,
    /// Somebody should look at it today.
    Warn,
    /// It harms people now.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Stable code for programs.
    pub code: &'static str,
    /// How grave.
    pub level: Level,
    /// What is, in words.
    pub words: Said,
    /// What to do; empty when there is nothing to do.
    pub hint: Said,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
}

/// Room on the disk of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// Free for us, bytes.
    pub free: u64,
    /// All of it, bytes.
    pub total: u64,
}

/// What is known of copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backup {
    /// The settings name no folder.
    Unwatched,
    /// The folder holds nothing.
    None,
    /// The newest file in it.
    At(Timestamp),
}

/// The WhatsApp line of an office.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// Can send: a route and what it needs.
    pub can_send: bool,
    /// Takes webhooks: a secret is set.
    pub can_receive: bool,
    /// When a person last wrote.
    pub heard_at: Option<Timestamp>,
    /// When a body with a right signature last came, since the start.
    pub signed_at: Option<Timestamp>,
    /// When one with a wrong signature last came.
    pub forged_at: Option<Timestamp>,
    /// How many of those since the start.
    pub forged: u32,
    /// Templates Meta has approved.
    pub templates: usize,
    /// A telephone at a gateway, which knows no templates.
    pub gateway: bool,
    /// What Meta last said of the number: `GREEN`, `YELLOW`, `RED`.
    pub quality: Option<String>,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// When.
    pub now: Timestamp,
    /// A write to the store, milliseconds; none: not within 2 s.
    pub write_ms: Option<f64>,
    /// The disk, where the store is a file.
    pub disk: Option<Disk>,
    /// Copies.
    pub backup: Backup,
    /// Number of the first of the last entries that does not follow the one before it.
    pub broken_entry: Option<u64>,
    /// Entries in the journal.
    pub entries: u64,
    /// WhatsApp; none without a line.
    pub line: Option<Line>,
    /// The eldest message that waits to go out.
    pub waiting_since: Option<Timestamp>,
    /// Messages that failed for good, and the eldest of them.
    pub dead: (usize, Option<Timestamp>),
    /// Names of our lines at the exchange.
    pub lines_110: usize,
    /// When the exchange last told of a call.
    pub called_at: Option<Timestamp>,
    /// Units on duty, and those of them without a fix for 15 minutes.
    pub units: (usize, usize),
    /// Areas of the office.
    pub areas: usize,
    /// Pieces of road, when streets were imported.
    pub roads: Option<usize>,
    /// When they were imported, where that was kept.
    pub roads_at: Option<Timestamp>,
    /// Names of places.
    pub places: usize,
    /// When the office's own names were imported, where that was kept.
    pub places_at: Option<Timestamp>,
    /// The office reads with weights of its own.
    pub own_model: bool,
    /// Smallest of received minus sent of the last messages, seconds: our clock against all telephones.
    pub skew_s: Option<f64>,
    /// Sockets that are open.
    pub sockets: usize,
    /// The address people come to, as set.
    pub public_url: String,
    /// Reached only from this machine.
    pub loopback: bool,
}

/// Judges everything, the gravest first, else in the order of the list.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Item> {
    let mut items = vec![store(facts), backup(facts), journal(facts)];
    items.extend(disk(facts));
    items.extend(channels::judge(facts));
    items.push(units(facts));
    items.extend([areas(facts), maps::roads(facts), maps::places(facts), model(facts)]);
    items.extend(clock(facts));
    items.extend([sockets(facts), address(facts)]);
    items.sort_by_key(|item| std::cmp::Reverse(item.level));
    items
}

/// The gravest level.
#[must_use]
pub fn worst(items: &[Item]) -> Level {
    items.iter().map(|item| item.level).max().unwrap_or(Level::Ok)
}

fn ok(code: &'static str, words: Said) -> Item {
    Item { code, level: Level::Ok, words, hint: Said::default(), since: None }
}

fn item(code: &'static str, level: Level, words: Said, hint: Said) -> Item {
    Item { code, level, words, hint, since: None }
}

impl Item {
    const fn since(mut self, since: Option<Timestamp>) -> Self {
        self.since = since;
        self
    }
}

/// `3 jam` and `3 hours`, never more exact than a person would say it.
fn span(secs: f64) -> Said {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded, not negative")]
    let whole = |of: f64| (secs.max(0.0) / of).round() as u64;
    match secs {
        s if s < 90.0 => said(format!("{} detik", whole(1.0)), format!("{} seconds", whole(1.0))),
        s if s < 5400.0 => said(format!("{} menit", whole(60.0)), format!("{} minutes", whole(60.0))),
        s if s < 172_800.0 => said(format!("{} jam", whole(3600.0)), format!("{} hours", whole(3600.0))),
        _ => said(format!("{} hari", whole(86_400.0)), format!("{} days", whole(86_400.0))),
    }
}

fn gigabytes(bytes: u64) -> Said {
    #[expect(clippy::cast_precision_loss, reason = "one decimal of gigabytes")]
    let number = bytes as f64 / 1e9;
    let en = format!("{number:.1}");
    said(en.replace('.', ","), en)
}

/// `23.111` and `23,111`.
fn count(number: usize) -> Said {
    let digits = number.to_string();
    let mut en = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            en.push(',');
        }
        en.push(digit);
    }
    said(en.replace(',', "."), en)
}

fn store(facts: &Facts) -> Item {
    let hint = said(
        "Periksa disk dan server database. Selama ini belum pulih, pesan dari warga ditolak sementara dan dikirim ulang oleh WhatsApp.",
        "Look at the disk and the database server. Until then messages are refused for a while and sent again by WhatsApp.",
    );
    match facts.write_ms {
        None => item(
            "store",
            Level::Bad,
            said(
                "Penyimpanan tidak menjawab: tidak ada yang dapat dicatat.",
                "The store does not answer: nothing can be recorded.",
            ),
            hint,
        ),
        Some(ms) if ms > SLOW_WRITE_MS => item(
            "store",
            Level::Warn,
            said(
                format!("Penyimpanan lambat: satu pencatatan perlu {ms:.0} milidetik."),
                format!("The store is slow: one record takes {ms:.0} ms."),
            ),
            said(
                "Periksa apakah disk penuh atau sedang dipakai program lain.",
                "See whether the disk is full or busy with another program.",
            ),
        ),
        Some(ms) => ok(
            "store",
            said(format!("Penyimpanan bekerja ({ms:.0} milidetik)."), format!("The store works ({ms:.0} ms).")),
        ),
    }
}

fn disk(facts: &Facts) -> Option<Item> {
    let Disk { free, total } = facts.disk?;
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let share = free as f64 / total.max(1) as f64;
    let (left, all) = (gigabytes(free), gigabytes(total));
    let words = said(
        format!("Sisa ruang disk {} GB dari {} GB ({:.0}%).", left.id, all.id, share * 100.0),
        format!("{} GB of {} GB of the disk are free ({:.0} %).", left.en, all.en, share * 100.0),
    );
    let level = if share < DISK_BAD {
        Level::Bad
    } else if share < DISK_WARN {
        Level::Warn
    } else {
        Level::Ok
    };
    let hint = said(
        "Hapus berkas yang tidak dipakai atau pindahkan penyimpanan ke disk yang lebih besar. Bila penuh, laporan tidak dapat dicatat.",
        "Remove files nobody needs or move the store to a larger disk. On a full one no report can be recorded.",
    );
    Some(if level == Level::Ok { ok("disk", words) } else { item("disk", level, words, hint) })
}

fn backup(facts: &Facts) -> Item {
    let hint =
        said("Jalankan pencadangan sekarang dan periksa jadwalnya.", "Make a copy now and look at its schedule.");
    match facts.backup {
        Backup::Unwatched => item(
            "backup",
            Level::Note,
            said("Cadangan data tidak dipantau.", "Copies of the data are not watched."),
            said(
                "Tulis folder cadangan pada pengaturan database.backups agar umurnya terlihat di sini.",
                "Name the folder of the copies in the setting database.backups and their age is seen here.",
            ),
        ),
        Backup::None => {
            item("backup", Level::Bad, said("Belum ada satu pun cadangan data.", "There is no copy of the data."), hint)
        }
        Backup::At(at) => {
            let age = facts.now.secs_since(at);
            let words = span(age);
            let words = said(
                format!("Cadangan terakhir dibuat {} yang lalu.", words.id),
                format!("The last copy was made {} ago.", words.en),
            );
            if age > BACKUP_WARN_S {
                let level = if age > BACKUP_BAD_S { Level::Bad } else { Level::Warn };
                item("backup", level, words, hint).since(Some(at))
            } else {
                ok("backup", words).since(Some(at))
            }
        }
    }
}

fn journal(facts: &Facts) -> Item {
    match facts.broken_entry {
        Some(seq) => item(
            "journal",
            Level::Bad,
            said(
                format!("Buku mutasi tidak utuh mulai catatan nomor {seq}."),
                format!("The journal is not whole from entry {seq} on."),
            ),
            said(
                "Jangan hapus apa pun. Jalankan `sigap journal verify`, lalu bandingkan dengan cadangan terakhir.",
                "Remove nothing. Run `sigap journal verify` and compare with the last copy.",
            ),
        ),
        None => ok(
            "journal",
            said(
                format!("Buku mutasi utuh, {} catatan.", facts.entries),
                format!("The journal is whole, {} entries.", facts.entries),
            ),
        ),
    }
}

fn units(facts: &Facts) -> Item {
    let (on_duty, silent) = facts.units;
    let words = said(
        format!("{silent} dari {on_duty} unit yang berdinas tidak mengirim posisi selama 15 menit."),
        format!("{silent} of {on_duty} units on duty have sent no position for 15 minutes."),
    );
    let hint = said(
        "Hubungi awaknya lewat radio: tablet mati, tanpa sinyal, atau izin lokasi ditolak. Sementara itu unit dihitung di posnya.",
        "Call the crews by radio: a tablet is off, without signal, or not allowed to see its place. Until then a unit counts at its post.",
    );
    if on_duty == 0 {
        return item(
            "units",
            Level::Note,
            said("Tidak ada unit yang berdinas.", "No unit is on duty."),
            said(
                "Satuan berdinas setelah awaknya masuk di tablet dan memilih status.",
                "A unit is on duty once its crew has logged in at the tablet and chosen a status.",
            ),
        );
    }
    match silent {
        0 => ok(
            "units",
            said(
                format!("Semua {on_duty} unit yang berdinas mengirim posisi."),
                format!("All {on_duty} units on duty send positions."),
            ),
        ),
        _ if silent == on_duty => item("units", Level::Bad, words, hint),
        _ => item("units", Level::Warn, words, hint),
    }
}

fn areas(facts: &Facts) -> Item {
    if facts.areas == 0 {
        return item(
            "areas",
            Level::Bad,
            said(
                "Wilayah kantor belum dimuat: tidak ada laporan yang dapat ditempatkan.",
                "The areas of the office are not loaded: no report can be placed.",
            ),
            said("Buka Persiapan, langkah Wilayah.", "Open Set-up, step Areas."),
        );
    }
    let n = count(facts.areas);
    ok("areas", said(format!("{} kelurahan dan desa dimuat.", n.id), format!("{} areas are loaded.", n.en)))
}

fn model(facts: &Facts) -> Item {
    let words = if facts.own_model {
        said("Pesan dibaca dengan model kantor sendiri.", "Messages are read with the office's own model.")
    } else {
        said("Pesan dibaca dengan model bawaan.", "Messages are read with the model of the program.")
    };
    ok("model", words)
}

fn clock(facts: &Facts) -> Option<Item> {
    let skew = facts.skew_s?;
    let off = skew.abs();
    if off < SKEW_WARN_S {
        return Some(ok(
            "clock",
            said("Jam server cocok dengan jam telepon warga.", "The server's clock agrees with people's telephones."),
        ));
    }
    let long = span(off);
    let hint = said("Nyalakan penyesuaian waktu (NTP) di server.", "Turn on time synchronisation (NTP) on the server.");
    let level = if off > SKEW_BAD_S && skew < 0.0 { Level::Bad } else { Level::Warn };
    let words = if skew < 0.0 {
        said(
            format!("Jam server terlambat sekitar {}.", long.id),
            format!("The server's clock is about {} slow.", long.en),
        )
    } else {
        said(
            format!(
                "Pesan tiba sekitar {} setelah ditulis: jam server terlalu cepat, atau saluran terlambat.",
                long.id
            ),
            format!(
                "Messages come about {} after they were written: the server's clock is fast, or the channel late.",
                long.en
            ),
        )
    };
    Some(item("clock", level, words, hint))
}

fn sockets(facts: &Facts) -> Item {
    ok(
        "sockets",
        said(
            format!("{} layar tersambung langsung.", facts.sockets),
            format!("{} screens are connected.", facts.sockets),
        ),
    )
}

fn address(facts: &Facts) -> Item {
    let url = &facts.public_url;
    if url.is_empty() && !facts.loopback {
        return item(
            "address",
            Level::Warn,
            said("Alamat resmi layanan belum diisi.", "The address of the service is not set."),
            said(
                "Isi server.public_url, misalnya https://sigap.polres.id.",
                "Set server.public_url, for example https://sigap.polres.id.",
            ),
        );
    }
    if !url.is_empty() && !url.starts_with("https:") {
        return item(
            "address",
            Level::Warn,
            said(
                format!("Alamat {url} tanpa sandi (http): kata sandi dapat dibaca orang di jalan."),
                format!("The address {url} is not encrypted (http): passwords can be read on the way."),
            ),
            said(
                "Pasang sertifikat di depan Sigap dan pakai alamat https.",
                "Put a certificate before Sigap and use an https address.",
            ),
        );
    }
    let shown = if url.is_empty() { "komputer ini" } else { url };
    ok(
        "address",
        said(
            format!("Alamat layanan: {shown}."),
            format!("Address: {}.", if url.is_empty() { "this computer" } else { url }),
        ),
    )
}

#[cfg(test)]
mod tests;

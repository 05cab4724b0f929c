//! Measures how the service is: the store, the disk, the channels, the units. What the measures mean is
//! judged in `insight/health.rs`.

use std::path::Path;
use std::time::SystemTime;

use parking_lot::Mutex;

use super::desks::DeskHandle;
use crate::app::{App, ROADS};
use crate::dispatch::motion::Freshness;
use crate::insight::health::{Backup, Disk, Facts, Line};
use crate::model::clock::Timestamp;
use crate::model::entry::{Entry, Hash, chain};
use crate::model::report::Channel;
use crate::model::unit::UnitStatus;
use crate::store::calls::CallFilter;
use crate::store::projections::ListFilter;
use crate::store::{StoreError, offices};

/// Reports looked at for the last WhatsApp message and for our clock.
const LATEST_REPORTS: usize = 200;

/// Messages our clock is held against: fewer say nothing.
const FEWEST_FOR_CLOCK: usize = 5;
const MOST_FOR_CLOCK: usize = 30;

/// Entries at the end of the journal whose chain is looked at.
const LATEST_ENTRIES: u64 = 200;

/// What the doors noted of the channels since the start; nothing of it is kept.
#[derive(Debug, Default)]
pub struct Noted(Mutex<Notes>);

/// The notes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notes {
    /// A webhook body with a right signature.
    pub signed_at: Option<Timestamp>,
    /// One with a wrong signature.
    pub forged_at: Option<Timestamp>,
    /// How many of those.
    pub forged: u32,
    /// Meta verified the address.
    pub verified_at: Option<Timestamp>,
    /// Somebody came with another verify token.
    pub unverified_at: Option<Timestamp>,
    /// Quality of the number, as Meta last said: `GREEN`.
    pub quality: Option<String>,
}

impl Noted {
    /// The notes as they stand.
    #[must_use]
    pub fn read(&self) -> Notes {
        self.0.lock().clone()
    }

    /// A body came; `signed`: its signature was right.
    pub fn body(&self, signed: bool, now: Timestamp) {
        let mut notes = self.0.lock();
        if signed {
            notes.signed_at = Some(now);
        } else {
            notes.forged_at = Some(now);
            notes.forged = notes.forged.saturating_add(1);
        }
    }

    /// The address was to be verified; `right`: with our token.
    pub fn verification(&self, right: bool, now: Timestamp) {
        let mut notes = self.0.lock();
        if right {
            notes.verified_at = Some(now);
        } else {
            notes.unverified_at = Some(now);
        }
    }

    /// What Meta says of the number.
    pub fn quality(&self, quality: Option<String>) {
        self.0.lock().quality = quality;
    }
}

/// Measures everything that concerns one office.
///
/// # Errors
/// The store cannot be read. A store that cannot be written is a measure.
pub async fn measure(app: &App, desk: &DeskHandle) -> Result<Facts, StoreError> {
    let now = app.clock.now();
    let polres = desk.parts.office.code.clone();
    let began = app.clock.now();
    let write_ms = app.store.ping_write().await.ok().map(|()| app.clock.now().secs_since(began) * 1000.0);
    let filter = ListFilter { polres: Some(polres.clone()), limit: LATEST_REPORTS, ..ListFilter::default() };
    let reports = app.store.reports(&filter).await?;
    let over_whatsapp = || reports.iter().map(|filed| &filed.item).filter(|it| it.channel == Channel::Whatsapp);
    let delays: Vec<f64> = over_whatsapp()
        .take(MOST_FOR_CLOCK)
        .map(|report| report.stamps.received_at.secs_since(report.stamps.sent_at))
        .collect();
    let waiting = app.store.waiting_of(&polres, 1).await?;
    let dead = app.store.dead_messages(&polres, LATEST_REPORTS).await?;
    let calls = app.store.calls(&CallFilter { polres: polres.clone(), limit: 1, ..CallFilter::default() }).await?;
    let (entries, on_duty) = on_desk(desk).await;
    let lost = |unit: &crate::model::id::UnitId| {
        matches!(Freshness::of(desk.parts.field.fix(*unit).as_ref(), now), Freshness::Lost | Freshness::Never)
    };
    let heard_at = over_whatsapp().map(|report| report.stamps.received_at).max();
    let lines_110 = app.config.call110.lines().unwrap_or_default();
    let folder = database_folder(&app.config.database.url);
    let backups = app.config.database.backups.clone();
    let (disk, backup) = tokio::task::spawn_blocking(move || (disk(folder.as_deref()), newest_in(&backups)))
        .await
        .unwrap_or((None, Backup::Unwatched));
    Ok(Facts {
        now,
        write_ms,
        disk,
        backup,
        broken_entry: broken_entry(app, &polres, entries).await?,
        entries,
        line: line(app, &polres, heard_at),
        waiting_since: waiting.first().map(|message| message.created_at),
        dead: (dead.len(), dead.iter().map(|message| message.created_at).min()),
        lines_110: lines_110.values().filter(|office| **office == polres).count(),
        called_at: calls.first().map(|filed| filed.item.stamps.received_at),
        units: (on_duty.len(), on_duty.iter().filter(|unit| lost(unit)).count()),
        areas: app.areas.areas().iter().filter(|area| area.polres == polres).count(),
        roads: app.roads.as_ref().map(|roads| roads.graph().edges().len()),
        roads_at: app.store.imported_at(ROADS).await?,
        places: app.reader.gazetteer().len(),
        places_at: app.store.imported_at(&offices::places_of(&polres)).await?,
        own_model: !app.config.understand.model.is_empty(),
        skew_s: (delays.len() >= FEWEST_FOR_CLOCK).then(|| delays.iter().copied().fold(f64::INFINITY, f64::min)),
        sockets: app.sockets.len(),
        public_url: app.config.server.public_url.clone(),
        loopback: app.config.server.listen.starts_with("127.") || app.config.server.listen.starts_with("localhost"),
    })
}

async fn on_desk(desk: &DeskHandle) -> (u64, Vec<crate::model::id::UnitId>) {
    let seen = desk.look(|desk| {
        let on_duty = desk.units.values().filter(|unit| unit.status != UnitStatus::OffDuty);
        (desk.seq, on_duty.map(|unit| unit.id).collect())
    });
    seen.await.unwrap_or_default()
}

fn line(app: &App, polres: &str, heard_at: Option<Timestamp>) -> Option<Line> {
    let route = app.routes.get(polres)?;
    let (meta, gateway, notes) = (&app.config.whatsapp, &app.config.gowa, app.noted.read());
    let over_meta = route.transport.has_window();
    Some(Line {
        can_send: if over_meta { !meta.access_token.is_empty() } else { !gateway.url.is_empty() },
        can_receive: if over_meta { !meta.secrets().is_empty() } else { !gateway.secrets().is_empty() },
        heard_at,
        signed_at: notes.signed_at,
        forged_at: notes.forged_at,
        forged: notes.forged,
        templates: meta.approved().map(|all| all.len()).unwrap_or_default(),
        gateway: !over_meta,
        quality: notes.quality.filter(|_| over_meta),
    })
}

/// The first of the last entries that does not follow the one before it.
async fn broken_entry(app: &App, polres: &str, entries: u64) -> Result<Option<u64>, StoreError> {
    let after = entries.saturating_sub(LATEST_ENTRIES);
    let limit = usize::try_from(LATEST_ENTRIES).unwrap_or(usize::MAX);
    let latest = app.store.read_after(polres, after, limit).await?;
    let mut before: Option<&Entry> = None;
    for entry in &latest {
        let follows = before.is_none_or(|it| it.seq + 1 == entry.seq && it.hash == entry.prev_hash);
        if !follows || sealed(entry) != entry.hash {
            return Ok(Some(entry.seq));
        }
        before = Some(entry);
    }
    Ok(None)
}

fn sealed(entry: &Entry) -> Hash {
    chain(&entry.polres, entry.seq, entry.at, &entry.actor_json(), &entry.body, &entry.prev_hash)
}

/// Folder of the store's file; none for a database elsewhere.
fn database_folder(url: &str) -> Option<std::path::PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = Path::new(path.strip_prefix("//").unwrap_or(path));
    Some(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new(".")).to_owned())
}

fn disk(folder: Option<&Path>) -> Option<Disk> {
    let found = rustix::fs::statvfs(folder?).ok()?;
    Some(Disk { free: found.f_bavail * found.f_frsize, total: found.f_blocks * found.f_frsize })
}

/// Age of the newest file in the folder of copies.
fn newest_in(folder: &str) -> Backup {
    if folder.is_empty() {
        return Backup::Unwatched;
    }
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let times = files.filter_map(|file| file.metadata().ok().filter(std::fs::Metadata::is_file)?.modified().ok());
    let since_1970 = |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).ok();
    let newest = times.max().and_then(since_1970).and_then(|at| i64::try_from(at.as_secs()).ok());
    newest.map_or(Backup::None, |secs| Backup::At(Timestamp::from_secs(secs)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_copy_counts_and_an_empty_folder_is_none() {
        assert_eq!(newest_in(""), Backup::Unwatched);
        let folder = std::env::temp_dir().join(format!("sigap-copies-{}-{:x}", std::process::id(), fastrand::u64(..)));
        assert_eq!(newest_in(&folder.display().to_string()), Backup::None);
        std::fs::create_dir_all(&folder).unwrap();
        assert_eq!(newest_in(&folder.display().to_string()), Backup::None);
        for (name, secs) in [("a.db", 1_000_000), ("b.db", 2_000_000)] {
            let file = std::fs::File::create(folder.join(name)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(secs)).unwrap();
        }
        assert_eq!(newest_in(&folder.display().to_string()), Backup::At(Timestamp::from_secs(2_000_000)));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_disk_of_the_store_is_measured_and_a_database_elsewhere_is_not() {
        assert_eq!(database_folder("postgres://db/sigap"), None);
        assert_eq!(database_folder("sqlite:sigap.db").as_deref(), Some(Path::new(".")));
        assert_eq!(database_folder("sqlite:///var/lib/sigap/s.db").as_deref(), Some(Path::new("/var/lib/sigap")));
        let here = disk(Some(Path::new("."))).unwrap();
        assert!(here.free <= here.total && here.total > 0);
        assert_eq!(disk(None), None);
    }
}

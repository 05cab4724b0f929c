//! Keeps photos, videos, sounds and documents: bytes enter, a judgement and an id leave.
//!
//! The original is sealed as it came, as evidence; of a picture a second file is made that is shown.
//! Files are named by id alone. Nothing is half kept: what is refused or does not fit on the disk is
//! removed before anybody hears of it.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::desks::{Chain, ClockDebug};
use crate::channels::media::{Found, Inspector, picture};
use crate::model::clock::Timestamp;
use crate::model::id::{Ids, MediaId, MessageId, ReportId, ReporterId};
use crate::model::media::{MediaKind, MediaOrigin, MediaProblem, MediaState};
use crate::store::corrections::erase_corrections;
use crate::store::media::{self, Looked, Media, Said};
use crate::store::sealed_file::{SealedReader, SealedWriter};
use crate::store::{Store, StoreError};

/// A picture that takes longer to look at is refused.
const LOOK_WITHIN: Duration = Duration::from_secs(5);

/// What belongs to nothing is removed after this long, seconds.
pub const UNUSED_S: i64 = 24 * 3600;

/// Files removed in one go.
const SWEEP: usize = 200;

/// Why a file was not kept.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// It was looked at and refused. (http: 413, 415 or 422)
    #[error(transparent)]
    Refused(#[from] MediaProblem),
    /// The disk is full. (http: 503)
    #[error("the disk is full")]
    Full,
    /// The folder cannot be used. (http: 503)
    #[error("the media folder cannot be used")]
    Disk(#[source] std::io::Error),
    /// It could not be recorded. (http: 503)
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody else is writing it. (http: 423)
    #[error("it is being written already")]
    Busy,
    /// There is none. (http: 404)
    #[error("no such file")]
    Missing,
}

impl From<std::io::Error> for MediaError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            ErrorKind::NotFound => Self::Missing,
            _ => Self::Disk(error),
        }
    }
}

/// A file on its way in.
#[derive(Debug, Clone)]
pub struct NewMedia {
    /// Whose it is.
    pub polres: String,
    /// Who brings it.
    pub origin: MediaOrigin,
    /// Who may attach it to a report, `unit:…` or `user:…`; see `http::uploads`.
    pub owner: Option<String>,
    /// The report it belongs to, if that is known; else it is removed after a day.
    pub report: Option<ReportId>,
    /// The message it comes with.
    pub message: Option<MessageId>,
    /// The person it comes from.
    pub reporter: Option<ReporterId>,
    /// Its type as it was said.
    pub declared_mime: Option<String>,
    /// Its name as it was said.
    pub filename: Option<String>,
}

impl NewMedia {
    /// A file for an office, and nothing more known of it.
    #[must_use]
    pub fn of(polres: &str, origin: MediaOrigin) -> Self {
        Self {
            polres: polres.to_owned(),
            origin,
            owner: None,
            report: None,
            message: None,
            reporter: None,
            declared_mime: None,
            filename: None,
        }
    }

    /// Its row, not yet looked at.
    #[must_use]
    pub fn row(&self, id: MediaId, state: MediaState, now: Timestamp) -> Media {
        Media {
            report: self.report,
            message: self.message,
            reporter: self.reporter,
            owner: self.owner.clone(),
            expires_at: self.report.is_none().then(|| now.plus_secs(UNUSED_S)),
            said: Said { filename: self.filename.clone(), mime: self.declared_mime.clone(), ..Said::default() },
            ..Media::new(id, &self.polres, self.origin, state, now)
        }
    }
}

/// A file that is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: MediaId,
    /// What it is.
    pub kind: MediaKind,
    /// Its type by content.
    pub mime: String,
    /// Bytes of the original.
    pub size_bytes: u64,
    /// SHA-256 of the original.
    pub sha256: [u8; 32],
    /// Pixels of what is shown, for a picture.
    pub width: Option<u32>,
    /// Pixels of what is shown, for a picture.
    pub height: Option<u32>,
}

impl Kept {
    pub(crate) fn new(id: MediaId, looked: Looked) -> Self {
        let Looked { kind, mime, size_bytes, sha256, width, height, .. } = looked;
        Self { id, kind, mime, size_bytes, sha256, width, height }
    }
}

/// Which of the files of one id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// As it came.
    Original,
    /// As it is shown; pictures only.
    Shown,
}

impl Version {
    const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Shown => "shown",
        }
    }
}

/// Where files are kept. Cheap to clone; clones share everything.
#[derive(Debug, Clone)]
pub struct MediaVault(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    dir: PathBuf,
    max_bytes: u64,
    clock: Arc<dyn ClockDebug>,
    ids: Mutex<Ids>,
    /// One picture is looked at at a time: the memory it may take is taken once.
    looking: Arc<Semaphore>,
    busy: Arc<Mutex<HashSet<MediaId>>>,
}

/// The right to write a file; given back when dropped.
#[derive(Debug)]
pub struct Writing {
    id: MediaId,
    busy: Arc<Mutex<HashSet<MediaId>>>,
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.busy.lock().remove(&self.id);
    }
}

impl MediaVault {
    /// Files under `dir`, each at most `max_bytes`. The folder is made with the first file.
    #[must_use]
    pub fn new(store: Store, dir: PathBuf, max_bytes: u64, clock: Arc<dyn ClockDebug>) -> Self {
        Self(Arc::new(Inner {
            store,
            dir,
            max_bytes,
            clock,
            ids: Mutex::new(Ids::random()),
            looking: Arc::new(Semaphore::new(1)),
            busy: Arc::default(),
        }))
    }

    /// Largest file, bytes.
    #[must_use]
    pub fn max_bytes(&self) -> u64 {
        self.0.max_bytes
    }

    /// A fresh id.
    #[must_use]
    pub fn next_id(&self) -> MediaId {
        MediaId(self.0.ids.lock().next(self.0.clock.now()))
    }

    /// Keeps a file that is in memory: sealed, looked at, recorded.
    ///
    /// # Errors
    /// [`MediaError`]; nothing of it stays.
    pub async fn keep(&self, new: NewMedia, bytes: &[u8]) -> Result<Kept, MediaError> {
        let id = self.next_id();
        let kept = self.keep_as(id, &new, bytes).await;
        if kept.is_err() {
            self.remove_files(id).await;
        }
        kept
    }

    async fn keep_as(&self, id: MediaId, new: &NewMedia, bytes: &[u8]) -> Result<Kept, MediaError> {
        if bytes.len() as u64 > self.0.max_bytes {
            return Err(MediaProblem::TooLarge.into());
        }
        let mut writer = self.create(id).await?;
        writer.write(bytes).await?;
        writer.sync().await?;
        let looked = self.look(id).await?;
        let row = new.row(id, MediaState::Waiting, self.0.clock.now());
        let insert = media::insert(self.0.store.vault(), &row)?;
        self.0.store.write(vec![insert, media::keep(id, &looked)]).await?;
        Ok(Kept::new(id, looked))
    }

    /// Looks at an upload that has come whole and records what it is; one that is refused is removed.
    /// An upload that was settled before is what it was.
    ///
    /// # Errors
    /// [`MediaError`].
    pub async fn settle(&self, id: MediaId) -> Result<Kept, MediaError> {
        match self.look(id).await {
            Ok(looked) => {
                self.0.store.write(vec![media::keep(id, &looked)]).await?;
                Ok(Kept::new(id, looked))
            }
            Err(MediaError::Refused(why)) => {
                self.0.store.write(vec![media::let_go(id, MediaState::Refused, why)]).await?;
                self.remove_files(id).await;
                Err(why.into())
            }
            Err(error) => Err(error),
        }
    }

    /// Takes the right to write a file.
    ///
    /// # Errors
    /// Somebody else has it.
    pub fn lock(&self, id: MediaId) -> Result<Writing, MediaError> {
        let free = self.0.busy.lock().insert(id);
        if free { Ok(Writing { id, busy: self.0.busy.clone() }) } else { Err(MediaError::Busy) }
    }

    /// Begins the original of a new file.
    ///
    /// # Errors
    /// The disk does not take it.
    pub async fn create(&self, id: MediaId) -> Result<SealedWriter, MediaError> {
        let (path, name) = self.place(id, Version::Original);
        Ok(SealedWriter::create(&self.0.store, &path, &name).await?)
    }

    /// Goes on with the original of a file.
    ///
    /// # Errors
    /// There is none, or the disk does not take it.
    pub async fn resume(&self, id: MediaId) -> Result<SealedWriter, MediaError> {
        let (path, name) = self.place(id, Version::Original);
        Ok(SealedWriter::resume(&self.0.store, &path, &name).await?)
    }

    /// How much of the original has come, bytes.
    ///
    /// # Errors
    /// There is none.
    pub async fn received(&self, id: MediaId) -> Result<u64, MediaError> {
        Ok(crate::store::sealed_file::len(&self.place(id, Version::Original).0).await?)
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub async fn open(&self, id: MediaId, version: Version) -> Result<SealedReader, MediaError> {
        let (path, name) = self.place(id, version);
        Ok(SealedReader::open(&self.0.store, &path, &name).await?)
    }

    /// Looks at the original of a file that has come whole: what it is, its hash, and for a picture
    /// the version that is shown.
    ///
    /// # Errors
    /// [`MediaError::Refused`], with its reason; the disk.
    pub async fn look(&self, id: MediaId) -> Result<Looked, MediaError> {
        let permit = self.0.looking.clone().acquire_owned().await.map_err(|_| MediaError::Busy)?;
        let through = self.read_through(id).await?;
        let mut looked = Looked {
            kind: through.found.kind,
            mime: through.found.mime.to_owned(),
            size_bytes: through.size_bytes,
            sha256: through.sha256,
            width: None,
            height: None,
            shown_bytes: None,
        };
        if through.found.kind == MediaKind::Picture {
            let shown = shown(through.picture, permit).await?;
            (looked.width, looked.height) = (Some(shown.width), Some(shown.height));
            looked.shown_bytes = Some(shown.jpeg.len() as u64);
            self.write_shown(id, &shown.jpeg).await?;
        }
        Ok(looked)
    }

    async fn read_through(&self, id: MediaId) -> Result<Through, MediaError> {
        let mut reader = self.open(id, Version::Original).await?;
        let (mut inspector, mut sha, mut picture, mut at) = (Inspector::default(), Sha256::new(), Vec::new(), 0);
        loop {
            let piece = reader.piece(at, u64::MAX).await?;
            if piece.is_empty() {
                break;
            }
            at += piece.len() as u64;
            sha.update(&piece);
            inspector.feed(&piece);
            if inspector.looks_like().is_some_and(|found| found.kind == MediaKind::Picture) {
                if at > picture::MOST_BYTES {
                    return Err(MediaProblem::TooLarge.into());
                }
                picture.extend_from_slice(&piece);
            }
        }
        Ok(Through { found: inspector.finish()?, size_bytes: at, sha256: sha.finalize().into(), picture })
    }

    async fn write_shown(&self, id: MediaId, jpeg: &[u8]) -> Result<(), MediaError> {
        let (path, name) = self.place(id, Version::Shown);
        // Left by a look that did not come to its end.
        remove_file(&path).await;
        let mut writer = SealedWriter::create(&self.0.store, &path, &name).await?;
        writer.write(jpeg).await?;
        writer.sync().await?;
        Ok(())
    }

    /// Path of a file, and the name its chunks are bound to.
    fn place(&self, id: MediaId, version: Version) -> (PathBuf, String) {
        let text = id.0.simple().to_string();
        // The last two digits are random: files spread over 256 folders.
        let folder = text.get(30..).unwrap_or_default();
        let path = self.0.dir.join(folder).join(format!("{id}.{}", version.name()));
        (path, format!("media/{id}/{}", version.name()))
    }

    /// Removes the bytes of a file.
    pub async fn remove_files(&self, id: MediaId) {
        for version in [Version::Original, Version::Shown] {
            remove_file(&self.place(id, version).0).await;
        }
    }

    /// Erases everything a person sent: first the bytes, then what was said of them.
    ///
    /// # Errors
    /// The rows cannot be written; the bytes are gone.
    pub async fn erase_of(&self, reporter: ReporterId) -> Result<usize, MediaError> {
        let (mut all, mut rows) = (Vec::new(), Vec::new());
        for id in self.0.store.same_person(reporter).await? {
            all.extend(self.0.store.media_of_reporter(id).await?);
            // What was kept of his words to learn from is his too.
            rows.push(erase_corrections(id));
        }
        for found in &all {
            self.remove_files(found.id).await;
            rows.push(media::erase(self.0.store.vault(), found.id)?);
        }
        self.0.store.write(rows).await?;
        Ok(all.len())
    }

    /// Removes uploads that were not finished and files that belong to nothing, once their time is over.
    ///
    /// # Errors
    /// The store is away.
    pub async fn sweep(&self) -> Result<usize, MediaError> {
        let expired = self.0.store.media_expired(self.0.clock.now(), SWEEP).await?;
        let mut rows = Vec::with_capacity(expired.len());
        for found in &expired {
            // One that is being written has not been left.
            let Ok(_writing) = self.lock(found.id) else { continue };
            self.remove_files(found.id).await;
            rows.push(media::remove(found.id));
        }
        let removed = rows.len();
        self.0.store.write(rows).await?;
        Ok(removed)
    }
}

struct Through {
    found: Found,
    size_bytes: u64,
    sha256: [u8; 32],
    picture: Vec<u8>,
}

/// The permit goes along: a picture that takes too long still holds it.
async fn shown(bytes: Vec<u8>, permit: OwnedSemaphorePermit) -> Result<picture::Shown, MediaError> {
    let work = tokio::task::spawn_blocking(move || {
        let shown = picture::shown(&bytes);
        drop(permit);
        shown
    });
    match tokio::time::timeout(LOOK_WITHIN, work).await {
        Ok(Ok(shown)) => Ok(shown?),
        // It took too long, or made the decoder fall over.
        Ok(Err(_)) | Err(_) => Err(MediaProblem::Broken.into()),
    }
}

async fn remove_file(path: &Path) {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            tracing::warn!(error = %Chain(&error), "a file could not be removed");
        }
        _ => {}
    }
}

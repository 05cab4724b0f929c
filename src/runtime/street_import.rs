//! An `OpenStreetMap` extract that comes over the network: put on the disk, read in the background, looked at,
//! and only then taken over. One at a time; what is not taken over is forgotten with the process.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Context, Result};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use parking_lot::Mutex;
use tokio::io::AsyncWriteExt;

use crate::import_osm::{Streets, clip, read_streets};
use crate::model::jurisdiction::Area;

/// The largest file, bytes: an island of Indonesia has 50 to 300 MB.
pub const MOST_BYTES: u64 = 1024 * 1024 * 1024;

/// How far an import has come.
#[derive(Debug, Clone, Default)]
pub enum Stage {
    /// There is none.
    #[default]
    None,
    /// The file comes in.
    Receiving,
    /// It is read: bytes read so far, of how many.
    Reading(Arc<AtomicU64>, u64),
    /// It can be looked at and taken over.
    Ready(Arc<Streets>),
    /// It was refused, and why.
    Refused(String),
    /// It was taken over.
    Applied,
}

/// Why a file was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum BadUpload {
    /// Another one is under way. (http: 409)
    #[error("another file is being read")]
    Busy,
    /// Larger than [`MOST_BYTES`]. (http: 413)
    #[error("the file is larger than 1 GB")]
    TooLarge,
    /// The connection broke. (http: 400)
    #[error("the file broke off")]
    CutOff,
    /// It cannot be put on the disk. (http: 503)
    #[error("the file cannot be put on the disk")]
    Disk(#[source] anyhow::Error),
}

/// The import of streets of this server.
#[derive(Debug, Clone, Default)]
pub struct StreetImport {
    stage: Arc<Mutex<Stage>>,
    taken: Arc<AtomicBool>,
}

/// Takes a file away again that did not come in whole.
struct Unfinished<'a>(&'a StreetImport, Option<PathBuf>);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.1.take() {
            let mut stage = self.0.stage.lock();
            if matches!(*stage, Stage::Receiving) {
                *stage = Stage::None;
            }
            drop(std::fs::remove_file(file));
        }
    }
}

impl StreetImport {
    /// How far it is.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage.lock().clone()
    }

    /// Something was taken over since the start: it counts after the next one.
    #[must_use]
    pub fn taken(&self) -> bool {
        self.taken.load(Ordering::Relaxed)
    }

    /// What was imported counts after the next start.
    pub fn note_taken(&self) {
        self.taken.store(true, Ordering::Relaxed);
    }

    /// It was taken over.
    pub fn applied(&self) {
        *self.stage.lock() = Stage::Applied;
        self.note_taken();
    }

    /// Forgets a file that was looked at; one that is being read is read to its end.
    pub fn forget(&self) {
        let mut stage = self.stage.lock();
        if !matches!(*stage, Stage::Receiving | Stage::Reading(..)) {
            *stage = Stage::None;
        }
    }

    /// Takes in a file and begins to read it.
    ///
    /// # Errors
    /// [`BadUpload`]; nothing is left of the file.
    pub async fn receive<E>(
        &self,
        folder: &Path,
        body: impl Stream<Item = Result<Bytes, E>> + Unpin,
        areas: Vec<Area>,
        margin_m: f64,
    ) -> Result<(), BadUpload> {
        {
            let mut stage = self.stage.lock();
            if matches!(*stage, Stage::Receiving | Stage::Reading(..)) {
                return Err(BadUpload::Busy);
            }
            *stage = Stage::Receiving;
        }
        let file = folder.join("jalan.osm.part");
        let mut unfinished = Unfinished(self, Some(file.clone()));
        let length = write(&file, body).await?;
        let read = Arc::new(AtomicU64::new(0));
        *self.stage.lock() = Stage::Reading(read.clone(), length);
        unfinished.1 = None;
        let stage = self.stage.clone();
        tokio::task::spawn_blocking(move || {
            let done = read_file(&file, &read, &areas, margin_m);
            drop(std::fs::remove_file(&file));
            *stage.lock() = match done {
                Ok(streets) => Stage::Ready(Arc::new(streets)),
                Err(error) => Stage::Refused(format!("{error:#}")),
            };
        });
        Ok(())
    }
}

async fn write<E>(file: &Path, mut body: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<u64, BadUpload> {
    let disk = |error: std::io::Error| BadUpload::Disk(error.into());
    if let Some(folder) = file.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(disk)?;
    }
    let mut written = tokio::fs::File::create(file).await.map_err(disk)?;
    let mut length = 0;
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_| BadUpload::CutOff)?;
        length += piece.len() as u64;
        if length > MOST_BYTES {
            return Err(BadUpload::TooLarge);
        }
        written.write_all(&piece).await.map_err(disk)?;
    }
    written.flush().await.map_err(disk)?;
    Ok(length)
}

fn read_file(file: &Path, read: &Arc<AtomicU64>, areas: &[Area], margin_m: f64) -> Result<Streets> {
    let input = Counted { inner: File::open(file).context("opening the file")?, read: read.clone() };
    read_streets(input, clip(areas, margin_m).as_ref(), || ())
}

/// Counts what is read, for the progress on the screen.
struct Counted {
    inner: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(into)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

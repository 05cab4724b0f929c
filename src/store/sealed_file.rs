//! A file sealed in chunks, so that a long video is written and read in constant memory.
//!
//! The file is a row of chunks of 65,536 bytes, each sealed by the vault under the file's own name and
//! the chunk's number: a chunk moved to another place or file does not open. All are full but the
//! last. How much of a file there is follows from its length; whether that is all of it, the table
//! `media` knows.

use std::io::SeekFrom;
use std::path::Path;

use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use super::{Store, StoreError};

/// Bytes of a chunk before it is sealed.
pub const CHUNK: usize = 64 * 1024;

/// Bytes that sealing adds to a chunk: key id, nonce, tag.
const OVERHEAD: usize = 1 + 24 + 16;

const SEALED: u64 = (CHUNK + OVERHEAD) as u64;

/// How much a sealed file of this length holds, bytes.
const fn plain_len(sealed: u64) -> u64 {
    let rest = (sealed % SEALED).saturating_sub(OVERHEAD as u64);
    sealed / SEALED * CHUNK as u64 + rest
}

/// How much the sealed file at `path` holds, bytes.
///
/// # Errors
/// There is none, or it cannot be looked at.
pub async fn len(path: &Path) -> std::io::Result<u64> {
    Ok(plain_len(tokio::fs::metadata(path).await?.len()))
}

fn row(name: &str, chunk: u64) -> String {
    format!("{name}/{chunk}")
}

fn io(error: StoreError) -> std::io::Error {
    std::io::Error::other(error)
}

/// A sealed file that is being written, from its beginning or from where it stopped.
pub struct SealedWriter {
    store: Store,
    name: String,
    file: File,
    /// Chunks that are full and written.
    full: u64,
    /// What follows them; at most a chunk.
    tail: Vec<u8>,
    /// The file's cursor stands behind the last full chunk.
    in_place: bool,
}

/// Where a writer stood.
pub struct Mark {
    full: u64,
    tail: Vec<u8>,
}

impl SealedWriter {
    /// Begins a file that must not be there yet. `name` is what its chunks are bound to.
    ///
    /// # Errors
    /// It is there, or the disk does not take it.
    pub async fn create(store: &Store, path: &Path, name: &str) -> std::io::Result<Self> {
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path).await?;
        Ok(Self { store: store.clone(), name: name.to_owned(), file, full: 0, tail: Vec::new(), in_place: true })
    }

    /// Goes on with a file. What a crash left torn at its end is dropped.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub async fn resume(store: &Store, path: &Path, name: &str) -> std::io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).open(path).await?;
        let sealed = file.metadata().await?.len();
        let mut full = sealed / SEALED;
        let mut tail = Vec::new();
        if sealed % SEALED > 0 {
            tail = read_chunk(store, &mut file, name, full).await.unwrap_or_default();
        }
        while tail.is_empty() && full > 0 && read_chunk(store, &mut file, name, full - 1).await.is_err() {
            full -= 1;
        }
        Ok(Self { store: store.clone(), name: name.to_owned(), file, full, tail, in_place: false })
    }

    /// Bytes written so far.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.full * CHUNK as u64 + self.tail.len() as u64
    }

    /// Whether nothing was written yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// The disk does not take them; the file then ends somewhere before them.
    pub async fn write(&mut self, mut bytes: &[u8]) -> std::io::Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at((CHUNK - self.tail.len()).min(bytes.len()));
            self.tail.extend_from_slice(now);
            bytes = later;
            if self.tail.len() == CHUNK {
                self.put_tail().await?;
                self.full += 1;
                self.in_place = true;
                self.tail.clear();
            }
        }
        Ok(())
    }

    async fn put_tail(&mut self) -> std::io::Result<()> {
        if !self.in_place {
            self.file.seek(SeekFrom::Start(self.full * SEALED)).await?;
        }
        let sealed = self.store.vault().seal(&row(&self.name, self.full), &self.tail).map_err(io)?;
        self.in_place = false;
        self.file.write_all(&sealed).await
    }

    /// Brings everything to the disk.
    ///
    /// # Errors
    /// The disk does not take it.
    pub async fn sync(&mut self) -> std::io::Result<()> {
        if !self.tail.is_empty() {
            self.put_tail().await?;
        }
        self.file.flush().await?;
        let rest = if self.tail.is_empty() { 0 } else { (self.tail.len() + OVERHEAD) as u64 };
        self.file.set_len(self.full * SEALED + rest).await?;
        self.file.sync_data().await
    }

    /// Where it stands, to come back to.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { full: self.full, tail: self.tail.clone() }
    }

    /// Forgets what was written since the mark.
    ///
    /// # Errors
    /// The disk does not take it.
    pub async fn back_to(&mut self, mark: Mark) -> std::io::Result<()> {
        (self.full, self.tail, self.in_place) = (mark.full, mark.tail, false);
        self.sync().await
    }
}

async fn read_chunk(store: &Store, file: &mut File, name: &str, chunk: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(chunk * SEALED)).await?;
    let mut sealed = Vec::with_capacity(CHUNK + OVERHEAD);
    file.take(SEALED).read_to_end(&mut sealed).await?;
    store.vault().open(&row(name, chunk), &sealed).map_err(io)
}

/// A sealed file that is being read.
pub struct SealedReader {
    store: Store,
    name: String,
    file: File,
    len: u64,
}

impl SealedReader {
    /// Opens a file.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub async fn open(store: &Store, path: &Path, name: &str) -> std::io::Result<Self> {
        let file = File::open(path).await?;
        let len = plain_len(file.metadata().await?.len());
        Ok(Self { store: store.clone(), name: name.to_owned(), file, len })
    }

    /// Bytes it holds.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether it holds nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes from `from` to the end of the chunk they lie in, at most `most`; none at the end.
    ///
    /// # Errors
    /// It cannot be read, or was changed.
    pub async fn piece(&mut self, from: u64, most: u64) -> std::io::Result<Vec<u8>> {
        if from >= self.len || most == 0 {
            return Ok(Vec::new());
        }
        let mut chunk = read_chunk(&self.store, &mut self.file, &self.name, from / CHUNK as u64).await?;
        let skipped = usize::try_from(from % CHUNK as u64).unwrap_or(CHUNK).min(chunk.len());
        chunk.drain(..skipped);
        chunk.truncate(usize::try_from(most).unwrap_or(CHUNK));
        Ok(chunk)
    }
}

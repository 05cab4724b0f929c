//! The grammar of tus 1.0.0: its headers are read and checked here, its pieces are written.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::error::ApiError;
use super::uploads::TUS;
use crate::model::id::MediaId;
use crate::model::media::MediaProblem;
use crate::runtime::media::{MediaError, MediaVault, Writing};
use crate::store::sealed_file::SealedWriter;

/// The type of a piece.
const PIECE: &str = "application/offset+octet-stream";

/// Characters of all metadata of an upload.
const MOST_METADATA: usize = 4096;

/// A piece that sends nothing for this long has ended.
const SILENCE: Duration = Duration::from_secs(30);

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

fn bad(field: &str, detail: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "malformed", detail).field(field)
}

/// Whether the client speaks our version.
///
/// # Errors
/// 412.
pub fn speaks_tus(headers: &HeaderMap) -> Result<(), ApiError> {
    if text(headers, "tus-resumable") == Some(TUS) {
        return Ok(());
    }
    let why = format!("this server speaks tus {TUS}");
    Err(ApiError::new(StatusCode::PRECONDITION_FAILED, "tus_version", why).field("tus-resumable"))
}

/// Whether the body is a piece of a file.
#[must_use]
pub fn has_piece(headers: &HeaderMap) -> bool {
    text(headers, header::CONTENT_TYPE.as_str()) == Some(PIECE)
}

/// The same, for a request that must have one.
///
/// # Errors
/// 415.
pub fn is_piece(headers: &HeaderMap) -> Result<(), ApiError> {
    if has_piece(headers) {
        return Ok(());
    }
    let why = format!("a piece has the type {PIECE}");
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", why).field("content-type"))
}

/// Where a piece begins.
///
/// # Errors
/// 400.
pub fn offset(headers: &HeaderMap) -> Result<u64, ApiError> {
    let number = text(headers, "upload-offset").and_then(|text| text.parse().ok());
    number.ok_or_else(|| bad("upload-offset", "say where the piece begins"))
}

/// 409: the piece does not begin where the file stands.
#[must_use]
pub fn wrong_offset(stands: u64) -> ApiError {
    let why = format!("the upload stands at {stands}");
    ApiError::new(StatusCode::CONFLICT, "wrong_offset", why).field("upload-offset")
}

/// What is said of a file before it comes.
pub struct Promise {
    /// Its bytes.
    pub length: u64,
    /// Its name.
    pub filename: Option<String>,
    /// Its type.
    pub mime: Option<String>,
    /// Everything that was said, as it was said.
    pub metadata: Option<String>,
}

impl Promise {
    /// Reads the headers of a creation.
    ///
    /// # Errors
    /// 400 no length, or metadata that cannot be read; 413 more than `most` bytes; 422 nothing at all.
    pub fn read(headers: &HeaderMap, most: u64) -> Result<Self, ApiError> {
        if headers.contains_key("upload-defer-length") {
            return Err(bad("upload-defer-length", "the length must be known"));
        }
        let length = text(headers, "upload-length").and_then(|text| text.parse::<u64>().ok());
        let length = length.ok_or_else(|| bad("upload-length", "say how many bytes the file has"))?;
        if length > most {
            let why = format!("at most {most} bytes");
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", why).field("upload-length"));
        }
        if length == 0 {
            return Err(ApiError::invalid("upload-length", MediaProblem::Empty.to_string()));
        }
        let metadata = text(headers, "upload-metadata").filter(|text| !text.is_empty());
        let said = metadata.map_or_else(|| Ok(Vec::new()), read_metadata)?;
        let value =
            |keys: [&str; 2]| said.iter().find(|(key, _)| keys.contains(&key.as_str())).map(|(_, value)| value.clone());
        Ok(Self {
            length,
            filename: value(["filename", "name"]),
            mime: value(["filetype", "type"]),
            metadata: metadata.map(str::to_owned),
        })
    }
}

/// `key base64,key base64,key`
fn read_metadata(metadata: &str) -> Result<Vec<(String, String)>, ApiError> {
    let wrong = || bad("upload-metadata", "expected key base64 pairs, separated by commas");
    if metadata.len() > MOST_METADATA {
        return Err(bad("upload-metadata", "too long"));
    }
    let pair = |pair: &str| {
        let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        let value = STANDARD.decode(value.trim()).map_err(|_| wrong())?;
        let value = String::from_utf8(value).map_err(|_| wrong())?;
        if key.is_empty() { Err(wrong()) } else { Ok((key.to_owned(), value)) }
    };
    metadata.split(',').map(pair).collect()
}

/// What the bytes of a piece must hash to.
enum Checksum {
    Sha1(Sha1, Vec<u8>),
    Sha256(Sha256, Vec<u8>),
}

impl Checksum {
    fn read(headers: &HeaderMap) -> Result<Option<Self>, ApiError> {
        let Some(said) = text(headers, "upload-checksum") else { return Ok(None) };
        let wrong = || bad("upload-checksum", "expected sha1 or sha256 and the hash in base64");
        let (kind, hash) = said.split_once(' ').ok_or_else(wrong)?;
        let hash = STANDARD.decode(hash.trim()).map_err(|_| wrong())?;
        match kind {
            "sha1" => Ok(Some(Self::Sha1(Sha1::new(), hash))),
            "sha256" => Ok(Some(Self::Sha256(Sha256::new(), hash))),
            _ => Err(wrong()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hash, _) => hash.update(bytes),
            Self::Sha256(hash, _) => hash.update(bytes),
        }
    }

    fn fits(&self) -> bool {
        match self {
            Self::Sha1(hash, wanted) => hash.clone().finalize().as_slice() == wanted,
            Self::Sha256(hash, wanted) => hash.clone().finalize().as_slice() == wanted,
        }
    }
}

/// A piece that is about to come.
pub struct Part {
    offset: u64,
    most: u64,
    checksum: Option<Checksum>,
}

impl Part {
    /// Reads the headers of a piece at `offset` of a file of `length` bytes.
    ///
    /// # Errors
    /// 400 a checksum we do not know; 413 it says itself that it is too long.
    pub fn read(headers: &HeaderMap, offset: u64, length: u64) -> Result<Self, ApiError> {
        let most = length.saturating_sub(offset);
        let announced = text(headers, header::CONTENT_LENGTH.as_str()).and_then(|text| text.parse::<u64>().ok());
        if announced.is_some_and(|bytes| bytes > most) {
            return Err(too_long());
        }
        Ok(Self { offset, most, checksum: Checksum::read(headers)? })
    }
}

fn too_long() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "more bytes than were announced")
}

/// Writes a piece and gives the new offset. Runs to its end even when the client goes away, so that
/// what has come is on the disk when the client asks again.
///
/// # Errors
/// 409, 413, 460: nothing of the piece stays; 400 the client went away: what came stays; 503.
pub async fn append(
    vault: &MediaVault,
    id: MediaId,
    part: Part,
    body: Body,
    writing: Writing,
) -> Result<u64, ApiError> {
    let vault = vault.clone();
    let work = tokio::spawn(async move {
        let written = write(&vault, id, part, body).await;
        drop(writing);
        written
    });
    work.await.map_err(|_| ApiError::internal())?
}

/// How a piece ended.
enum Ending {
    Whole,
    CutOff,
    TooLong,
}

async fn write(vault: &MediaVault, id: MediaId, mut part: Part, body: Body) -> Result<u64, ApiError> {
    let mut writer = vault.resume(id).await?;
    if writer.len() != part.offset {
        return Err(wrong_offset(writer.len()));
    }
    let before = writer.mark();
    let ending = pour(&mut writer, &mut part, body).await?;
    let unwanted = match (ending, part.checksum) {
        (Ending::TooLong, _) => Some(too_long()),
        (Ending::Whole, Some(checksum)) if !checksum.fits() => Some(mismatch()),
        // Without its end a checksum says nothing.
        (Ending::CutOff, Some(_)) => Some(cut_off()),
        (Ending::CutOff, None) => {
            writer.sync().await.map_err(MediaError::from)?;
            return Err(cut_off());
        }
        (Ending::Whole, _) => None,
    };
    if let Some(error) = unwanted {
        writer.back_to(before).await.map_err(MediaError::from)?;
        return Err(error);
    }
    writer.sync().await.map_err(MediaError::from)?;
    Ok(writer.len())
}

async fn pour(writer: &mut SealedWriter, part: &mut Part, body: Body) -> Result<Ending, MediaError> {
    let mut stream = body.into_data_stream();
    let mut left = part.most;
    loop {
        match tokio::time::timeout(SILENCE, stream.next()).await {
            Ok(None) => return Ok(Ending::Whole),
            Ok(Some(Ok(bytes))) if bytes.len() as u64 > left => return Ok(Ending::TooLong),
            Ok(Some(Ok(bytes))) => {
                left -= bytes.len() as u64;
                writer.write(&bytes).await?;
                if let Some(checksum) = &mut part.checksum {
                    checksum.update(&bytes);
                }
            }
            Ok(Some(Err(_))) | Err(_) => return Ok(Ending::CutOff),
        }
    }
}

/// 460, of the checksum extension.
fn mismatch() -> ApiError {
    let status = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
    ApiError::new(status, "checksum_mismatch", "the checksum does not fit the piece").field("upload-checksum")
}

fn cut_off() -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "cut_off", "the piece broke off")
}

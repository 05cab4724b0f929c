//! A video of 100 MB over the tus door: what the server holds in memory meanwhile, and how fast it is.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::demo_program::Demo;
use crate::report::Table;
use crate::timer;

/// Bytes of the frames; the boxes around them are a few more.
const FRAMES: usize = 100 * 1000 * 1000;

/// Measures both rows with the program beside this bench.
///
/// # Errors
/// The program does not start, or does not take the file.
pub async fn measure(table: &mut Table) -> Result<()> {
    let (above, secs) = observe(&Demo::start("upload")?).await?;
    table.ours(
        "memory above rest while 100 MB are uploaded",
        above,
        "MB",
        "goal ≤ 16 MB; one piece, sealed and checked",
    );
    #[expect(clippy::cast_precision_loss, reason = "a hundred million")]
    table.ours(
        "upload of 100 MB, tus, loopback, to its MediaId",
        FRAMES as f64 / 1e6 / secs,
        "MB/s",
        "sealed, read back, hashed",
    );
    Ok(())
}

async fn observe(demo: &Demo) -> Result<(f64, f64)> {
    let token = demo.token("patrol").await?;
    // Its start is over: what it holds now is rest.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let rest = memory_mb(demo.id(), "VmRSS:")?;
    std::fs::write(format!("/proc/{}/clear_refs", demo.id()), "5").context("resetting the high-water mark")?;
    let began = timer::now();
    upload(&demo.address, &token).await?;
    let secs = began.elapsed().as_secs_f64();
    Ok((memory_mb(demo.id(), "VmHWM:")? - rest, secs))
}

async fn upload(address: &str, token: &str) -> Result<()> {
    let head =
        [boxed(*b"ftyp", b"isom\0\0\x02\0isommp41", 0), boxed(*b"moov", &[0; 64], 0), boxed(*b"mdat", &[], FRAMES)]
            .concat();
    let length = head.len() + FRAMES;
    let common =
        format!("Host: {address}\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\nConnection: close\r\n");
    let create = format!("POST /v1/uploads HTTP/1.1\r\n{common}Upload-Length: {length}\r\nContent-Length: 0\r\n\r\n");
    let mut socket = TcpStream::connect(address).await?;
    socket.write_all(create.as_bytes()).await?;
    let answer = read_all(&mut socket).await?;
    let path = header(&answer, "location: ").context("no Location")?;
    let piece = format!(
        "PATCH {path} HTTP/1.1\r\n{common}Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {length}\r\n\r\n"
    );
    let mut socket = TcpStream::connect(address).await?;
    socket.write_all(piece.as_bytes()).await?;
    socket.write_all(&head).await?;
    let frames: Vec<u8> = (0..1_000_000_u32).map(|n| u8::try_from(n * 31 % 253).unwrap_or(0)).collect();
    for _ in 0..FRAMES / frames.len() {
        socket.write_all(&frames).await?;
    }
    let answer = read_all(&mut socket).await?;
    if header(&answer, "upload-media-id: ").is_none() {
        bail!("the file was not kept: {}", answer.lines().next().unwrap_or_default());
    }
    Ok(())
}

/// A box whose content goes on for `more` bytes beyond what is given.
fn boxed(kind: [u8; 4], content: &[u8], more: usize) -> Vec<u8> {
    let size = u32::try_from(content.len() + more + 8).unwrap_or(0).to_be_bytes();
    [&size, &kind[..], content].concat()
}

async fn read_all(socket: &mut TcpStream) -> Result<String> {
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn header(answer: &str, name: &str) -> Option<String> {
    answer.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix(name).map(|value| value.trim().to_owned()))
}

fn memory_mb(pid: u32, what: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)).context("no such line")?;
    let kilobytes: f64 = line.split_whitespace().next().context("no figure")?.parse()?;
    Ok(kilobytes / 1024.0)
}

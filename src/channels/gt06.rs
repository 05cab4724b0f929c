//! GT06: the binary protocol of the cheap trackers that sit in most cars. Bytes in, messages and
//! answers out. Pure.
//!
//! A frame is `78 78`, one byte of length, type, body, serial (2), CRC-16/X-25 over length to serial (2),
//! `0D 0A`; `79 79` has a length of two bytes. Layouts after the GT06 protocol document 1.8 and the
//! vectors of Traccar's `Gt06ProtocolDecoderTest`. Times are UTC.

use chrono::NaiveDate;

use super::gps::{KMH_MPS, Said, Tracked};
use crate::model::clock::Timestamp;

/// Longest frame we wait for, bytes; real ones stay below 200.
const LONGEST: usize = 1024;

/// Units of a coordinate: 1/30,000 of a minute.
const PER_DEGREE: f64 = 30_000.0 * 60.0;

/// What a frame says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said06 {
    /// Its IMEI, 15 digits: always the first word of a connection.
    Login(String),
    /// A position; the device is the one that logged in.
    Fix(Tracked),
    /// It lives.
    Heartbeat,
    /// Something we have no use for.
    Other,
}

/// One frame, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame06 {
    /// What it says.
    pub said: Said06,
    /// What the device waits for; it breaks off and tries again without it.
    pub answer: Option<Vec<u8>>,
}

/// Takes the first whole frame off the front of what has come in: `Ok(None)` while it is not whole.
///
/// # Errors
/// What came is not of this protocol, or its checksum is wrong: the connection is no use any more.
pub fn next(buffer: &mut Vec<u8>) -> Result<Option<Frame06>, BadFrame> {
    let (head, length) = match **buffer {
        [0x78, 0x78, length, ..] => (3, usize::from(length)),
        [0x79, 0x79, high, low, ..] => (4, usize::from(u16::from_be_bytes([high, low]))),
        [] | [0x78 | 0x79] | [0x78, 0x78] | [0x79, 0x79] | [0x79, 0x79, _] => return Ok(None),
        _ => return Err(BadFrame::Start),
    };
    // Type, serial and checksum are the least there is.
    if !(5..=LONGEST).contains(&length) {
        return Err(BadFrame::Length);
    }
    let whole = head + length + 2;
    if buffer.len() < whole {
        return Ok(None);
    }
    let frame: Vec<u8> = buffer.drain(..whole).collect();
    let (checked, tail) = frame[2..].split_at(whole - 6);
    if tail[2..] != [0x0D, 0x0A] {
        return Err(BadFrame::End);
    }
    if crc(checked) != u16::from_be_bytes([tail[0], tail[1]]) {
        return Err(BadFrame::Checksum);
    }
    let inside = &checked[head - 2..];
    let (body, serial) = inside.split_at(inside.len() - 2);
    Ok(Some(read(body[0], &body[1..], [serial[0], serial[1]])))
}

/// Why bytes are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// It does not begin with `78 78` or `79 79`.
    #[error("not a GT06 frame")]
    Start,
    /// No frame is that short or long.
    #[error("impossible length of a GT06 frame")]
    Length,
    /// It does not end with `0D 0A`.
    #[error("a GT06 frame without its end")]
    End,
    /// The checksum is wrong.
    #[error("wrong checksum of a GT06 frame")]
    Checksum,
}

fn read(kind: u8, body: &[u8], serial: [u8; 2]) -> Frame06 {
    let answered = |said| Frame06 { said, answer: Some(answer(kind, serial)) };
    match kind {
        0x01 => match imei(body) {
            Some(imei) => answered(Said06::Login(imei)),
            None => Frame06 { said: Said06::Other, answer: None },
        },
        0x13 | 0x23 => answered(Said06::Heartbeat),
        // Positions; alarms begin with one and want an answer.
        0x10 | 0x12 | 0x22 | 0xA0 => Frame06 { said: position(body), answer: None },
        0x16 | 0x26 | 0x27 => answered(position(body)),
        _ => Frame06 { said: Said06::Other, answer: None },
    }
}

/// Eight bytes of binary-coded decimals, the first digit being 0.
fn imei(body: &[u8]) -> Option<String> {
    let digits = hex::encode(body.get(..8)?);
    let imei = digits.strip_prefix('0')?;
    imei.bytes().all(|digit| digit.is_ascii_digit()).then(|| imei.to_owned())
}

/// Date (6), satellites (1), latitude (4), longitude (4), speed km/h (1), course and flags (2).
fn position(body: &[u8]) -> Said06 {
    let Some(&[year, month, day, hour, minute, second, _, ref rest @ ..]) = body.get(..18) else {
        return Said06::Other;
    };
    let at = NaiveDate::from_ymd_opt(2000 + i32::from(year), u32::from(month), u32::from(day))
        .and_then(|date| date.and_hms_opt(u32::from(hour), u32::from(minute), u32::from(second)))
        .map(|at| Timestamp::from_secs(at.and_utc().timestamp()));
    let Some(at) = at else { return Said06::Other };
    let degrees =
        |at: usize| f64::from(u32::from_be_bytes([rest[at], rest[at + 1], rest[at + 2], rest[at + 3]])) / PER_DEGREE;
    let flags = u16::from_be_bytes([rest[9], rest[10]]);
    let north = if flags & 0x0400 == 0 { -1.0 } else { 1.0 };
    let east = if flags & 0x0800 == 0 { 1.0 } else { -1.0 };
    let said = Said {
        lat: degrees(0) * north,
        lon: degrees(4) * east,
        at,
        accuracy_m: None,
        speed_mps: Some(f64::from(rest[8]) * KMH_MPS),
        heading_deg: Some(f64::from(flags & 0x03FF)),
        mocked: false,
        fixed: flags & 0x1000 != 0,
    };
    said.tracked(None).map_or(Said06::Other, Said06::Fix)
}

fn answer(kind: u8, serial: [u8; 2]) -> Vec<u8> {
    let checked = [0x05, kind, serial[0], serial[1]];
    let [high, low] = crc(&checked).to_be_bytes();
    let mut frame = vec![0x78, 0x78];
    frame.extend(checked);
    frame.extend([high, low, 0x0D, 0x0A]);
    frame
}

/// CRC-16/X-25 (ITU-T X.25: reflected 0x1021, start and final XOR 0xFFFF).
fn crc(bytes: &[u8]) -> u16 {
    let mut crc = 0xFFFF_u16;
    for &byte in bytes {
        crc ^= u16::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0x8408 } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
#[path = "gt06_tests.rs"]
mod tests;

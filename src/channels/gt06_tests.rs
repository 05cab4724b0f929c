//! GT06: vectors of the protocol document, frames in pieces, frames that are none.

use proptest::prelude::*;

use super::*;

/// Login of the protocol document, and what it is to be answered.
const LOGIN: &str = "78780d01012345678901234500018cdd0d0a";
const LOGIN_ANSWER: &str = "787805010001d9dc0d0a";

/// Position of the protocol document: 29 August 2011, 17:46:16, in China.
const POSITION: &str = "78781f120b081d112e10cf027ac7eb0c46584900148f01cc00287d001fb8000380810d0a";

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

/// A frame of `kind` around `body`, as a device sends it.
fn frame(kind: u8, body: &[u8], serial: u16) -> Vec<u8> {
    let mut checked = vec![u8::try_from(body.len() + 5).unwrap(), kind];
    checked.extend(body);
    checked.extend(serial.to_be_bytes());
    let crc = crc(&checked).to_be_bytes();
    [&[0x78, 0x78], &checked[..], &crc, &[0x0D, 0x0A]].concat()
}

/// A position in Medan with these flags and this course.
fn medan(flags: u16) -> Vec<u8> {
    let mut body = vec![26, 11, 22, 9, 30, 15, 0xC9];
    body.extend(6_471_360_u32.to_be_bytes()); // 3.5952 degrees
    body.extend(177_609_960_u32.to_be_bytes()); // 98.6722 degrees
    body.push(36);
    body.extend(flags.to_be_bytes());
    body
}

#[test]
fn the_login_of_the_document_is_read_and_answered_as_it_says() {
    let frame = next(&mut bytes(LOGIN)).unwrap().unwrap();
    assert_eq!(frame.said, Said06::Login("123456789012345".to_owned()));
    assert_eq!(frame.answer, Some(bytes(LOGIN_ANSWER)));
}

#[test]
fn the_position_of_the_document_is_read_and_is_not_in_indonesia() {
    let Said06::Fix(tracked) = next(&mut bytes(POSITION)).unwrap().unwrap().said else { panic!("a position") };
    assert_eq!(tracked.unusable, Some(crate::channels::gps::Unusable::OutsideIndonesia));
}

#[test]
fn a_position_in_medan() {
    let sent = frame(0x22, &medan(0x1400 | 0x010E), 7);
    let read = next(&mut sent.clone()).unwrap().unwrap();
    let Said06::Fix(tracked) = read.said else { panic!("a position") };
    let fix = tracked.fix.unwrap();
    assert!((fix.lat - 3.5952).abs() < 1e-6 && (fix.lng - 98.6722).abs() < 1e-6, "{fix:?}");
    assert_eq!(fix.at, "2026-11-22T09:30:15Z".parse().unwrap());
    assert!((fix.speed_mps.unwrap() - 10.0).abs() < 1e-5);
    assert_eq!((fix.heading_deg, read.answer), (Some(270.0), None));
    let Said06::Fix(without) = next(&mut frame(0x12, &medan(0x0400), 8)).unwrap().unwrap().said else { panic!() };
    assert_eq!(without.unusable, Some(crate::channels::gps::Unusable::NoFix));
}

#[test]
fn frames_are_taken_whole_however_they_come() {
    let stream = [bytes(LOGIN), frame(0x13, &[0x44, 6, 4, 0, 0], 2), frame(0x22, &medan(0x1400), 3)].concat();
    let mut buffer = Vec::new();
    let mut said = Vec::new();
    for byte in stream {
        buffer.push(byte);
        said.extend(next(&mut buffer).unwrap().map(|frame| frame.said));
    }
    assert!(matches!(said[..], [Said06::Login(_), Said06::Heartbeat, Said06::Fix(_)]), "{said:?}");
    assert!(buffer.is_empty());
}

#[test]
fn what_is_no_frame_ends_the_connection() {
    let flipped = |at: usize| {
        let mut bytes = bytes(LOGIN);
        bytes[at] ^= 0x40;
        next(&mut bytes).unwrap_err()
    };
    assert_eq!(flipped(0), BadFrame::Start);
    assert_eq!(flipped(9), BadFrame::Checksum);
    assert_eq!(flipped(16), BadFrame::End);
    assert_eq!(next(&mut vec![0x78, 0x78, 2, 0]).unwrap_err(), BadFrame::Length);
    assert_eq!(next(&mut vec![0x79, 0x79, 0xFF, 0xFF]).unwrap_err(), BadFrame::Length);
    assert_eq!(next(&mut b"GET / HTTP/1.1".to_vec()).unwrap_err(), BadFrame::Start);
}

proptest! {
    #[test]
    fn no_bytes_break_it_and_it_always_ends(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), whole in any::<bool>()) {
        let mut buffer = if whole { frame(0x22, &bytes, 1) } else { std::mem::take(&mut bytes) };
        while let Ok(Some(_)) = next(&mut buffer) {}
    }
}

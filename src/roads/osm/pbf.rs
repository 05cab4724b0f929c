//! `.osm.pbf`: blocks of protocol buffers, deflated. Read block by block; no block is larger than the
//! format allows, whatever it says of itself (<https://wiki.openstreetmap.org/wiki/PBF_Format>).

use std::io::{ErrorKind, Read};

use super::OsmError;
use super::element::{Member, MemberKind, Sink, Tags};
use crate::model::place::LngLat;

/// Limits of the format.
const MAX_HEADER_BYTES: usize = 64 * 1024;
const MAX_BLOB_BYTES: usize = 32 * 1024 * 1024;

/// Features a file may require of its reader.
const KNOWN_FEATURES: [&str; 2] = ["OsmSchema-V0.6", "DenseNodes"];

/// Whether the first bytes are a block header of the first block.
pub(super) fn looks_like_pbf(head: &[u8]) -> bool {
    // length, then field 1 (the type) of 9 letters: "OSMHeader"
    head.len() >= 15 && head[..2] == [0, 0] && head[4..6] == [0x0a, 9] && &head[6..15] == b"OSMHeader"
}

/// Reads all blocks.
pub(super) fn read(mut input: impl Read, sink: &mut impl Sink) -> Result<(), OsmError> {
    let mut number = 0_usize;
    let (mut packed, mut plain) = (Vec::new(), Vec::new());
    while let Some(size) = next_length(&mut input)? {
        let place = |what: &str| format!("block {number}, {what}");
        if size > MAX_HEADER_BYTES {
            return Err(OsmError::Damaged { what: place(&format!("its header says {size} bytes")) });
        }
        fill(&mut input, size, &mut packed).map_err(|error| cut_short(error, place("in its header")))?;
        let (kind, size) = blob_header(&packed).map_err(|what| damaged(number, what))?;
        if size > MAX_BLOB_BYTES {
            return Err(OsmError::Damaged { what: place(&format!("it says {size} bytes")) });
        }
        fill(&mut input, size, &mut packed).map_err(|error| cut_short(error, place("in its data")))?;
        inflate(&packed, &mut plain).map_err(|problem| problem.into_error(number))?;
        match kind.as_str() {
            "OSMHeader" => features(&plain).map_err(|problem| problem.into_error(number))?,
            "OSMData" if number > 0 => block(&plain, sink).map_err(|problem| problem.into_error(number))?,
            "OSMData" => return Err(damaged(number, "data before the header")),
            // Kinds to come are to be skipped, says the format.
            _ => {}
        }
        number += 1;
    }
    Ok(())
}

fn damaged(block: usize, what: &str) -> OsmError {
    OsmError::Damaged { what: format!("block {block}, {what}") }
}

fn cut_short(error: std::io::Error, what: String) -> OsmError {
    if error.kind() == ErrorKind::UnexpectedEof { OsmError::Truncated { what } } else { OsmError::Read(error) }
}

/// The length before a block header; none at the end of the file.
fn next_length(input: &mut impl Read) -> Result<Option<usize>, OsmError> {
    let mut length = [0; 4];
    let mut have = 0;
    while have < 4 {
        match input.read(&mut length[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(OsmError::Truncated { what: "in the length of a block".to_owned() }),
            Ok(more) => have += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(OsmError::Read(error)),
        }
    }
    Ok(Some(u32::from_be_bytes(length) as usize))
}

/// Reads `size` bytes, taking memory only as they come.
fn fill(input: &mut impl Read, size: usize, into: &mut Vec<u8>) -> std::io::Result<()> {
    into.clear();
    let have = input.take(size as u64).read_to_end(into)?;
    if have < size { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// What is wrong with a block.
enum Problem {
    Damaged(&'static str),
    Unsupported(String),
    Sink(OsmError),
}

impl Problem {
    fn into_error(self, block: usize) -> OsmError {
        match self {
            Self::Damaged(what) => damaged(block, what),
            Self::Unsupported(what) => OsmError::Unsupported(what),
            Self::Sink(error) => error,
        }
    }
}

impl From<&'static str> for Problem {
    fn from(what: &'static str) -> Self {
        Self::Damaged(what)
    }
}

fn blob_header(bytes: &[u8]) -> Result<(String, usize), &'static str> {
    let (mut kind, mut size) = (None, None);
    for field in Fields(bytes) {
        match field? {
            (1, Value::Bytes(bytes)) => kind = Some(text(bytes)?.to_owned()),
            (3, Value::Number(number)) => size = usize::try_from(number).ok(),
            _ => {}
        }
    }
    Ok((kind.ok_or("a block without a kind")?, size.ok_or("a block without a size")?))
}

/// The content of a blob.
fn inflate(bytes: &[u8], into: &mut Vec<u8>) -> Result<(), Problem> {
    into.clear();
    let (mut raw, mut size, mut zlib) = (None, None, None);
    for field in Fields(bytes) {
        match field? {
            (1, Value::Bytes(bytes)) => raw = Some(bytes),
            (2, Value::Number(number)) => size = usize::try_from(number).ok(),
            (3, Value::Bytes(bytes)) => zlib = Some(bytes),
            (4, Value::Bytes(_)) => return Err(Problem::Unsupported("LZMA".to_owned())),
            (6, Value::Bytes(_)) => return Err(Problem::Unsupported("LZ4".to_owned())),
            (7, Value::Bytes(_)) => return Err(Problem::Unsupported("Zstandard".to_owned())),
            _ => {}
        }
    }
    if let Some(raw) = raw {
        into.extend_from_slice(raw);
        return Ok(());
    }
    let (zlib, size) = (zlib.ok_or("a blob without data")?, size.ok_or("a blob without its size")?);
    if size > MAX_BLOB_BYTES {
        return Err("a blob that unpacks to more than 32 MiB".into());
    }
    // One byte more than it says would be too much.
    let unpacked = flate2::bufread::ZlibDecoder::new(zlib).take(size as u64 + 1).read_to_end(into);
    unpacked.map_err(|_| "packed data that cannot be unpacked")?;
    if into.len() == size { Ok(()) } else { Err("packed data of another size than it says".into()) }
}

fn features(bytes: &[u8]) -> Result<(), Problem> {
    for field in Fields(bytes) {
        if let (4, Value::Bytes(bytes)) = field? {
            let feature = text(bytes)?;
            if !KNOWN_FEATURES.contains(&feature) {
                return Err(Problem::Unsupported(feature.to_owned()));
            }
        }
    }
    Ok(())
}

/// Strings, and how coordinates are scaled, in one block.
struct Block<'a> {
    strings: Vec<&'a str>,
    granularity: i64,
    offset: [i64; 2],
}

impl<'a> Block<'a> {
    fn string(&self, index: u64) -> Result<&'a str, &'static str> {
        let found = usize::try_from(index).ok().and_then(|index| self.strings.get(index));
        found.copied().ok_or("a string that is not in its table")
    }

    /// Degrees from a raw pair, `lat` first as in the file; not a number when it does not fit.
    fn point(&self, lat: i64, lng: i64) -> LngLat {
        let degrees = |raw: i64, offset: i64| {
            let nano = self.granularity.checked_mul(raw).and_then(|scaled| scaled.checked_add(offset));
            #[expect(clippy::cast_precision_loss, reason = "a place on earth is below 2^38 nanodegrees")]
            nano.map_or(f64::NAN, |nano| nano as f64 * 1e-9)
        };
        LngLat::new(degrees(lng, self.offset[1]), degrees(lat, self.offset[0]))
    }

    fn tags(&self, keys: &[u8], values: &[u8], into: &mut Vec<(&'a str, &'a str)>) -> Result<(), &'static str> {
        into.clear();
        let mut values = Numbers(values);
        for key in Numbers(keys) {
            let value = values.next().ok_or("a key without a value")??;
            into.push((self.string(key?)?, self.string(value)?));
        }
        Ok(())
    }
}

fn block(bytes: &[u8], sink: &mut impl Sink) -> Result<(), Problem> {
    let mut block = Block { strings: Vec::new(), granularity: 100, offset: [0, 0] };
    let mut groups = Vec::new();
    for field in Fields(bytes) {
        match field? {
            (1, Value::Bytes(table)) => {
                for string in Fields(table) {
                    if let (1, Value::Bytes(bytes)) = string? {
                        block.strings.push(text(bytes)?);
                    }
                }
            }
            (2, Value::Bytes(group)) => groups.push(group),
            (17, Value::Number(number)) => block.granularity = number.cast_signed(),
            (19, Value::Number(number)) => block.offset[0] = number.cast_signed(),
            (20, Value::Number(number)) => block.offset[1] = number.cast_signed(),
            _ => {}
        }
    }
    for group in groups {
        for field in Fields(group) {
            match field? {
                (1, Value::Bytes(bytes)) => node(&block, bytes, sink)?,
                (2, Value::Bytes(bytes)) => dense(&block, bytes, sink)?,
                (3, Value::Bytes(bytes)) => way(&block, bytes, sink)?,
                (4, Value::Bytes(bytes)) => relation(&block, bytes, sink)?,
                _ => {}
            }
        }
    }
    Ok(())
}

fn node(block: &Block<'_>, bytes: &[u8], sink: &mut impl Sink) -> Result<(), Problem> {
    let (mut id, mut lat, mut lng, mut keys, mut values) = (0, 0, 0, &[][..], &[][..]);
    for field in Fields(bytes) {
        match field? {
            (1, Value::Number(number)) => id = signed(number),
            (2, Value::Bytes(bytes)) => keys = bytes,
            (3, Value::Bytes(bytes)) => values = bytes,
            (8, Value::Number(number)) => lat = signed(number),
            (9, Value::Number(number)) => lng = signed(number),
            _ => {}
        }
    }
    let mut tags = Vec::new();
    block.tags(keys, values, &mut tags)?;
    sink.node(id, block.point(lat, lng), Tags(&tags)).map_err(Problem::Sink)
}

/// Points as differences, their tags in one row with a zero after each.
fn dense(block: &Block<'_>, bytes: &[u8], sink: &mut impl Sink) -> Result<(), Problem> {
    let (mut ids, mut lats, mut lngs, mut texts) = (&[][..], &[][..], &[][..], &[][..]);
    for field in Fields(bytes) {
        match field? {
            (1, Value::Bytes(bytes)) => ids = bytes,
            (8, Value::Bytes(bytes)) => lats = bytes,
            (9, Value::Bytes(bytes)) => lngs = bytes,
            (10, Value::Bytes(bytes)) => texts = bytes,
            _ => {}
        }
    }
    let (mut id, mut lat, mut lng) = (0_i64, 0_i64, 0_i64);
    let (mut lats, mut lngs, mut texts) = (Numbers(lats), Numbers(lngs), Numbers(texts));
    let mut tags = Vec::new();
    for step in Numbers(ids) {
        id = id.wrapping_add(signed(step?));
        lat = lat.wrapping_add(signed(lats.next().ok_or("points without latitudes")??));
        lng = lng.wrapping_add(signed(lngs.next().ok_or("points without longitudes")??));
        tags.clear();
        while let Some(key) = texts.next().transpose()?.filter(|key| *key != 0) {
            let value = texts.next().ok_or("a key without a value")??;
            tags.push((block.string(key)?, block.string(value)?));
        }
        sink.node(id, block.point(lat, lng), Tags(&tags)).map_err(Problem::Sink)?;
    }
    Ok(())
}

fn way(block: &Block<'_>, bytes: &[u8], sink: &mut impl Sink) -> Result<(), Problem> {
    let (mut id, mut keys, mut values, mut refs) = (0, &[][..], &[][..], &[][..]);
    for field in Fields(bytes) {
        match field? {
            (1, Value::Number(number)) => id = number.cast_signed(),
            (2, Value::Bytes(bytes)) => keys = bytes,
            (3, Value::Bytes(bytes)) => values = bytes,
            (8, Value::Bytes(bytes)) => refs = bytes,
            _ => {}
        }
    }
    let mut tags = Vec::new();
    block.tags(keys, values, &mut tags)?;
    let (mut nodes, mut node) = (Vec::new(), 0_i64);
    for step in Numbers(refs) {
        node = node.wrapping_add(signed(step?));
        nodes.push(node);
    }
    sink.way(id, &nodes, Tags(&tags)).map_err(Problem::Sink)
}

fn relation(block: &Block<'_>, bytes: &[u8], sink: &mut impl Sink) -> Result<(), Problem> {
    let (mut id, mut keys, mut values) = (0, &[][..], &[][..]);
    let (mut roles, mut ids, mut kinds) = (&[][..], &[][..], &[][..]);
    for field in Fields(bytes) {
        match field? {
            (1, Value::Number(number)) => id = number.cast_signed(),
            (2, Value::Bytes(bytes)) => keys = bytes,
            (3, Value::Bytes(bytes)) => values = bytes,
            (8, Value::Bytes(bytes)) => roles = bytes,
            (9, Value::Bytes(bytes)) => ids = bytes,
            (10, Value::Bytes(bytes)) => kinds = bytes,
            _ => {}
        }
    }
    let mut tags = Vec::new();
    block.tags(keys, values, &mut tags)?;
    let (mut members, mut member) = (Vec::new(), 0_i64);
    let (mut roles, mut kinds) = (Numbers(roles), Numbers(kinds));
    for step in Numbers(ids) {
        member = member.wrapping_add(signed(step?));
        let role = block.string(roles.next().ok_or("members without roles")??)?;
        let kind = match kinds.next().ok_or("members without kinds")?? {
            0 => MemberKind::Node,
            1 => MemberKind::Way,
            2 => MemberKind::Relation,
            _ => return Err("a member of an unknown kind".into()),
        };
        members.push(Member { kind, id: member, role });
    }
    sink.relation(id, &members, Tags(&tags)).map_err(Problem::Sink)
}

/// The value of a field of a message.
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Of a fixed width: none of ours.
    Other,
}

/// The fields of a message, number and value.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Result<(u64, Value<'a>), &'static str> {
        let key = varint(&mut self.0)?;
        let value = match key & 7 {
            0 => Value::Number(varint(&mut self.0)?),
            1 => self.skip(8)?,
            2 => {
                let length = usize::try_from(varint(&mut self.0)?).map_err(|_| "a field longer than its message")?;
                let (bytes, rest) = self.0.split_at_checked(length).ok_or("a field longer than its message")?;
                self.0 = rest;
                Value::Bytes(bytes)
            }
            5 => self.skip(4)?,
            _ => return Err("a field of an unknown kind"),
        };
        Ok((key >> 3, value))
    }

    fn skip(&mut self, count: usize) -> Result<Value<'a>, &'static str> {
        self.0 = self.0.get(count..).ok_or("a field longer than its message")?;
        Ok(Value::Other)
    }
}

/// Numbers one after another.
struct Numbers<'a>(&'a [u8]);

impl Iterator for Numbers<'_> {
    type Item = Result<u64, &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let number = varint(&mut self.0);
        if number.is_err() {
            self.0 = &[];
        }
        Some(number)
    }
}

fn varint(bytes: &mut &[u8]) -> Result<u64, &'static str> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or("a number that does not end")?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err("a number of more than 64 bits")
}

/// Zigzag: 0, −1, 1, −2, …
fn signed(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

fn text(bytes: &[u8]) -> Result<&str, &'static str> {
    std::str::from_utf8(bytes).map_err(|_| "text that is not UTF-8")
}

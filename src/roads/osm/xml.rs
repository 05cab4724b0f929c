//! `.osm`: the XML form, plain or gzipped. No element may be larger than [`MAX_ELEMENT`].

use std::io::{BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::OsmError;
use super::element::{Member, MemberKind, Sink, Tags};
use crate::model::place::LngLat;

/// Bytes between one tag and the next, or inside one.
const MAX_ELEMENT: usize = 1 << 20;

/// Points of one way, members of one relation, tags of one element.
const MAX_CHILDREN: usize = 200_000;

/// Passes on a bounded number of bytes, then fails: a tag that never ends takes no memory.
struct Bounded<R> {
    input: R,
    left: usize,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let have = self.fill_buf()?;
        let count = have.len().min(into.len());
        into[..count].copy_from_slice(&have[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.left == 0 {
            return Err(std::io::Error::other("an element larger than 1 MiB"));
        }
        let have = self.input.fill_buf()?;
        Ok(&have[..have.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.input.consume(count);
    }
}

/// The element under way.
#[derive(Default)]
struct Open {
    kind: Option<Kind>,
    id: i64,
    at: Option<LngLat>,
    tags: Vec<(String, String)>,
    nodes: Vec<i64>,
    members: Vec<(MemberKind, i64, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Node,
    Way,
    Relation,
}

/// Reads the whole document.
pub(super) fn read(input: impl BufRead, sink: &mut impl Sink) -> Result<(), OsmError> {
    let mut reader = Reader::from_reader(Bounded { input, left: MAX_ELEMENT });
    let (mut buffer, mut open, mut root, mut closed) = (Vec::new(), Open::default(), false, false);
    loop {
        buffer.clear();
        reader.get_mut().left = MAX_ELEMENT;
        let event = reader.read_event_into(&mut buffer);
        let at = reader.buffer_position();
        match event.map_err(|error| broken(&error, at))? {
            Event::Start(tag) if !root => root = begins_osm(&tag)?,
            Event::Empty(tag) if !root => {
                root = begins_osm(&tag)?;
                closed = true;
            }
            Event::Start(tag) => begin(&tag, &mut open, at)?,
            Event::Empty(tag) => {
                begin(&tag, &mut open, at)?;
                if kind_of(tag.name().as_ref()).is_some() {
                    end(&mut open, sink)?;
                }
            }
            Event::End(tag) if kind_of(tag.name().as_ref()).is_some() => end(&mut open, sink)?,
            Event::End(tag) => closed |= tag.name().as_ref() == b"osm",
            Event::Eof if root && closed => return Ok(()),
            Event::Eof if root => return Err(OsmError::Truncated { what: format!("</osm> is missing at byte {at}") }),
            Event::Eof => return Err(OsmError::NotOsm { found: "there is no element in it".to_owned() }),
            _ => {}
        }
    }
}

fn begins_osm(tag: &BytesStart<'_>) -> Result<bool, OsmError> {
    if tag.name().as_ref() == b"osm" {
        return Ok(true);
    }
    let name: String = String::from_utf8_lossy(tag.name().as_ref()).chars().take(40).collect();
    Err(OsmError::NotOsm { found: format!("its first element is <{name}>, not <osm>") })
}

fn broken(error: &quick_xml::Error, at: u64) -> OsmError {
    match error {
        quick_xml::Error::Io(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            OsmError::Truncated { what: format!("the packed data end at byte {at} of the document") }
        }
        other => OsmError::Damaged { what: format!("byte {at} of the document: {other}") },
    }
}

fn kind_of(name: &[u8]) -> Option<Kind> {
    match name {
        b"node" => Some(Kind::Node),
        b"way" => Some(Kind::Way),
        b"relation" => Some(Kind::Relation),
        _ => None,
    }
}

fn begin(tag: &BytesStart<'_>, open: &mut Open, at: u64) -> Result<(), OsmError> {
    let damaged = |what: &str| OsmError::Damaged { what: format!("byte {at} of the document: {what}") };
    if let Some(kind) = kind_of(tag.name().as_ref()) {
        let id = number(tag, "id")?.ok_or_else(|| damaged("an element without an id"))?;
        let point = match (attribute(tag, "lon")?, attribute(tag, "lat")?) {
            (Some(lng), Some(lat)) => {
                Some(LngLat::new(lng.parse().unwrap_or(f64::NAN), lat.parse().unwrap_or(f64::NAN)))
            }
            _ => None,
        };
        *open = Open { kind: Some(kind), id, at: point, ..Open::default() };
        return Ok(());
    }
    if open.tags.len().max(open.nodes.len()).max(open.members.len()) >= MAX_CHILDREN {
        return Err(damaged(&format!("element {} has more than {MAX_CHILDREN} parts", open.id)));
    }
    match tag.name().as_ref() {
        b"tag" => {
            if let (Some(key), Some(value)) = (attribute(tag, "k")?, attribute(tag, "v")?) {
                open.tags.push((key, value));
            }
        }
        b"nd" => open.nodes.extend(number(tag, "ref")?),
        b"member" => {
            let kind = match attribute(tag, "type")?.as_deref() {
                Some("node") => MemberKind::Node,
                Some("way") => MemberKind::Way,
                _ => MemberKind::Relation,
            };
            let id = number(tag, "ref")?.ok_or_else(|| damaged("a member without an id"))?;
            open.members.push((kind, id, attribute(tag, "role")?.unwrap_or_default()));
        }
        _ => {}
    }
    Ok(())
}

fn end(open: &mut Open, sink: &mut impl Sink) -> Result<(), OsmError> {
    let Open { kind: Some(kind), id, at, tags, nodes, members } = std::mem::take(open) else { return Ok(()) };
    let tags: Vec<(&str, &str)> = tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    match kind {
        Kind::Node => sink.node(id, at.unwrap_or(LngLat::new(f64::NAN, f64::NAN)), Tags(&tags)),
        Kind::Way => sink.way(id, &nodes, Tags(&tags)),
        Kind::Relation => {
            let members: Vec<Member<'_>> =
                members.iter().map(|(kind, id, role)| Member { kind: *kind, id: *id, role }).collect();
            sink.relation(id, &members, Tags(&tags))
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, OsmError> {
    let damaged = |what: String| OsmError::Damaged { what };
    let found = tag.try_get_attribute(name).map_err(|error| damaged(format!("an attribute: {error}")))?;
    let text = |found: quick_xml::events::attributes::Attribute<'_>| {
        let raw = std::str::from_utf8(&found.value).map_err(|_| damaged("text that is not UTF-8".to_owned()))?;
        let plain = quick_xml::escape::unescape(raw).map_err(|error| damaged(format!("an attribute: {error}")))?;
        Ok(plain.into_owned())
    };
    found.map(text).transpose()
}

fn number(tag: &BytesStart<'_>, name: &str) -> Result<Option<i64>, OsmError> {
    let Some(text) = attribute(tag, name)? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| OsmError::Damaged { what: format!("{text:?} is no id") })
}

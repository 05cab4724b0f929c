//! Lenient reading of JSON from outside: an object is a map of unread values, each read alone, so
//! that one broken value never costs its neighbours.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use serde_json::value::RawValue;

/// Deepest nesting we read; real bodies stay below 15.
const MAX_DEPTH: usize = 100;

/// An object whose values are not read yet. Of equal keys the last counts.
pub(super) struct Node<'a>(HashMap<String, &'a RawValue>);

impl<'a> Node<'a> {
    /// Reads the outer braces of `json`; `None` when it is not an object.
    pub(super) fn read(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    /// The value under `key` as it was written.
    pub(super) fn raw(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).map(|value| value.get()).filter(|&json| json != "null")
    }

    /// The object under `key`.
    pub(super) fn node(&self, key: &str) -> Option<Self> {
        Self::read(self.raw(key)?)
    }

    /// The elements of the array under `key`; empty when there is none.
    pub(super) fn list(&self, key: &str) -> Vec<&'a str> {
        let list: Option<Vec<&'a RawValue>> = self.raw(key).and_then(|json| serde_json::from_str(json).ok());
        list.unwrap_or_default().into_iter().map(RawValue::get).collect()
    }

    /// The string under `key`, unchanged; half a surrogate pair becomes U+FFFD.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        serde_json::from_str::<Lossy>(self.raw(key)?).ok().map(|lossy| lossy.0)
    }

    /// The string under `key`, when it is not empty.
    pub(super) fn word(&self, key: &str) -> Option<String> {
        self.text(key).filter(|text| !text.is_empty())
    }

    /// The whole number under `key`, written as a number or as a string.
    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        self.raw(key)?.trim_matches('"').parse().ok()
    }

    /// Whether the value under `key` is `true`.
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.raw(key) == Some("true")
    }
}

/// A JSON string that may hold half a surrogate pair (a message cut inside an emoji).
struct Lossy(String);

impl<'de> Deserialize<'de> for Lossy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Lossy;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Lossy, E> {
                Ok(Lossy(text.to_owned()))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Lossy, E> {
                Ok(Lossy(String::from_utf8_lossy(bytes).into_owned()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// Whether `json` nests deeper than we are willing to read.
pub(super) fn too_deep(json: &str) -> bool {
    let mut depth = 0_usize;
    outside_strings(json.as_bytes(), |_, byte| {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth <= MAX_DEPTH
    })
}

/// The same text with `NaN` and `Infinity` outside strings turned into `null`: some senders write
/// them although JSON has no such words, and the rest of their body is good.
pub(super) fn without_nan(json: &str) -> Cow<'_, str> {
    let mut holes = Vec::new();
    let bytes = json.as_bytes();
    outside_strings(bytes, |at, byte| {
        let word = match byte {
            b'N' => "NaN",
            b'I' => "Infinity",
            _ => return true,
        };
        if bytes.get(at..at + word.len()) == Some(word.as_bytes()) {
            let sign = usize::from(at > 0 && bytes.get(at - 1) == Some(&b'-'));
            holes.push(at - sign..at + word.len());
        }
        true
    });
    if holes.is_empty() {
        return Cow::Borrowed(json);
    }
    let mut mended = json.to_owned();
    for hole in holes.into_iter().rev() {
        mended.replace_range(hole, "null");
    }
    Cow::Owned(mended)
}

/// Calls `visit` with each byte outside strings until it says `false`; whether it said so.
fn outside_strings(json: &[u8], mut visit: impl FnMut(usize, u8) -> bool) -> bool {
    let (mut in_string, mut escaped) = (false, false);
    for (at, &byte) in json.iter().enumerate() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if byte == b'"' {
            in_string = true;
        } else if !visit(at, byte) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_outside_strings_only() {
        assert!(!too_deep(&format!("\"{}\"", "[".repeat(500))));
        assert!(!too_deep(&format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH))));
        assert!(too_deep(&"[".repeat(MAX_DEPTH + 1)));
        assert!(!too_deep(&"[]".repeat(10_000)));
    }

    #[test]
    fn words_inside_strings_are_not_mended() {
        assert_eq!(without_nan(r#"{"a":"NaN \" Infinity","b":1}"#), r#"{"a":"NaN \" Infinity","b":1}"#);
        assert_eq!(without_nan(r#"{"a":NaN,"b":[-Infinity,Infinity]}"#), r#"{"a":null,"b":[null,null]}"#);
    }

    #[test]
    fn half_a_surrogate_pair_keeps_the_rest_of_the_text() {
        let node = Node::read(r#"{"body":"api di pasar \ud83d"}"#);
        let text = node.and_then(|node| node.text("body"));
        assert!(text.is_some_and(|text| text.starts_with("api di pasar ") && text.contains('\u{fffd}')));
    }
}

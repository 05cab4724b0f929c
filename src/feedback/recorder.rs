//! The way out of a rehearsal: what would have left is written down, and nothing leaves. It opens no
//! connection and starts no program.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;

/// Messages that are remembered; older ones are only counted.
const REMEMBERED: usize = 200;

/// One thing that would have left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The way it would have taken: `whatsapp`, `email`, `webhook`.
    pub way: &'static str,
    /// Its words.
    pub text: String,
}

#[derive(Debug, Default)]
struct Book {
    count: u64,
    last: VecDeque<Noted>,
}

/// Writes down instead of sending. Clones share one book.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Book>>);

impl Recorder {
    /// Notes what would have left, and gives the id a channel would have given.
    #[must_use]
    pub fn note(&self, way: &'static str, text: &str) -> String {
        let mut book = self.0.lock();
        book.count += 1;
        book.last.push_back(Noted { way, text: text.to_owned() });
        if book.last.len() > REMEMBERED {
            book.last.pop_front();
        }
        format!("latihan.{:08}", book.count)
    }

    /// How much would have left.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.lock().count
    }

    /// The last of it, oldest first.
    #[must_use]
    pub fn noted(&self) -> Vec<Noted> {
        self.0.lock().last.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_counted_and_the_last_of_it_remembered() {
        let recorder = Recorder::default();
        let ids: Vec<String> = (0..REMEMBERED + 5).map(|n| recorder.clone().note("whatsapp", &n.to_string())).collect();
        assert_eq!(ids[0], "latihan.00000001");
        assert_eq!(recorder.count(), 205);
        let noted = recorder.noted();
        assert_eq!((noted.len(), noted[0].text.as_str()), (REMEMBERED, "5"));
    }
}

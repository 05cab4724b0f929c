//! Words for people in both languages of the screens.

/// The same words in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

/// Words in both languages.
pub fn said(id: impl Into<String>, en: impl Into<String>) -> Said {
    Said { id: id.into(), en: en.into() }
}

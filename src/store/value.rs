//! What goes into a statement and comes out of a row: five plain kinds of value, the same for
//! SQLite and PostgreSQL. Instants are microseconds, ids and JSON are text, flags are 0 or 1.

use std::str::FromStr;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::error::StoreError;
use crate::model::clock::Timestamp;
use crate::model::id::{
    AgencyId, AssignmentId, BlockId, CallId, ClosureId, IncidentId, MediaId, MessageId, ReferralId, ReportId,
    ReporterId, StrikeId, UnitId, UserId,
};

/// One value on its way in or out.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number, an instant in microseconds, or a flag.
    Int(i64),
    /// A number.
    Real(f64),
    /// Text, an id, or JSON.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

macro_rules! from {
    ($($from:ty => |$it:ident| $to:expr),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from($it: $from) -> Self {
                $to
            }
        }
    )+};
}

from! {
    i64 => |it| Self::Int(it),
    i32 => |it| Self::Int(it.into()),
    u32 => |it| Self::Int(it.into()),
    u8 => |it| Self::Int(it.into()),
    // a journal would need 292,000 years at a million entries a second to pass i64
    u64 => |it| Self::Int(i64::try_from(it).unwrap_or(i64::MAX)),
    usize => |it| Self::Int(i64::try_from(it).unwrap_or(i64::MAX)),
    bool => |it| Self::Int(it.into()),
    f64 => |it| Self::Real(it),
    f32 => |it| Self::Real(it.into()),
    String => |it| Self::Text(it),
    &String => |it| Self::Text(it.clone()),
    &str => |it| Self::Text(it.to_owned()),
    Vec<u8> => |it| Self::Blob(it),
    &[u8] => |it| Self::Blob(it.to_vec()),
    [u8; 32] => |it| Self::Blob(it.to_vec()),
    Uuid => |it| Self::Text(it.to_string()),
    ReportId => |it| Self::from(it.0),
    IncidentId => |it| Self::from(it.0),
    AssignmentId => |it| Self::from(it.0),
    UnitId => |it| Self::from(it.0),
    ReporterId => |it| Self::from(it.0),
    MessageId => |it| Self::from(it.0),
    UserId => |it| Self::from(it.0),
    MediaId => |it| Self::from(it.0),
    CallId => |it| Self::from(it.0),
    StrikeId => |it| Self::from(it.0),
    BlockId => |it| Self::from(it.0),
    ClosureId => |it| Self::from(it.0),
    AgencyId => |it| Self::from(it.0),
    ReferralId => |it| Self::from(it.0),
    Timestamp => |it| Self::Int(it.micros()),
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(it: Option<T>) -> Self {
        it.map_or(Self::Null, Into::into)
    }
}

/// The parameters of a statement, each turned into a [`Value`].
macro_rules! params {
    ($($it:expr),* $(,)?) => { vec![$($crate::store::value::Value::from($it)),*] };
}
pub(crate) use params;

/// A change: one SQL text for both stores (see [`super::dialect`]) and what is bound to `$1`, `$2` …
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The text.
    pub sql: &'static str,
    /// What is bound.
    pub params: Vec<Value>,
}

impl Statement {
    /// A statement with its parameters in the order of their numbers.
    #[must_use]
    pub const fn one(sql: &'static str, params: Vec<Value>) -> Self {
        Self { sql, params }
    }
}

/// The answer's column names, shared by its rows.
pub(crate) type Columns = Arc<[String]>;

/// One row of an answer. A getter fails with the column's name when the value is of another kind.
#[derive(Debug, Clone)]
pub struct Row {
    columns: Columns,
    values: Vec<Value>,
}

impl Row {
    pub(crate) const fn new(columns: Columns, values: Vec<Value>) -> Self {
        Self { columns, values }
    }

    fn wrong(&self, column: usize, wanted: &str) -> StoreError {
        let name = self.columns.get(column).map_or("?", String::as_str);
        let kind = match self.values.get(column) {
            None => "missing",
            Some(Value::Null) => "null",
            Some(Value::Int(_)) => "a whole number",
            Some(Value::Real(_)) => "a number",
            Some(Value::Text(_)) => "text",
            Some(Value::Blob(_)) => "bytes",
        };
        StoreError::corrupt(format_args!("column {name} should be {wanted}, it is {kind}"))
    }

    fn optional<T>(
        &self,
        column: usize,
        get: impl Fn(&Self, usize) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        if matches!(self.values.get(column), Some(Value::Null)) { Ok(None) } else { get(self, column).map(Some) }
    }

    /// A whole number.
    ///
    /// # Errors
    /// It is something else.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        match self.values.get(column) {
            Some(Value::Int(it)) => Ok(*it),
            _ => Err(self.wrong(column, "a whole number")),
        }
    }

    /// A whole number that may be absent.
    ///
    /// # Errors
    /// It is something else.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.optional(column, Self::int)
    }

    /// A whole number of a narrower kind.
    ///
    /// # Errors
    /// It is something else, or does not fit.
    pub fn number<T: TryFrom<i64>>(&self, column: usize) -> Result<T, StoreError> {
        T::try_from(self.int(column)?).map_err(|_| self.wrong(column, "within its range"))
    }

    /// A flag.
    ///
    /// # Errors
    /// It is something else.
    pub fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// An instant.
    ///
    /// # Errors
    /// It is something else.
    pub fn at(&self, column: usize) -> Result<Timestamp, StoreError> {
        self.int(column).map(Timestamp)
    }

    /// An instant that may be absent.
    ///
    /// # Errors
    /// It is something else.
    pub fn opt_at(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        self.optional(column, Self::at)
    }

    /// A number.
    ///
    /// # Errors
    /// It is something else.
    #[expect(clippy::cast_precision_loss, reason = "a whole number in a column of numbers is a small one")]
    pub fn real(&self, column: usize) -> Result<f64, StoreError> {
        match self.values.get(column) {
            Some(Value::Real(it)) => Ok(*it),
            Some(Value::Int(it)) => Ok(*it as f64),
            _ => Err(self.wrong(column, "a number")),
        }
    }

    /// A number that may be absent.
    ///
    /// # Errors
    /// It is something else.
    pub fn opt_real(&self, column: usize) -> Result<Option<f64>, StoreError> {
        self.optional(column, Self::real)
    }

    /// Text.
    ///
    /// # Errors
    /// It is something else.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        match self.values.get(column) {
            Some(Value::Text(it)) => Ok(it),
            _ => Err(self.wrong(column, "text")),
        }
    }

    /// Text, owned.
    ///
    /// # Errors
    /// It is something else.
    pub fn string(&self, column: usize) -> Result<String, StoreError> {
        self.text(column).map(str::to_owned)
    }

    /// Text that may be absent.
    ///
    /// # Errors
    /// It is something else.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        self.optional(column, Self::string)
    }

    /// Bytes.
    ///
    /// # Errors
    /// It is something else.
    pub fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.values.get(column) {
            Some(Value::Blob(it)) => Ok(it),
            _ => Err(self.wrong(column, "bytes")),
        }
    }

    /// Bytes that may be absent.
    ///
    /// # Errors
    /// It is something else.
    pub fn opt_blob(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        self.optional(column, |row, column| row.blob(column).map(<[u8]>::to_vec))
    }

    /// A whole number of a narrower kind that may be absent.
    ///
    /// # Errors
    /// It is something else, or does not fit.
    pub fn opt_number<T: TryFrom<i64>>(&self, column: usize) -> Result<Option<T>, StoreError> {
        self.optional(column, Self::number)
    }

    /// An id, or anything else that is read from text.
    ///
    /// # Errors
    /// It is not text, or not of that form.
    pub fn parsed<T: FromStr>(&self, column: usize) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| self.wrong(column, "well formed"))
    }

    /// An id that may be absent.
    ///
    /// # Errors
    /// It is not text, or not of that form.
    pub fn opt_parsed<T: FromStr>(&self, column: usize) -> Result<Option<T>, StoreError> {
        self.optional(column, Self::parsed)
    }

    /// A value stored as JSON.
    ///
    /// # Errors
    /// It is not text, or not that JSON.
    pub fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, StoreError> {
        let text = self.text(column)?;
        serde_json::from_str(text).map_err(|error| {
            let name = self.columns.get(column).map_or("?", String::as_str);
            StoreError::corrupt(format_args!("column {name}: {error}"))
        })
    }

    /// A stable code of the trade (`laka_lantas`, `en_route`) back into its type.
    ///
    /// # Errors
    /// It is not text, or no code of that type.
    pub fn code<T: DeserializeOwned>(&self, column: usize) -> Result<T, StoreError> {
        let code = serde_json::Value::from(self.text(column)?);
        serde_json::from_value(code).map_err(|_| self.wrong(column, "a known code"))
    }

    /// A stable code that may be absent.
    ///
    /// # Errors
    /// It is not text, or no code of that type.
    pub fn opt_code<T: DeserializeOwned>(&self, column: usize) -> Result<Option<T>, StoreError> {
        self.optional(column, Self::code)
    }
}

/// The stable code of a word of the trade, as serde writes it.
pub(crate) fn code_of<T: serde::Serialize>(word: &T) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(code)) => code,
        Ok(serde_json::Value::Object(tagged)) => {
            tagged.get("name").and_then(|name| name.as_str()).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}

/// JSON as it is stored.
pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Several texts or ids as the one parameter that `TEXTS($n)` takes apart.
pub(crate) fn texts<T: ToString>(items: impl IntoIterator<Item = T>) -> Value {
    Value::Text(json(&items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::Channel;

    fn row(values: Vec<Value>) -> Row {
        let columns = (0..values.len()).map(|i| format!("c{i}")).collect();
        Row::new(columns, values)
    }

    #[test]
    fn a_getter_names_the_column_and_what_is_wrong_with_it() {
        let row = row(params![1_i64, "x", Option::<i64>::None]);
        let error = row.int(1).unwrap_err();
        assert_eq!(error.to_string(), "stored data are damaged: column c1 should be a whole number, it is text");
        assert!(row.text(2).unwrap_err().to_string().contains("column c2 should be text, it is null"));
        assert!(row.int(9).unwrap_err().to_string().contains("missing"));
    }

    #[test]
    fn absent_values_are_none_and_present_ones_are_not() {
        let row = row(params![Option::<i64>::None, 4_i64]);
        assert_eq!(row.opt_int(0).unwrap(), None);
        assert_eq!(row.opt_at(1).unwrap(), Some(Timestamp(4)));
    }

    #[test]
    fn codes_are_the_words_serde_writes() {
        assert_eq!(code_of(&Channel::Call110), "call110");
        assert_eq!(row(params![code_of(&Channel::CitizenApp)]).code::<Channel>(0).unwrap(), Channel::CitizenApp);
        assert!(row(params!["pigeon"]).code::<Channel>(0).is_err());
        assert_eq!(code_of(&crate::model::incident::Handling::Open), "open");
    }
}

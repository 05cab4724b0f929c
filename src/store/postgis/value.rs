//! The five kinds of value as PostgreSQL's types, both ways.
//!
//! PostgreSQL knows no NUL character in text. What comes from outside may hold one: it becomes U+FFFD.

use std::error::Error;

use bytes::{BufMut as _, BytesMut};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::store::error::StoreError;
use crate::store::value::Value;

impl ToSql for Value {
    #[expect(clippy::cast_precision_loss, reason = "a whole number for a column of numbers is a small one")]
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(it), &Type::INT8) => it.to_sql(ty, out),
            (Self::Int(it), &Type::INT4) => i32::try_from(*it)?.to_sql(ty, out),
            (Self::Int(it), &Type::BOOL) => (*it != 0).to_sql(ty, out),
            (Self::Int(it), &Type::FLOAT8) => (*it as f64).to_sql(ty, out),
            (Self::Real(it), &Type::FLOAT8) => it.to_sql(ty, out),
            (Self::Text(it), &Type::JSONB) => {
                out.put_u8(1); // version of the format
                out.put_slice(it.replace("\\u0000", "\\ufffd").as_bytes());
                Ok(IsNull::No)
            }
            (Self::Text(it), &Type::TEXT | &Type::VARCHAR | &Type::JSON) => {
                it.replace('\0', "\u{fffd}").to_sql(&Type::TEXT, out)
            }
            (Self::Blob(it), &Type::BYTEA) => it.as_slice().to_sql(ty, out),
            (value, ty) => Err(format!("{} does not go into a parameter of type {ty}", kind(value)).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The kind of a value, for a message that does not show it.
const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Int(_) => "a whole number",
        Value::Real(_) => "a number",
        Value::Text(_) => "text",
        Value::Blob(_) => "bytes",
    }
}

/// The value in a column of a row.
pub(super) fn from_pg(row: &Row, column: usize) -> Result<Value, StoreError> {
    fn get<'r, T: FromSql<'r>>(row: &'r Row, column: usize, into: fn(T) -> Value) -> Result<Value, StoreError> {
        let value: Option<T> = row.try_get(column).map_err(StoreError::corrupt)?;
        Ok(value.map_or(Value::Null, into))
    }
    let described = row.columns().get(column).ok_or_else(|| StoreError::corrupt("a row is too short"))?;
    match *described.type_() {
        Type::INT8 => get(row, column, Value::Int),
        Type::INT4 => get(row, column, |it: i32| Value::Int(it.into())),
        Type::BOOL => get(row, column, |it: bool| Value::Int(it.into())),
        Type::FLOAT8 => get(row, column, Value::Real),
        Type::TEXT | Type::VARCHAR | Type::NAME => get(row, column, Value::Text),
        Type::BYTEA => get(row, column, Value::Blob),
        ref other => {
            let name = described.name();
            Err(StoreError::corrupt(format_args!("column {name} has type {other}, which is not one of ours")))
        }
    }
}

//! Words somebody typed, checked and never cut.

use super::error::ApiError;

/// Characters an operator may type at once: Meta's limit for a message.
const MOST_TYPED: usize = 4096;

/// Text somebody typed: there, and not too long; never cut.
///
/// # Errors
/// 422 naming `field`.
pub fn typed(text: &str, field: &str) -> Result<(), ApiError> {
    typed_within(text, field, MOST_TYPED)
}

/// The same with a limit of its own.
///
/// # Errors
/// 422 naming `field`.
pub fn typed_within(text: &str, field: &str, most: usize) -> Result<(), ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::invalid(field, "it is empty"));
    }
    if text.chars().count() > most {
        return Err(ApiError::invalid(field, format!("at most {most} characters")));
    }
    Ok(())
}

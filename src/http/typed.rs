//! Words somebody typed, checked and never cut.

use super::error::ApiError;

/// Characters an operator may type at once: Meta's limit for a message.
const MOST_TYPED: usize = 4096;

/// Text somebody typed: there, and not too long; never cut.
///
/// # Errors
/// 422 naming `field`.
pub fn typed(text: &str, field: &str) -> Result<(), ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::invalid(field, "it is empty"));
    }
    if text.chars().count() > MOST_TYPED {
        return Err(ApiError::invalid(field, format!("at most {MOST_TYPED} characters")));
    }
    Ok(())
}

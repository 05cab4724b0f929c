//! Asks our own address, from outside the process, what Meta asks it when a webhook is entered.

use std::time::Duration;

use crate::feedback::transport::use_ring;

/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Whether `url` answers Meta's verification with our token.
///
/// # Errors
/// Why not, in words for whoever runs the server.
pub async fn verify(url: &str, token: &str, challenge: &str) -> Result<(), String> {
    use_ring();
    let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build();
    let client = client.map_err(|error| error.to_string())?;
    let asked = [("hub.mode", "subscribe"), ("hub.verify_token", token), ("hub.challenge", challenge)];
    let answer = client.get(url).query(&asked).send().await.map_err(|error| causes(&error.without_url()))?;
    let status = answer.status();
    let text = answer.text().await.unwrap_or_default();
    match status.as_u16() {
        200 if text.trim() == challenge => Ok(()),
        200 => Err("it answers something else (is another site there?)".to_owned()),
        status => Err(format!("status {status}")),
    }
}

/// The error with its innermost cause: "connection refused" stands there, not on top.
fn causes(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

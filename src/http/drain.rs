//! A refusal is heard: what a caller still sends is read, within bounds, before he is answered. A connection that
//! is closed under a body being sent loses the answer with it, and the caller sees a broken line instead of a reason.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{StreamExt, stream};
use parking_lot::Mutex;

/// Bodies up to here stand in the socket's buffers: nothing of them is left to send. Bytes.
const SMALL: u64 = 16 * 1024;

/// More than this is not read for the sake of a refusal, bytes.
const MOST: usize = 32 * 1024 * 1024;

/// Nor for longer than this.
const LONGEST: Duration = Duration::from_secs(10);

/// Lets a handler answer early without the caller losing the answer.
pub async fn heard(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if body.size_hint().upper().is_some_and(|bytes| bytes <= SMALL) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let rest = Arc::new(Mutex::new(body.into_data_stream()));
    let read = Arc::clone(&rest);
    let body = Body::from_stream(stream::poll_fn(move |context| read.lock().poll_next_unpin(context)));
    let answer = next.run(Request::from_parts(parts, body)).await;
    if answer.status().is_client_error() {
        // Slower, or more: then the line breaks.
        let _given_up = tokio::time::timeout(LONGEST, discard(&rest)).await;
    }
    answer
}

async fn discard(rest: &Mutex<BodyDataStream>) {
    let mut left = MOST;
    while let Some(Ok(piece)) = stream::poll_fn(|context| rest.lock().poll_next_unpin(context)).next().await {
        left = left.saturating_sub(piece.len());
        if left == 0 {
            return;
        }
    }
}

//! The accept loop: header time limit, request bodies that dribble, a drain that waits.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// A client that has not sent its headers by then is dropped (half-open sockets, slow headers).
const HEADERS_WITHIN: Duration = Duration::from_secs(10);

/// A request that is not answered by then is dropped: a body that dribbles.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// A piece of a file over a slow line may take longer; silence in it ends it sooner.
const UPLOADED_WITHIN: Duration = Duration::from_mins(15);

/// How long a drain waits for requests and sockets.
const DRAIN: Duration = Duration::from_secs(8);

/// Serves until told to stop, then finishes what is under way.
/// The listener may be shared: what comes while one router is taken down waits for the next.
pub async fn serve(listener: impl Into<Arc<TcpListener>>, router: Router, stop: CancellationToken) {
    let listener = listener.into();
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, from)) => {
                connections.spawn(connection(stream, from, router.clone(), stop.clone()));
            }
            Err(error) => {
                // Out of file handles, mostly: give others time to go away.
                tracing::warn!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    connections.close();
    if tokio::time::timeout(DRAIN, connections.wait()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}

async fn connection(stream: TcpStream, from: SocketAddr, router: Router, stop: CancellationToken) {
    // Small pushes must not wait for each other.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        let router = router.clone();
        let path = request.uri().path();
        let large = path.starts_with("/v1/uploads") || path == "/v1/office/streets";
        let within = if large { UPLOADED_WITHIN } else { ANSWER_WITHIN };
        async move {
            match tokio::time::timeout(within, router.oneshot(request)).await {
                Ok(answer) => answer,
                Err(_) => Ok(axum::response::IntoResponse::into_response(super::error::ApiError::timeout())),
            }
        }
    });
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN);
    let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = %error, "a connection ended early");
    }
}

//! Those who ask: HTTP clients whose answers are checked, and screens on the socket.

use std::collections::VecDeque;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use sigap::http::auth::COOKIE;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::town::PATIENCE;

/// Somebody who asks over HTTP.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    /// Headers of every request.
    pub headers: Vec<(&'static str, String)>,
}

impl Client {
    /// With a bearer token.
    pub fn bearer(http: reqwest::Client, base: &str, token: &str) -> Self {
        Self { http, base: base.to_owned(), headers: vec![("authorization", format!("Bearer {token}"))] }
    }

    /// Without any right.
    pub fn nobody(http: reqwest::Client, base: &str) -> Self {
        Self { http, base: base.to_owned(), headers: Vec::new() }
    }

    /// The same client, asking elsewhere: the same town after a restart.
    pub fn at(mut self, base: &str) -> Self {
        base.clone_into(&mut self.base);
        self
    }

    /// The same client with one header more.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Logs in as a browser does.
    pub async fn log_in(&self, username: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "username": username, "password": password });
        self.clone().with("origin", &self.base).post("/v1/session", &body).await
    }

    /// The browser after a login; it sends no Origin by itself.
    pub fn browser(&self, login: &Answer) -> Self {
        let cookie = login.header("set-cookie");
        assert!(
            cookie.starts_with(COOKIE) && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        let pair = cookie.split(';').next().unwrap();
        Self { headers: vec![("cookie", pair.to_owned())], ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(reqwest::Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(reqwest::Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(reqwest::Method::PUT, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(reqwest::Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(reqwest::Method::DELETE, path)).await
    }

    /// A request to be completed by hand.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    /// Sends a request made by hand.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        Answer::read(request.send().await.unwrap()).await
    }

    /// A screen of this user.
    pub async fn screen(&self) -> Screen {
        self.screen_after("").await.unwrap_or_else(|status| unreachable!("no socket: {status}"))
    }

    /// A screen that says where it stands, `?after=7`; the status when there is no socket for it.
    pub async fn screen_after(&self, query: &str) -> Result<Screen, u16> {
        let url = format!("{}/v1/realtime{query}", self.base.replacen("http", "ws", 1));
        let mut request = url.into_client_request().unwrap();
        for (name, value) in &self.headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Screen { socket, early: VecDeque::new() }),
            Err(tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => unreachable!("the socket cannot be opened: {error}"),
        }
    }
}

/// What a door said.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    /// One header, empty when missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| unreachable!("{error}: {self:?}"))
    }

    /// The body of a request that was carried out.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// The problem of a request that was not: status, code and form are checked.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let problem = self.json();
        assert_eq!(
            (problem["status"].as_u64(), problem["code"].as_str()),
            (Some(status.into()), Some(code)),
            "{problem}"
        );
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
        problem
    }
}

/// What a screen heard.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Json(Value),
    Binary(Vec<u8>),
    Closed(u16),
}

/// A screen on the socket.
pub struct Screen {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    early: VecDeque<Value>,
}

impl Screen {
    /// The next frame; pings are answered by the library.
    pub async fn next(&mut self) -> Heard {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("nothing is heard");
            return match frame {
                Some(Ok(Message::Text(text))) => Heard::Json(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Binary(bytes))) => Heard::Binary(bytes.to_vec()),
                Some(Ok(Message::Close(frame))) => Heard::Closed(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => Heard::Closed(1006),
            };
        }
    }

    /// The next JSON frame.
    pub async fn json(&mut self) -> Value {
        if let Some(early) = self.early.pop_front() {
            return early;
        }
        match self.next().await {
            Heard::Json(value) => value,
            other => unreachable!("a JSON frame, not {other:?}"),
        }
    }

    /// The next frame of a type; what comes before it is passed over.
    pub async fn of_type(&mut self, wanted: &str) -> Value {
        loop {
            let frame = self.json().await;
            if frame["type"] == wanted {
                return frame;
            }
        }
    }

    /// The next entry of a kind.
    pub async fn entry(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.of_type("entry").await;
            if frame["kind"] == kind {
                return frame;
            }
        }
    }

    /// The next frame in which an assignment of a unit stands in this state.
    pub async fn assignment(&mut self, unit: &str, state: &str) -> Value {
        loop {
            let frame = self.json().await;
            let list =
                if frame["type"] == "snapshot" { &frame["assignments"] } else { &frame["changed"]["assignments"] };
            let found = list.as_array().into_iter().flatten().find(|a| a["unit"] == unit && a["state"] == state);
            if let Some(found) = found {
                return found.clone();
            }
        }
    }

    /// The code the server closes with; what comes before is passed over.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// Says something.
    pub async fn say(&mut self, value: &Value) {
        self.say_text(&value.to_string()).await;
    }

    /// Says any text.
    pub async fn say_text(&mut self, text: &str) {
        // A server that has closed already is heard by the next read.
        let _ = self.socket.send(Message::text(text)).await;
    }

    /// Says any bytes.
    pub async fn say_bytes(&mut self, bytes: Vec<u8>) {
        let _ = self.socket.send(Message::binary(bytes)).await;
    }
}

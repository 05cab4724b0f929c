//! Clients that cost little: raw HTTP/1.1 and WebSocket frames over loopback.

use std::io::{BufRead, Read};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result, ensure};
use sigap::realtime::positions::Tile;
use sigap::sim::city::MIDDLE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection with what was read beyond the last answer.
pub struct Wire {
    /// The stream.
    pub stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens.
    pub async fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Opens the realtime socket.
    ///
    /// # Errors
    /// The server refused.
    pub async fn realtime(address: &str, token: &str) -> Result<Self> {
        let mut wire = Self::connect(address).await?;
        let hello = format!(
            "GET /v1/realtime HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        wire.stream.write_all(hello.as_bytes()).await?;
        let (status, _) = wire.head().await?;
        ensure!(status == 101, "the socket was refused with {status}");
        Ok(wire)
    }

    /// Sends a request as it stands and gives the status of its answer.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn request(&mut self, bytes: &[u8]) -> Result<u16> {
        self.stream.write_all(bytes).await?;
        let (status, length) = self.head().await?;
        while self.buffer.len() < length {
            self.more().await?;
        }
        self.buffer.drain(..length);
        Ok(status)
    }

    /// Status and length of the body that follows.
    async fn head(&mut self) -> Result<(u16, usize)> {
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).to_ascii_lowercase();
        self.buffer.drain(..end);
        let status = head.split_whitespace().nth(1).and_then(|code| code.parse().ok()).context("no status")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        Ok((status, length.unwrap_or(0)))
    }

    async fn more(&mut self) -> Result<()> {
        ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server closed the connection");
        Ok(())
    }

    /// The next frame's payload; pings and all.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn frame(&mut self) -> Result<Vec<u8>> {
        loop {
            if let Some((start, end)) = bounds(&self.buffer) {
                let payload = self.buffer[start..end].to_vec();
                self.buffer.drain(..end);
                return Ok(payload);
            }
            self.more().await?;
        }
    }
}

/// Where the payload of the first frame lies, when it is all there. Servers do not mask.
fn bounds(buffer: &[u8]) -> Option<(usize, usize)> {
    let short = usize::from(*buffer.get(1)? & 0x7f);
    let (start, length) = match short {
        126 => (4, usize::from(u16::from_be_bytes(buffer.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(buffer.get(2..10)?.try_into().ok()?)).ok()?),
        _ => (2, short),
    };
    (buffer.len() >= start + length).then_some((start, start + length))
}

/// A client's text frame, masked with zeros.
pub fn text_frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    match text.len() {
        short @ 0..126 => frame.push(0x80 | u8::try_from(short).unwrap_or(0)),
        long => {
            frame.push(0x80 | 0x7e);
            frame.extend(u16::try_from(long).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

/// This bench once more, as clients in a process of their own.
pub struct Clients {
    child: Child,
    input: Option<ChildStdin>,
}

impl Clients {
    /// Starts them and waits until they say they are ready.
    ///
    /// # Errors
    /// They do not start.
    pub async fn start(words: Vec<String>) -> Result<Self> {
        tokio::task::spawn_blocking(move || {
            let mut child = Command::new(std::env::current_exe()?)
                .args(words)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()?;
            let mut line = String::new();
            let output = child.stdout.as_mut().context("no output")?;
            std::io::BufReader::with_capacity(1, output).read_line(&mut line)?;
            ensure!(line.trim() == "ready", "the clients said {line:?}");
            let input = child.stdin.take();
            Ok(Self { child, input })
        })
        .await?
    }

    /// Tells them to end; what they have to say.
    ///
    /// # Errors
    /// They failed.
    pub async fn end(mut self) -> Result<String> {
        drop(self.input.take());
        self.finish().await
    }

    /// Waits until they end by themselves; what they have to say.
    ///
    /// # Errors
    /// They failed.
    pub async fn finish(mut self) -> Result<String> {
        tokio::task::spawn_blocking(move || {
            let mut said = String::new();
            if let Some(output) = self.child.stdout.as_mut() {
                output.read_to_string(&mut said)?;
            }
            self.child.wait()?;
            Ok(said.trim().to_owned())
        })
        .await?
    }
}

/// Tiles of the fan-out: 16 by 16 around the middle of the city.
pub const GRID: i32 = 16;

/// The tile in the corner.
pub fn corner() -> Tile {
    let middle = Tile::of(MIDDLE);
    Tile { x: middle.x - GRID / 2, y: middle.y - GRID / 2 }
}

/// The 4 by 4 tiles client `n` looks at, as its corner.
pub fn view_of(n: usize) -> Tile {
    let mut rng = fastrand::Rng::with_seed(n as u64);
    Tile { x: corner().x + rng.i32(0..=GRID - 4), y: corner().y + rng.i32(0..=GRID - 4) }
}

/// Longitude and latitude of a place on the tile grid.
pub fn on_grid(x: f64, y: f64) -> [f64; 2] {
    let n = f64::from(1 << 14);
    let lat = (std::f64::consts::PI * (1.0 - 2.0 * y / n)).sinh().atan().to_degrees();
    [x / n * 360.0 - 180.0, lat]
}

/// The name of a tile for a peer.
pub fn subject(tile: Tile) -> String {
    format!("tile.{}.{}", tile.x, tile.y)
}

/// `client-drain ADDRESS COUNT KIND [TOKEN]`: sockets that look at 16 tiles each and drain what comes.
///
/// # Errors
/// The server refused.
pub fn drain_client(words: &[String]) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let total = runtime.block_on(async {
        let mut drains = Vec::new();
        let count: usize = words[2].parse()?;
        for n in 0..count {
            let wire = viewer(&words[1], &words[3], words.get(4).map(String::as_str), n).await?;
            drains.push(tokio::spawn(drain(wire)));
        }
        crate::report::say("ready");
        let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
        ended.await??;
        let bytes: usize = drains.iter().map(tokio::task::JoinHandle::is_finished).map(usize::from).sum();
        anyhow::Ok((count, bytes))
    });
    let (count, lost) = total?;
    crate::report::say(&format!(
        "{} of {count} stayed, {} bytes",
        count - lost,
        DRAINED.load(std::sync::atomic::Ordering::Relaxed)
    ));
    std::process::exit(0)
}

static DRAINED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

async fn viewer(address: &str, kind: &str, token: Option<&str>, n: usize) -> Result<Wire> {
    let corner = view_of(n);
    let tiles = (0..16).map(|t| Tile { x: corner.x + t % 4, y: corner.y + t / 4 });
    match kind {
        "sigap" => {
            let mut wire = Wire::realtime(address, token.context("no token")?).await?;
            let [west, north] = on_grid(f64::from(corner.x) + 0.5, f64::from(corner.y) + 0.5);
            let [east, south] = on_grid(f64::from(corner.x) + 3.5, f64::from(corner.y) + 3.5);
            let view = format!(r#"{{"type":"view","bbox":[{west},{south},{east},{north}],"zoom":13,"binary":true}}"#);
            wire.stream.write_all(&text_frame(&view)).await?;
            Ok(wire)
        }
        "nats" => {
            let mut wire = Wire::connect(address).await?;
            let mut hello = "CONNECT {\"verbose\":false}\r\n".to_owned();
            hello.extend(tiles.enumerate().map(|(sid, tile)| format!("SUB {} {sid}\r\n", subject(tile))));
            wire.stream.write_all(hello.as_bytes()).await?;
            Ok(wire)
        }
        _ => {
            let mut wire = Wire::connect(address).await?;
            let names: Vec<String> = tiles.map(subject).collect();
            wire.stream.write_all(format!("SUBSCRIBE {}\r\n", names.join(" ")).as_bytes()).await?;
            Ok(wire)
        }
    }
}

async fn drain(mut wire: Wire) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = wire.stream.read(&mut buffer).await {
        DRAINED.fetch_add(count, std::sync::atomic::Ordering::Relaxed);
    }
}

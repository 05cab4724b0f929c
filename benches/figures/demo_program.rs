//! The program itself as a process, serving the synthetic city without citizens or crews of its own.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::server::Folder;
use crate::timer;

/// A demo of its own on a free port; it ends when this is dropped.
pub struct Demo {
    process: Child,
    folder: Folder,
    /// Host and port.
    pub address: String,
}

impl Demo {
    /// Starts it.
    ///
    /// # Errors
    /// The program does not start.
    pub fn start(name: &str) -> Result<Self> {
        let folder = Folder::new(name)?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let process = Command::new(env!("CARGO_BIN_EXE_sigap"))
            .args(["demo", "--no-simulator", "--listen", &address, "--data"])
            .arg(&folder.0)
            .arg("--logins")
            .arg(folder.0.join("logins.json"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting the demo")?;
        Ok(Self { process, folder, address })
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Where its logins are written.
    #[must_use]
    pub fn logins(&self) -> std::path::PathBuf {
        self.folder.0.join("logins.json")
    }

    /// A token of somebody in this role, as soon as it serves.
    ///
    /// # Errors
    /// It is not ready within a minute, or nobody has the role.
    pub async fn token(&self, role: &str) -> Result<String> {
        let began = timer::now();
        loop {
            if let Ok(text) = std::fs::read_to_string(self.logins())
                && let Ok(Value::Array(all)) = serde_json::from_str::<Value>(&text)
            {
                let login = all.iter().find(|login| login["role"] == role).with_context(|| format!("no {role}"))?;
                return Ok(login["token"].as_str().context("no token")?.to_owned());
            }
            ensure!(began.elapsed() < Duration::from_mins(1), "the demo was not ready within a minute");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Asked first, so that it closes its store before its folder goes.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

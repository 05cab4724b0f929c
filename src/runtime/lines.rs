//! Which telephone belongs to which office, and over which channel its messages leave: the settings
//! `[whatsapp]` and `[gowa]`, read once.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, ensure};

use super::media_fetch::{GatewaySource, Source};
use crate::channels::gowa;
use crate::config::Config;
use crate::feedback::gowa::GowaTransport;
use crate::feedback::recorder::Recorder;
use crate::feedback::transport::{GraphTransport, Transport};

/// How the messages of one office leave.
#[derive(Debug, Clone)]
pub struct Route {
    /// The channel.
    pub transport: Transport,
    /// Our telephone there: Meta's `phone_number_id`, or the gateway's device.
    pub line: String,
}

/// All telephones of all offices.
#[derive(Debug)]
pub struct Lines {
    /// Office by telephone, for what comes in.
    pub offices: HashMap<String, String>,
    /// Telephones where choices are numbers.
    pub numbered: HashSet<String>,
    /// The way out of each office.
    pub routes: HashMap<String, Route>,
    /// Where attachments lie.
    pub source: Source,
}

impl Lines {
    /// Lets every office write down what it would send, over whatever line it has; nothing is fetched.
    pub fn record(&mut self, recorder: &Recorder) {
        for route in self.routes.values_mut() {
            route.transport = Transport::Recorder(recorder.clone());
        }
    }

    /// Reads the settings. An office with a telephone at a gateway answers over it, any other one over
    /// the Cloud API.
    ///
    /// # Errors
    /// A pair that cannot be read, a gateway without its address, TLS that cannot be set up.
    pub fn new(config: &Config) -> Result<Self> {
        let (meta, gateway) = (&config.whatsapp, &config.gowa);
        let devices = gateway.devices()?;
        ensure!(devices.is_empty() || !gateway.url.is_empty(), "gowa.devices needs gowa.url");
        let graph = GraphTransport::new(&meta.graph_url, &meta.access_token)?;
        let mut offices: HashMap<String, String> = HashMap::new();
        let mut routes = HashMap::new();
        for (number, office) in meta.lines()? {
            routes.insert(office.clone(), Route { transport: Transport::Graph(graph.clone()), line: number.clone() });
            offices.insert(number, office);
        }
        let mut numbered = HashSet::new();
        for (device, office) in devices {
            let gowa = GowaTransport::new(&gateway.url, &gateway.user, &gateway.password)?;
            routes.insert(office.clone(), Route { transport: Transport::Gowa(gowa), line: device.clone() });
            let line = gowa::line(&device);
            numbered.insert(line.clone());
            offices.insert(line, office);
        }
        let source = Source {
            graph: meta.graph_url.clone(),
            token: meta.access_token.clone(),
            hosts: meta.media_hosts(),
            gateway: GatewaySource {
                lines: numbered.clone(),
                url: gateway.url.trim_end_matches('/').to_owned(),
                user: gateway.user.clone(),
                password: gateway.password.clone(),
            },
        };
        Ok(Self { offices, numbered, routes, source })
    }
}

//! Whose word about the client's address is believed: the peer of the socket, unless that is one of our
//! own proxies, and then the last hop of `X-Forwarded-For` that is none. Pure.

use std::net::IpAddr;

use axum::http::HeaderMap;

/// Networks whose machines are our proxies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<(IpAddr, u8)>);

impl Proxies {
    /// Reads addresses and networks (`10.0.0.5`, `10.0.0.0/8`, `fd00::/8`), separated by commas.
    ///
    /// # Errors
    /// The part that is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| network(part).ok_or_else(|| part.to_owned())).collect::<Result<_, _>>().map(Self)
    }

    fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|(network, bits)| is_within(address, *network, *bits))
    }

    /// The address a request came from, as far as it can be believed. A client that writes the header
    /// himself only adds hops to the left of the one our proxy saw.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines: Vec<&str> =
            headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
        let mut hops = lines.iter().flat_map(|line| line.split(',')).rev();
        while self.has(client) {
            // A hop that is no address: the proxy that wrote it is all we know.
            let Some(hop) = hops.next().and_then(address) else { break };
            client = hop;
        }
        client
    }
}

/// An address as proxies write it, with or without a port.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = || hop.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(hop).parse::<IpAddr>();
    let with_port = || hop.parse::<std::net::SocketAddr>().map(|socket| socket.ip());
    bare().or_else(|_| with_port()).ok().map(|ip| ip.to_canonical())
}

fn network(part: &str) -> Option<(IpAddr, u8)> {
    let (ip, bits) = part.split_once('/').map_or((part, None), |(ip, bits)| (ip, Some(bits)));
    let ip = ip.parse::<IpAddr>().ok()?.to_canonical();
    let most = if ip.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
    (bits <= most).then_some((ip, bits))
}

fn is_within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let same = |a: u128, b: u128, width: u32| bits == 0 || (a ^ b) >> (width - u32::from(bits)) == 0;
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(proxies: &str, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        Proxies::parse(proxies).unwrap().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn without_proxies_the_header_is_nothing() {
        assert_eq!(seen("", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.0/8", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "not one of ours");
    }

    #[test]
    fn the_last_hop_that_is_not_ours_is_the_client_whatever_he_wrote_himself() {
        let ours = "10.0.0.0/8, 192.0.2.7";
        assert_eq!(seen(ours, "10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen(ours, "10.1.2.3", &["1.1.1.1, 198.51.100.1, 192.0.2.7"]), "198.51.100.1");
        assert_eq!(seen(ours, "10.1.2.3", &["1.1.1.1", "198.51.100.2, 10.9.9.9"]), "198.51.100.2", "lines in order");
        assert_eq!(seen(ours, "10.1.2.3", &["127.0.0.1, 10.0.0.1"]), "127.0.0.1");
        assert_eq!(seen(ours, "10.1.2.3", &["10.0.0.1"]), "10.0.0.1", "all are ours: the farthest");
    }

    #[test]
    fn what_is_no_address_ends_the_search() {
        for odd in ["", "unknown", "' OR 1=1", "999.1.1.1", "\u{7f}"] {
            let odd = odd.replace('\u{7f}', "~");
            assert_eq!(seen("10.0.0.0/8", "10.1.2.3", &[&odd]), "10.1.2.3", "{odd}");
            assert_eq!(seen("10.0.0.0/8", "10.1.2.3", &[&format!("{odd}, 198.51.100.1")]), "198.51.100.1");
        }
    }

    #[test]
    fn ports_brackets_and_both_families_are_read() {
        assert_eq!(seen("127.0.0.1", "127.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(seen("::1", "::1", &["[2001:db8::5]:443"]), "2001:db8::5");
        assert_eq!(seen("fd00::/8", "fd12::1", &["[2001:db8::5]"]), "2001:db8::5");
        assert_eq!(seen("10.0.0.0/8", "::ffff:10.0.0.1", &["::ffff:198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("0.0.0.0/0", "203.0.113.9", &["2001:db8::5"]), "2001:db8::5", "the other family is not");
    }

    #[test]
    fn what_cannot_be_a_network_is_named() {
        for wrong in ["10.0.0.0/33", "::/129", "proxy.local", "10.0.0.0/x", "10.0.0"] {
            assert_eq!(Proxies::parse(&format!("127.0.0.1, {wrong}")), Err(wrong.to_owned()));
        }
    }
}

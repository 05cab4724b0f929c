//! A signed POST to an address somebody else chose: https only, and never into our own network.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use sha2::Sha256;

use crate::feedback::transport::{SendError, use_ring};

/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait before the next try when the other side is not well. Seconds.
const LATER_S: u32 = 30;

/// The header with the signature.
pub const SIGNATURE: &str = "X-Sigap-Signature";

/// Posts to webhooks of agencies.
#[derive(Debug, Clone)]
pub struct WebhookPost {
    client: reqwest::Client,
    allow_private: bool,
}

impl WebhookPost {
    /// With `allow_private`, also plain http and addresses of our own network: a gateway in the house.
    ///
    /// # Errors
    /// TLS cannot be set up on this machine.
    pub fn new(allow_private: bool) -> Result<Self, reqwest::Error> {
        use_ring();
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(PublicOnly { allow_private }))
            .build()?;
        Ok(Self { client, allow_private })
    }

    /// Whether a matter may be sent there at all.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn check(url: &str, allow_private: bool) -> Result<reqwest::Url, String> {
        let parsed = reqwest::Url::parse(url).map_err(|error| format!("not an address: {error}"))?;
        if parsed.scheme() != "https" && !(allow_private && parsed.scheme() == "http") {
            return Err("only https".to_owned());
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err("no user name or password in the address".to_owned());
        }
        let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']);
        // A name is checked when it is looked up; a bare address never is.
        if let Ok(ip) = host.parse::<IpAddr>()
            && !allow_private
            && !is_public(ip)
        {
            return Err("an address inside a private network".to_owned());
        }
        Ok(parsed)
    }

    /// Posts `body`, signed as `sha256=HMAC-SHA256(secret, body)` in hexadecimal.
    ///
    /// # Errors
    /// [`SendError`], by what can be done about it.
    pub async fn post(&self, url: &str, secret: &str, body: String) -> Result<(), SendError> {
        let permanent = |why: String| SendError::Permanent { code: 0, why };
        let later = |why: String| SendError::Retry { after_s: LATER_S, why };
        let url = Self::check(url, self.allow_private).map_err(permanent)?;
        let request = self.client.post(url).header("content-type", "application/json");
        let request = request.header(SIGNATURE, signature(secret, body.as_bytes()));
        let answer = request.body(body).send().await.map_err(|error| later(error.without_url().to_string()))?;
        match answer.status().as_u16() {
            200..=299 => Ok(()),
            status @ (408 | 425 | 429 | 500..=599) => Err(later(format!("status {status}"))),
            status => Err(SendError::Permanent { code: status.into(), why: "the webhook refused it".to_owned() }),
        }
    }
}

/// The value of [`SIGNATURE`].
#[must_use]
pub fn signature(secret: &str, body: &[u8]) -> String {
    let code = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(body);
        hex::encode(mac.finalize().into_bytes())
    });
    format!("sha256={}", code.unwrap_or_default())
}

/// Looks names up and passes over private addresses, so that a name cannot point into our network.
struct PublicOnly {
    allow_private: bool,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| allow_private || is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("the name leads into a private network, or nowhere".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the open Internet (IANA special-purpose registries, RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let odd = a == 0 || a >= 240 || (a == 192 && b == 0) || (a == 198 && (18..20).contains(&b));
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast() || shared || odd)
        }
        IpAddr::V6(ip) => {
            if let Some(v4) = ip.to_ipv4() {
                return is_public(IpAddr::V4(v4));
            }
            // Only 2000::/3 is global unicast; 2002::/16 (6to4) and 64:ff9b::/96 carry IPv4 inside.
            let first = ip.segments()[0];
            (0x2000..0x4000).contains(&first) && first != 0x2002
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_posted_into_a_private_network() {
        for url in [
            "http://agency.example/hook",
            "https://127.0.0.1/",
            "https://10.1.2.3/",
            "https://192.168.1.1/",
            "https://172.20.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://user:pass@agency.example/",
            "file:///etc/passwd",
            "agency.example",
        ] {
            assert!(WebhookPost::check(url, false).is_err(), "{url}");
        }
        assert!(WebhookPost::check("https://agency.example/hook?x=1", false).is_ok());
        assert!(WebhookPost::check("https://93.184.216.34/", false).is_ok());
        assert!(WebhookPost::check("http://127.0.0.1:8080/", true).is_ok());
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_not_followed() {
        let post = WebhookPost::new(false).unwrap();
        let error = post.post("https://localhost/", "s", "{}".to_owned()).await.unwrap_err();
        assert!(matches!(error, SendError::Retry { .. }), "{error:?}");
    }

    #[test]
    fn a_signature_is_hmac_sha256_of_the_body() {
        // RFC 4231, test case 2
        let wanted = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature("Jefe", b"what do ya want for nothing?"), wanted);
    }
}

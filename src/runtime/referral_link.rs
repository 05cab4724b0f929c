//! The link an agency opens: made from the referral and the office's key, checked without a table of
//! secrets. Base64url of the referral's id (16 bytes) and the first 24 bytes of an HMAC-SHA256 over
//! office, id and end of its time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::model::clock::Timestamp;
use crate::model::id::ReferralId;
use crate::store::vault::Vault;

/// Bytes of the code: 192 bits cannot be guessed.
const CODE_BYTES: usize = 24;

/// The token of a referral.
#[must_use]
pub fn token(vault: &Vault, polres: &str, id: ReferralId, expires_at: Timestamp) -> String {
    let mut bytes = id.0.as_bytes().to_vec();
    bytes.extend_from_slice(&code(vault, polres, id, expires_at));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Which referral a token names; it may still be a forgery: see [`opens`].
#[must_use]
pub fn named(token: &str) -> Option<ReferralId> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == 16 + CODE_BYTES)?;
    Some(ReferralId(Uuid::from_slice(bytes.get(..16)?).ok()?))
}

/// Whether a token is the one that was made for this referral. Takes as long for every wrong one.
#[must_use]
pub fn opens(vault: &Vault, given: &str, polres: &str, id: ReferralId, expires_at: Timestamp) -> bool {
    let right = token(vault, polres, id, expires_at);
    let differences = given.bytes().zip(right.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    given.len() == right.len() && differences == 0
}

fn code(vault: &Vault, polres: &str, id: ReferralId, expires_at: Timestamp) -> [u8; CODE_BYTES] {
    let mac = vault.alias("referral link", &format!("{polres}/{id}/{}", expires_at.micros()));
    let mut code = [0; CODE_BYTES];
    code.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const OTHER: &str = "1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const END: Timestamp = Timestamp::from_secs(1_795_237_200);

    #[test]
    fn a_link_opens_its_own_referral_and_no_other() {
        let vault = Vault::new(KEY).unwrap();
        let (one, other) = (ReferralId(Uuid::from_u128(1)), ReferralId(Uuid::from_u128(2)));
        let link = token(&vault, "medan", one, END);
        assert_eq!(named(&link), Some(one));
        assert!(opens(&vault, &link, "medan", one, END));
        assert!(!opens(&vault, &link, "medan", other, END));
        assert!(!opens(&vault, &link, "belawan", one, END));
        assert!(!opens(&vault, &link, "medan", one, END.plus_secs(1)), "nobody lengthens its time");
        assert!(!opens(&Vault::new(OTHER).unwrap(), &link, "medan", one, END));
        assert!(!opens(&vault, "", "medan", one, END) && !opens(&vault, &format!("{link}A"), "medan", one, END));
    }

    #[test]
    fn what_is_no_link_names_nothing() {
        for text in ["", "x", "ünd", "AAAA", &"A".repeat(10_000)] {
            assert_eq!(named(text), None);
        }
    }
}

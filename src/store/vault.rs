//! People's data at rest: sealed with the office's own keys, found again by blind index.
//!
//! A sealed value is `key id (1 byte) | nonce (24) | XChaCha20-Poly1305 ciphertext and tag`, bound to
//! the row it belongs to: moved into another row it does not open. Names and numbers are looked up
//! by HMAC-SHA256 under a derived key, so that the database alone tells nobody who wrote.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use super::error::StoreError;

const NONCE_LEN: usize = 24;
const HEAD_LEN: usize = 1 + NONCE_LEN;

/// The privacy keys, ready for use. Its `Debug` shows nothing.
pub struct Vault {
    /// Key id and cipher; the first one seals, all of them open.
    ciphers: Vec<(u8, XChaCha20Poly1305)>,
    index_key: [u8; 32],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

impl Vault {
    /// Keys written as `id:base64[,id:base64…]`, 32 bytes each, ids 0 to 255.
    ///
    /// The first one seals; the others open what was sealed before a change of keys. The blind index
    /// hangs on the key with the lowest id, so a new key takes a higher id and the lowest one stays.
    ///
    /// # Errors
    /// [`StoreError::BadKey`]: none given, malformed, of another length, or an id twice.
    pub fn new(keys: &str) -> Result<Self, StoreError> {
        let mut parsed = Vec::new();
        for part in keys.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let key = parse_key(part)?;
            if parsed.iter().any(|(id, _)| *id == key.0) {
                return Err(bad(format!("id {} is given twice", key.0)));
            }
            parsed.push(key);
        }
        let Some((_, oldest)) = parsed.iter().min_by_key(|(id, _)| *id) else {
            return Err(bad("none given, expected id:base64".to_owned()));
        };
        let index_key = hmac(oldest, &[b"sigap blind index v1"]);
        let ciphers = parsed.iter().map(|(id, key)| (*id, XChaCha20Poly1305::new(&Key::from(*key)))).collect();
        Ok(Self { ciphers, index_key })
    }

    /// A new key as it is written in the settings, `1:base64`.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn fresh_key(id: u8) -> Result<String, StoreError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| StoreError::backend("drawing a key", error))?;
        Ok(format!("{id}:{}", STANDARD.encode(key)))
    }

    /// Seals `plain` for the row `id` (`messages/0198…`).
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn seal(&self, id: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|error| StoreError::backend("drawing a nonce", error))?;
        let Some((key_id, cipher)) = self.ciphers.first() else {
            return Err(bad("none given".to_owned()));
        };
        let aad = id.as_bytes();
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
            .map_err(|error| StoreError::backend("sealing", error.to_string()))?;
        let mut out = Vec::with_capacity(HEAD_LEN + sealed.len());
        out.push(*key_id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what was sealed for the row `id`.
    ///
    /// # Errors
    /// [`StoreError::BadKey`] when its key is not among ours; [`StoreError::Corrupt`] when it was
    /// changed, or sealed for another row.
    pub fn open(&self, id: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let damaged = || StoreError::corrupt(format_args!("sealed value of {id} does not open"));
        let (&key_id, rest) = sealed.split_first().ok_or_else(damaged)?;
        let (nonce, msg) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(damaged)?;
        let cipher = self.ciphers.iter().find(|(known, _)| *known == key_id);
        let (_, cipher) = cipher.ok_or_else(|| bad(format!("key {key_id} is needed to open {id}")))?;
        cipher.decrypt(&XNonce::from(*nonce), Payload { msg, aad: id.as_bytes() }).map_err(|_| damaged())
    }

    /// Seals a value as JSON.
    ///
    /// # Errors
    /// See [`Vault::seal`].
    pub fn seal_json<T: Serialize>(&self, id: &str, value: &T) -> Result<Vec<u8>, StoreError> {
        let plain = serde_json::to_vec(value).map_err(|error| StoreError::backend("sealing", error))?;
        self.seal(id, &plain)
    }

    /// Opens a value sealed as JSON.
    ///
    /// # Errors
    /// See [`Vault::open`]; also when it is not that JSON.
    pub fn open_json<T: DeserializeOwned>(&self, id: &str, sealed: &[u8]) -> Result<T, StoreError> {
        let plain = self.open(id, sealed)?;
        // no serde detail here: its messages can quote the value
        serde_json::from_slice(&plain)
            .map_err(|_| StoreError::corrupt(format_args!("sealed value of {id} is not its JSON")))
    }

    /// Blind index of a name of a person: `kind` is `phone`, `wa_id` …, `text` the normalised value.
    #[must_use]
    pub fn alias(&self, kind: &str, text: &str) -> [u8; 32] {
        hmac(&self.index_key, &[&(kind.len() as u64).to_be_bytes(), kind.as_bytes(), text.as_bytes()])
    }

    /// Ids of the keys, the sealing one first.
    pub(crate) fn key_ids(&self) -> impl Iterator<Item = u8> + '_ {
        self.ciphers.iter().map(|(id, _)| *id)
    }

    /// Seals a fixed word under each key: proof, next time, that the key is still the same.
    pub(crate) fn proofs(&self) -> Result<Vec<(u8, Vec<u8>)>, StoreError> {
        self.key_ids().map(|id| Ok((id, self.under(id).seal(PROOF_ROW, PROOF)?))).collect()
    }

    /// Whether `proof` was made by the key we hold under that id.
    pub(crate) fn proves(&self, proof: &[u8]) -> bool {
        self.open(PROOF_ROW, proof).is_ok_and(|plain| plain == PROOF)
    }

    fn under(&self, key_id: u8) -> Self {
        let ciphers = self.ciphers.iter().filter(|(id, _)| *id == key_id).cloned().collect();
        Self { ciphers, index_key: self.index_key }
    }
}

const PROOF_ROW: &str = "vault_keys";
const PROOF: &[u8] = b"sigap";

fn bad(why: String) -> StoreError {
    StoreError::BadKey { why }
}

fn parse_key(part: &str) -> Result<(u8, [u8; 32]), StoreError> {
    let (id, text) = part.split_once(':').ok_or_else(|| bad("expected id:base64".to_owned()))?;
    let id: u8 = id.trim().parse().map_err(|_| bad("an id must be a number from 0 to 255".to_owned()))?;
    let bytes = STANDARD.decode(text.trim()).map_err(|_| bad(format!("key {id} is not base64")))?;
    let len = bytes.len();
    let key = bytes.try_into().map_err(|_| bad(format!("key {id} has {len} bytes, it must have 32")))?;
    Ok((id, key))
}

fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // a key shorter than the block of SHA-256 (64 bytes) is filled with zeros: RFC 2104, 2
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const TWO: &str = "2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    #[test]
    fn what_was_sealed_opens_in_its_own_row_only() {
        let vault = Vault::new(ONE).unwrap();
        let sealed = vault.seal("messages/1", b"tolong pak").unwrap();
        assert_eq!(vault.open("messages/1", &sealed).unwrap(), b"tolong pak");
        assert!(matches!(vault.open("messages/2", &sealed), Err(StoreError::Corrupt { .. })));
        assert!(!sealed.windows(6).any(|window| window == b"tolong"));
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let vault = Vault::new(ONE).unwrap();
        let sealed = vault.seal("r", b"0812").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(vault.open("r", &changed).is_err(), "byte {at}");
            assert!(vault.open("r", &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens_and_finds() {
        let old = Vault::new(ONE).unwrap();
        let new = Vault::new(&format!("{TWO}, {ONE}")).unwrap();
        let sealed = old.seal("r", b"x").unwrap();
        assert_eq!(new.open("r", &sealed).unwrap(), b"x");
        assert_eq!(new.seal("r", b"x").unwrap()[0], 2);
        assert!(matches!(old.open("r", &new.seal("r", b"x").unwrap()), Err(StoreError::BadKey { .. })));
        assert_eq!(old.alias("phone", "+62812"), new.alias("phone", "+62812"));
        assert_ne!(old.alias("phone", "+62812"), old.alias("wa_id", "+62812"));
    }

    #[test]
    fn a_blind_index_is_hmac_sha256() {
        // by Python: hmac.new(b"\x0b" * 32, b"Hi There", hashlib.sha256)
        let tag = hmac(&[0x0b; 32], &[b"Hi ", b"There"]);
        assert_eq!(hex::encode(tag), "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
    }

    #[test]
    fn bad_keys_are_refused_without_showing_them() {
        for (keys, why) in [
            ("", "none given"),
            ("AAAA", "expected id:base64"),
            ("x:AAAA", "a number"),
            ("1:AAAA", "3 bytes"),
            ("1:secret!", "not base64"),
            (&format!("{ONE},{ONE}"), "twice"),
        ] {
            let error = Vault::new(keys).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
            assert!(!error.contains("secret"));
        }
        assert_eq!(format!("{:?}", Vault::new(ONE).unwrap()), "Vault { .. }");
    }

    #[test]
    fn a_fresh_key_can_be_used() {
        assert!(Vault::new(&Vault::fresh_key(7).unwrap()).is_ok());
    }
}

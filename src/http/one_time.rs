//! Secrets that are said once: the code that opens the set-up, the first password of a user.

/// Letters and digits nobody confuses when reading aloud (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Characters of a secret: 60 random bits.
const LENGTH: usize = 12;

/// Three groups of four characters, `7kf2-92mn-pq4r`: 60 random bits.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn fresh() -> Result<String, getrandom::Error> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes)?;
    let mut words = String::with_capacity(LENGTH + 2);
    for (n, byte) in bytes.iter().enumerate() {
        if n > 0 && n % 4 == 0 {
            words.push('-');
        }
        words.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Ok(words)
}

/// Whether somebody typed this secret: case, blanks and hyphens do not matter, nor do letters that look
/// like digits.
#[must_use]
pub fn is_same(secret: &str, typed: &str) -> bool {
    same(&plain(secret), &plain(typed))
}

fn plain(text: &str) -> [u8; 32] {
    let letters = text.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    });
    super::auth::hash_token(&letters.collect::<String>())
}

/// Compares hashes: how long it takes says nothing about the secret behind them.
fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_three_groups_and_no_two_are_alike() {
        let (one, two) = (fresh().unwrap(), fresh().unwrap());
        assert_eq!((one.len(), one.split('-').count()), (14, 3), "{one}");
        assert_ne!(one, two);
    }

    #[test]
    fn a_person_may_type_it_as_he_reads_it() {
        assert!(is_same("7kf0-92mn-pq1r", " 7KFO 92mn pqlr "));
        assert!(!is_same("7kf0-92mn-pq1r", "7kf0-92mn-pq1s"));
        assert!(!is_same("7kf0-92mn-pq1r", ""));
    }
}

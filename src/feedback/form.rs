//! A `multipart/form-data` body (RFC 7578): fields and one file enter, bytes leave. Pure.

/// A form on its way.
pub struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    /// An empty form; `boundary` must not occur in what is put into it (random letters and digits).
    #[must_use]
    pub fn new(boundary: &str) -> Self {
        Self { boundary: boundary.to_owned(), body: Vec::new() }
    }

    /// Adds a word. Its name must be plain.
    #[must_use]
    pub fn field(self, name: &str, value: &str) -> Self {
        self.part(&format!("name=\"{name}\""), None, value.as_bytes())
    }

    /// Adds a file. Name and type must be plain.
    #[must_use]
    pub fn file(self, name: &str, filename: &str, mime: &str, bytes: &[u8]) -> Self {
        self.part(&format!("name=\"{name}\"; filename=\"{filename}\""), Some(mime), bytes)
    }

    fn part(mut self, names: &str, mime: Option<&str>, bytes: &[u8]) -> Self {
        let mime = mime.map(|mime| format!("Content-Type: {mime}\r\n")).unwrap_or_default();
        let head = format!("--{}\r\nContent-Disposition: form-data; {names}\r\n{mime}\r\n", self.boundary);
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
        self
    }

    /// The header `Content-Type` and the body.
    #[must_use]
    pub fn finish(mut self) -> (String, Vec<u8>) {
        self.body.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        (format!("multipart/form-data; boundary={}", self.boundary), self.body)
    }
}

/// A boundary no file holds: 128 random bits.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn boundary() -> Result<String, getrandom::Error> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    Ok(format!("sigap-{}", hex::encode(random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_written_as_the_rfc_says() {
        let (kind, body) =
            Form::new("x").field("phone", "62812").file("image", "a.jpg", "image/jpeg", b"\xff\r\n").finish();
        assert_eq!(kind, "multipart/form-data; boundary=x");
        let wanted = b"--x\r\nContent-Disposition: form-data; name=\"phone\"\r\n\r\n62812\r\n\
            --x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\
            \xff\r\n\r\n--x--\r\n";
        assert_eq!(body, wanted);
    }
}

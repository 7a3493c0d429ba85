//! A client as small as the tests need it: one request on one connection, and the bytes that come back.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// What came back.
pub struct Reply {
    pub status: u16,
    /// The lines above the body, in lower case.
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body is UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The codes of a refusal, which has the one form that all of them have.
    #[track_caller]
    pub fn codes(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("{json}"));
        assert!(!errors.is_empty(), "{json}");
        let code = |error: &Value| {
            for field in ["code", "path", "message"] {
                assert!(error[field].is_string(), "{json}");
            }
            assert!(
                error["help"].is_string() || error["help"].is_null(),
                "{json}"
            );
            error["code"].as_str().expect("a code").to_owned()
        };
        errors.iter().map(code).collect()
    }
}

/// Sends one request and reads until the other side closes.
pub fn send(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> Reply {
    let mut stream = TcpStream::connect(address).expect("the service listens");
    let timeout = Some(Duration::from_secs(60));
    stream.set_read_timeout(timeout).expect("a timeout");
    let mut head = format!("{method} {target} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(body) = body {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).expect("the head is sent");
    // A body that is too large is refused before all of it is read.
    let _ = stream.write_all(body.unwrap_or_default());
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no answer to {method} {target}: {read:?}"));
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let rest = &bytes[end + 4..];
    let is_chunked = head.contains("transfer-encoding: chunked");
    Reply {
        status: status.expect("a status"),
        body: if is_chunked {
            joined(rest)
        } else {
            rest.to_vec()
        },
        head,
    }
}

/// The body of pieces, each behind its length. A body that breaks off is not a whole one.
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest
            .windows(2)
            .position(|two| two == b"\r\n")
            .expect("a length");
        let length = std::str::from_utf8(&rest[..end]).expect("digits");
        let length = usize::from_str_radix(length, 16).expect("a length");
        rest = &rest[end + 2..];
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&rest[..length]);
        rest = &rest[length + 2..];
    }
}

//! AWS's binary event stream as text that can be reviewed: a line for each message, with its name and
//! its payload. Exceptions have an `!` before their name.
//!
//! Written from the specification and apart from the library, so that each checks the other:
//! <https://smithy.io/2.0/aws/amazon-eventstream.html>.

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// One message. The name of an exception begins with `!`.
pub(crate) fn message(name: &str, payload: &[u8]) -> Vec<u8> {
    let (kind, key, name) = match name.strip_prefix('!') {
        Some(name) => ("exception", ":exception-type", name),
        None => ("event", ":event-type", name),
    };
    let mut headers = Vec::new();
    for (key, value) in [(key, name), (":content-type", "application/json"), (":message-type", kind)] {
        headers.push(u8::try_from(key.len()).unwrap());
        headers.extend(key.bytes());
        headers.push(7);
        headers.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        headers.extend(value.bytes());
    }
    let total = u32::try_from(16 + headers.len() + payload.len()).unwrap();
    let mut out = total.to_be_bytes().to_vec();
    out.extend(u32::try_from(headers.len()).unwrap().to_be_bytes());
    out.extend(crc32(&out).to_be_bytes());
    out.extend(headers);
    out.extend(payload);
    out.extend(crc32(&out).to_be_bytes());
    out
}

/// What Bedrock's `InvokeModel` wraps a model's own event in.
pub(crate) fn chunk(event: &str) -> String {
    format!("{{\"bytes\":\"{}\",\"p\":\"abc\"}}", base64(event))
}

fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in text.as_bytes().chunks(3) {
        let bits = group.iter().chain([&0, &0]).take(3).fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        let digits = [18, 12, 6, 0].map(|shift| char::from(ALPHABET[bits >> shift & 63]));
        out.extend(&digits[..=group.len()]);
        out.push_str(&"=".repeat(3 - group.len()));
    }
    out
}

/// The bytes that `text` stands for. Of a last line that does not end, only half comes.
pub(crate) fn encode(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for line in text.split_inclusive('\n') {
        let (name, payload) = line.split_once(' ').expect("a name and a payload");
        match payload.strip_suffix('\n') {
            Some(payload) => out.extend(message(name, payload.as_bytes())),
            None => {
                let message = message(name, payload.as_bytes());
                out.extend(&message[..message.len() / 2]);
            }
        }
    }
    out
}

/// The text that `bytes` are written as.
pub(crate) fn decode(mut bytes: &[u8]) -> String {
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes[..4].try_into().unwrap());
    let mut text = String::new();
    while !bytes.is_empty() {
        let (total, headers) = (number(bytes) as usize, number(&bytes[4..]) as usize);
        assert_eq!(crc32(&bytes[..8]), number(&bytes[8..]), "checksum of the lengths");
        assert_eq!(crc32(&bytes[..total - 4]), number(&bytes[total - 4..]), "checksum of the message");
        let mut rest = &bytes[12..12 + headers];
        let mut known = std::collections::BTreeMap::new();
        while !rest.is_empty() {
            let (key, after) = rest[1..].split_at(rest[0].into());
            assert_eq!(after[0], 7, "a string");
            let length = usize::from(u16::from_be_bytes([after[1], after[2]]));
            let (value, after) = after[3..].split_at(length);
            known.insert(std::str::from_utf8(key).unwrap(), std::str::from_utf8(value).unwrap());
            rest = after;
        }
        assert_eq!(known[":content-type"], "application/json");
        let name = match known[":message-type"] {
            "event" => known[":event-type"].to_owned(),
            _ => format!("!{}", known[":exception-type"]),
        };
        let payload = std::str::from_utf8(&bytes[12 + headers..total - 4]).unwrap();
        text += &format!("{name} {payload}\n");
        bytes = &bytes[total..];
    }
    text
}

//! Reads forms of several parts, as files are uploaded.

/// A part of a form.
#[derive(Debug, PartialEq)]
pub struct Part<'a> {
    /// The field's name.
    pub name: String,
    /// The file's name, if this is a file.
    pub filename: Option<String>,
    /// The content.
    pub content: &'a [u8],
}

impl Part<'_> {
    /// The content as text; empty if it is none.
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.content).unwrap_or_default()
    }
}

/// The parts of a body whose `content-type` names the boundary; nothing if it is malformed.
pub fn parts<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let boundary = content_type.strip_prefix("multipart/form-data")?.split_once("boundary=")?.1;
    let boundary = boundary.split(';').next().unwrap_or_default().trim().trim_matches('"');
    let opening = format!("--{boundary}");
    let separator = format!("\r\n{opening}");
    let mut rest = body.strip_prefix(opening.as_bytes())?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let inner = rest.strip_prefix(b"\r\n")?;
        let (inner, after) = split(inner, separator.as_bytes())?;
        let (head, content) = split(inner, b"\r\n\r\n")?;
        parts.push(part(std::str::from_utf8(head).ok()?, content)?);
        rest = after;
    }
    Some(parts)
}

fn part<'a>(head: &str, content: &'a [u8]) -> Option<Part<'a>> {
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let parameter = |name: &str| {
        disposition.split(';').find_map(|found| {
            let (key, value) = found.trim().split_once('=')?;
            (key == name).then(|| value.trim_matches('"').to_string())
        })
    };
    Some(Part { name: parameter("name")?, filename: parameter("filename"), content })
}

fn split<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let start = bytes.windows(at.len()).position(|window| window == at)?;
    Some((&bytes[..start], &bytes[start + at.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=\"xx\"";

    #[test]
    fn forms_are_read_part_by_part() {
        let body = b"--xx\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n\
            --xx\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n\
            \x00\r\n\xff\r\n--xx--\r\n";
        let read = parts(KIND, body).unwrap();
        assert_eq!((read[0].name.as_str(), read[0].text()), ("model", "whisper-1"));
        assert_eq!((read[1].filename.as_deref(), read[1].content), (Some("a.wav"), b"\x00\r\n\xff".as_slice()));
    }

    #[test]
    fn malformed_forms_are_not_read() {
        for body in ["", "--xx\r\n", "--xx\r\nname\r\n--xx--", "--yy--", "--xx\r\n\r\n\r\n\r\n--xx--"] {
            assert_eq!(parts(KIND, body.as_bytes()), None, "{body:?}");
        }
        assert_eq!(parts("application/json", b"--xx--"), None);
    }
}

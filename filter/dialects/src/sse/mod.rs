//! Server-sent events as bytes: framed on the way in, written on the way out.

mod framer;

pub(crate) use framer::Framer;

/// Appends one event. `data` writes JSON, in which a line can only end between two tokens; there a space
/// says the same. JSON as this crate writes it is one line, but what it passes on may be several, as the
/// arguments that models think up are.
pub(crate) fn write(out: &mut Vec<u8>, name: Option<&str>, data: impl FnOnce(&mut Vec<u8>)) {
    if let Some(name) = name {
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(name.as_bytes());
        out.push(b'\n');
    }
    out.extend_from_slice(b"data: ");
    let start = out.len();
    data(out);
    for byte in out.get_mut(start..).unwrap_or_default() {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    out.extend_from_slice(b"\n\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn data_of_several_lines_becomes_one() {
        let mut out = Vec::new();
        write(&mut out, Some("x"), |out| out.extend_from_slice(b"{\r\n\"a\":\n\n1}"));
        assert_eq!(out, b"event: x\ndata: {  \"a\":  1}\n\n");
    }
}

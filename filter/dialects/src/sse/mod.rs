//! Server-sent events as bytes: framed on the way in, written on the way out.

mod framer;

pub(crate) use framer::Framer;

/// Appends one event. `data` writes a single line; JSON as this crate writes it is one.
pub(crate) fn write(out: &mut Vec<u8>, name: Option<&str>, data: impl FnOnce(&mut Vec<u8>)) {
    if let Some(name) = name {
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(name.as_bytes());
        out.push(b'\n');
    }
    out.extend_from_slice(b"data: ");
    data(out);
    out.extend_from_slice(b"\n\n");
}

//! Bodies, which Envoy keeps: a copy is taken once and dropped.

use super::abi;
use proxy_wasm::hostcalls;
use proxy_wasm::types::BufferType;

/// The body of one direction.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    /// The request's.
    Request,
    /// The response's: the whole of it while paused, else the piece that has just come.
    Response,
}

impl Body {
    fn buffer(self) -> BufferType {
        match self {
            Self::Request => BufferType::HttpRequestBody,
            Self::Response => BufferType::HttpResponseBody,
        }
    }

    pub(crate) fn read(self, size: usize) -> Vec<u8> {
        self.read_from(0, size)
    }

    /// So many bytes, or as many as there are, from `start` on.
    pub(crate) fn read_from(self, start: usize, size: usize) -> Vec<u8> {
        if size == 0 {
            return Vec::new();
        }
        hostcalls::get_buffer(self.buffer(), start, size).ok().flatten().unwrap_or_default()
    }

    /// Puts `bytes` behind everything that is buffered.
    pub(crate) fn append(self, bytes: &[u8]) {
        abi::append_to_buffer(self.buffer(), bytes);
    }

    /// Puts `bytes` in place of everything that is buffered.
    pub(crate) fn replace(self, bytes: &[u8]) {
        abi::replace_buffer(self.buffer(), bytes);
    }
}

//! Host calls that the SDK makes dearer or riskier than they are: it copies what comes back into many small pieces, and what
//! goes out into one, and it panics where a map or a buffer is not there.

use proxy_wasm::types::{BufferType, MapType};
use std::ptr::null_mut;

const OK: u32 = 0;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_get_header_map_pairs(map: MapType, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_get_header_map_value(
        map: MapType,
        name: *const u8,
        name_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_replace_header_map_value(
        map: MapType,
        name: *const u8,
        name_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> u32;
    fn proxy_remove_header_map_value(map: MapType, name: *const u8, name_size: usize) -> u32;
    fn proxy_set_header_map_pairs(map: MapType, data: *const u8, size: usize) -> u32;
    fn proxy_set_buffer_bytes(buffer: BufferType, start: usize, size: usize, data: *const u8, data_size: usize) -> u32;
    fn proxy_set_property(path: *const u8, path_size: usize, value: *const u8, value_size: usize) -> u32;
}

/// All headers of a map, as the host lays them out; empty where there are none.
pub(super) fn header_map(map: MapType) -> Vec<u8> {
    let (mut data, mut size) = (null_mut(), 0);
    // SAFETY: both point at places that live through the call.
    let status = unsafe { proxy_get_header_map_pairs(map, &raw mut data, &raw mut size) };
    given(status, data, size).unwrap_or_default()
}

/// A header's value; `None` where there is none, or no such map now.
pub(super) fn header(map: MapType, name: &str) -> Option<Vec<u8>> {
    let (mut data, mut size) = (null_mut(), 0);
    // SAFETY: the host reads the name before it returns, and both others point at places that live through the call.
    let status = unsafe { proxy_get_header_map_value(map, name.as_ptr(), name.len(), &raw mut data, &raw mut size) };
    given(status, data, size)
}

/// Puts `value` in place of what a header was. Where there is no such map now, nothing is done.
pub(super) fn set_header(map: MapType, name: &str, value: &str) {
    // SAFETY: the host reads both before it returns.
    unsafe { proxy_replace_header_map_value(map, name.as_ptr(), name.len(), value.as_ptr(), value.len()) };
}

/// Takes a header out.
pub(super) fn remove_header(map: MapType, name: &str) {
    // SAFETY: the host reads the name before it returns.
    unsafe { proxy_remove_header_map_value(map, name.as_ptr(), name.len()) };
}

/// What the host has given back by a call.
fn given(status: u32, data: *mut u8, size: usize) -> Option<Vec<u8>> {
    if status != OK || data.is_null() {
        return None;
    }
    // SAFETY: the host got these bytes from the module's own allocator, filled them, and leaves them to the caller.
    Some(unsafe { Vec::from_raw_parts(data, size, size) })
}

/// Puts these headers in place of all that a map holds, laid out as [`header_map`] gives them.
pub(super) fn set_header_map(map: MapType, headers: &[u8]) {
    // SAFETY: the host reads them before it returns.
    unsafe { proxy_set_header_map_pairs(map, headers.as_ptr(), headers.len()) };
}

/// Puts `bytes` in place of all that a buffer holds. Where there is no buffer, as before any body has come, nothing is
/// done.
pub(super) fn replace_buffer(buffer: BufferType, bytes: &[u8]) {
    // SAFETY: the host reads them before it returns.
    unsafe { proxy_set_buffer_bytes(buffer, 0, usize::MAX, bytes.as_ptr(), bytes.len()) };
}

/// Puts `bytes` behind all that a buffer holds.
pub(super) fn append_to_buffer(buffer: BufferType, bytes: &[u8]) {
    // SAFETY: the host reads them before it returns.
    unsafe { proxy_set_buffer_bytes(buffer, usize::MAX, 0, bytes.as_ptr(), bytes.len()) };
}

/// Sets a property of the stream. The parts of `path` are separated by zero bytes.
pub(super) fn set_property(path: &[u8], value: &[u8]) {
    // SAFETY: the host reads both before it returns.
    unsafe { proxy_set_property(path.as_ptr(), path.len(), value.as_ptr(), value.len()) };
}

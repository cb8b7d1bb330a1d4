//! All headers of one direction, read with one host call and left where the host put them.

use super::abi;
use proxy_wasm::types::MapType;

/// The number of headers, then for each the lengths of its name and value, then those, a zero byte behind each.
#[derive(Default)]
pub(crate) struct HeaderMap(Vec<u8>);

impl HeaderMap {
    pub(super) fn read(map: MapType) -> Self {
        Self(abi::header_map(map))
    }

    /// Puts them in place of all that are there.
    pub(super) fn write(&self, map: MapType) {
        abi::set_header_map(map, &self.0);
    }

    /// Every header. What does not fit the layout ends it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        // Envoy takes only names in ASCII; another would be nobody's.
        self.spans().map(|(name, value)| (std::str::from_utf8(name).unwrap_or_default(), value))
    }

    /// All names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// The values of a header, in order.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.spans().filter(move |(key, _)| key.len() == name.len() && *key == name.as_bytes()).map(|(_, value)| value)
    }

    /// A header's value; the first one's, where there are several.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// The value of a header that is there once. Of two, nobody can say which one another filter or
    /// a provider would take.
    pub(crate) fn get_only(&self, name: &str) -> Option<&[u8]> {
        let mut values = self.all(name);
        values.next().filter(|_| values.next().is_none())
    }

    /// The response's status; 0 where there is none.
    pub(crate) fn status(&self) -> u16 {
        let status = self.get(":status").and_then(|status| std::str::from_utf8(status).ok());
        status.and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    /// Every name and value.
    #[inline(always)]
    fn spans(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        const COUNT: usize = size_of::<u32>();
        let count = self.0.first_chunk().map_or(0, |count| u32::from_le_bytes(*count));
        let lengths = self.0.get(COUNT..).unwrap_or_default().as_chunks::<4>().0.as_chunks::<2>().0;
        let lengths = lengths.get(..usize::try_from(count).unwrap_or(usize::MAX)).unwrap_or_default();
        let mut at = COUNT.saturating_add(size_of_val(lengths));
        lengths.iter().map_while(move |lengths| {
            let [name, value] = lengths.map(|length| usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX));
            let (start, end) = (at.saturating_add(name).saturating_add(1), at.saturating_add(name));
            let behind = start.saturating_add(value);
            let span = (self.0.get(at..end)?, self.0.get(start..behind)?);
            at = behind.saturating_add(1);
            Some(span)
        })
    }
}

//! Servers that speak OpenAI's dialect, as far as each wants something otherwise than OpenAI.

/// What a server takes and refuses.
#[derive(Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name in configurations.
    pub name: &'static str,
    /// What its paths begin with, where that is not `/v1`.
    pub(crate) base_path: Option<&'static str>,
    /// Is the role `developer` known? Otherwise it is `system`.
    pub(crate) developer_role: bool,
    /// Is `stream_options` taken?
    pub(crate) stream_options: bool,
    /// Members that go by another name: OpenAI's, and the server's.
    pub(crate) renames: &'static [(&'static str, &'static str)],
    /// Members that are answered with an error, and that an answer stays right without.
    pub(crate) refuses: &'static [&'static str],
}

impl Server {
    /// Every server that is known.
    pub const ALL: &'static [Self] = &[];

    /// The server of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|server| server.name == name)
    }
}

//! Why a text could not be read.

/// Why a text could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It is not JSON.
    NotJson,
    /// The value at `path` (empty: the outermost) is not `expected`.
    Expected {
        /// Like `messages[2].content`. Names that are not [plain](super::is_plain) are not in it.
        path: String,
        /// What it should be: a noun.
        expected: &'static str,
    },
    /// The field at `path` is given twice.
    Twice {
        /// Like `messages[2].content`.
        path: String,
    },
}

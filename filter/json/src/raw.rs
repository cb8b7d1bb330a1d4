//! Values that go on as they came.

/// Any value, as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a>(&'a str);

impl<'a> Raw<'a> {
    /// What has been found to be JSON.
    pub(crate) fn read(json: &'a str) -> Self {
        Self(json)
    }

    /// As JSON, without space around it.
    pub fn get(self) -> &'a str {
        self.0
    }
}

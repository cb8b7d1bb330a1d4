//! What is wrong with a configuration.

use std::cell::RefCell;
use std::fmt;

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    path: String,
    message: String,
}

/// Everything that is wrong. Never empty; `Display` writes one line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(Vec<ConfigError>);

impl ConfigError {
    /// Where: `models.assistant.targets[1].provider`. Empty for the document itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was found, what was expected, and what may have been meant.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}

impl ConfigErrors {
    /// An error about the document as a whole.
    pub(super) fn of_document(message: String) -> Self {
        Self(vec![ConfigError { path: String::new(), message }])
    }

    /// One by one, in the order of the configuration's fields.
    pub fn iter(&self) -> impl Iterator<Item = &ConfigError> {
        self.0.iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// Collects errors while a configuration is read.
#[derive(Debug, Default)]
pub(super) struct Report(RefCell<Vec<ConfigError>>);

impl Report {
    pub(super) fn add(&self, path: &str, message: String) {
        self.0.borrow_mut().push(ConfigError { path: path.into(), message });
    }

    /// What was read, if nothing was reported.
    pub(super) fn finish<T>(self, read: Option<T>) -> Result<T, ConfigErrors> {
        let errors = self.0.into_inner();
        match read {
            Some(read) if errors.is_empty() => Ok(read),
            None if errors.is_empty() => Err(ConfigErrors::of_document("the configuration cannot be read".into())),
            _ => Err(ConfigErrors(errors)),
        }
    }
}

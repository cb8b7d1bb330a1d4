//! Speaks every AI API.

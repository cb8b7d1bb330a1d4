//! Lives in Envoy.

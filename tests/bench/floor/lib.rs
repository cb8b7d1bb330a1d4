//! Empty: the filters stand in `examples`, so that one crate builds them all.

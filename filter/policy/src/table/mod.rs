//! The fixed table that workers share.
//!
//! Envoy's shared data never frees a key, and two workers that create the same key lose one of
//! the two writes. So no key is ever created while requests flow: a fixed number of *buckets* is
//! created before workers start, each one value with a few *entries*, and everything afterwards
//! is a compare-and-swap on one bucket. What that buys, and what code here must keep true:
//!
//! - **One key, one bucket.** A keyed hash of an entry's key names its bucket and is its tag.
//!   Finding, inserting and evicting are therefore one compare-and-swap each, and no update of
//!   one worker is lost to another's.
//! - **What is taken together lives together.** Entries of one bucket change by one compare-and-swap,
//!   all of them or none ([`BucketKey::update`]): keys that one request mostly needs share a [`Group`].
//! - **Expired is absent.** An entry whose `expires` is not after *now* means exactly what no
//!   entry means. It can be evicted by whoever needs its place, and nobody can tell.
//! - **Time that goes back takes nothing along.** A bucket says when it was last written. If that is ahead of *now* by
//!   more than clocks of workers differ, the clock was set back, and whoever notices writes all its entries so that they
//!   expire that much earlier: each goes on from where it was when the bucket was last written, and none that had
//!   expired comes back. So a moment in an entry's state is to be said by how far it is from `expires`. Buckets that
//!   nobody asks for are seen to all the same ([`Table::clock_was_set_back`]): until then, time stands still in them.
//! - **Live entries stay.** An insertion into a bucket of live entries fails as
//!   [`TableError::Full`]; it never pushes out state that still counts. What becomes of the request
//!   is the configuration's decision (`"when_full"`).
//! - **What lives is what counts.** Whoever keeps state here says by `expires` until when it means
//!   anything: a bucket that is being filled until it is full, a budget until its window ends or its
//!   debt is paid, a slot for two leases, a correction for a day. Nobody has to clean up.
//! - **What clients invent is bounded.** Keys that only the configuration and the callers it knows
//!   can multiply may have any place; keys from names that anybody can make up share a few
//!   ([`Table::key_among`]).
//! - **One kind of state, one kind of key.** A key begins with what its state means, so that no
//!   configuration and no version reads one kind of state as another.
//! - **Attempts are bounded.** Each lost compare-and-swap means that another worker has got on, and
//!   is counted ([`Store::lost`]); after so many the caller is told ([`TableError::Contended`]) and nothing has changed.
//! - **Memory is bounded** by the number of slots, whatever clients send.
//! - **What was just written need not be read.** A guess at its version saves that ([`Written`]); a wrong one writes
//!   nothing, and nothing is decided by a guess that nothing is written by: no request is refused by one.
//! - **Another geometry is another table.** The layout's version and the number of slots are part
//!   of every [`BucketKey`], so that a filter of another version, or with another size, cannot
//!   misread this one's buckets.
//! - **The seed is shared.** It lives in the table's header, so that all workers hash alike, and
//!   that keys which crowd one bucket cannot be computed from outside.

mod bucket;
mod entry;
mod error;
mod geometry;
mod group;
mod header;
mod opened;
mod store;
mod written;

pub(crate) use bucket::Full;
pub(crate) use entry::{Entry, EntryKey};
pub use error::TableError;
pub use geometry::{BucketKey, BucketName, Geometry};
pub(crate) use group::{Group, Snapshot};
pub(crate) use header::Groups;
pub use header::Table;
pub(crate) use opened::Opened;
pub use store::{Store, StoreError};
pub use written::Written;

/// Version of the bytes in buckets and header. Whoever changes them counts it up.
const LAYOUT: u8 = 3;

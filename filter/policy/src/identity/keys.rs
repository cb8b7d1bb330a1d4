//! API keys, known by their digests only.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::lookup::Lookup;

/// The SHA-256 of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// Reads 64 hexadecimal digits, large or small.
    pub(crate) fn parse(hex: &str) -> Option<Self> {
        let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
        let mut bytes = [0; 32];
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            let digits = pair.map(|digit| char::from(digit).to_digit(16));
            let [Some(high), Some(low)] = digits else {
                return None;
            };
            *byte = u8::try_from(high.checked_shl(4)? | low).ok()?;
        }
        Some(Self(bytes))
    }

    fn of(key: &[u8]) -> Self {
        Self(Sha256::digest(key).into())
    }

    /// Where to look for it. A client cannot aim at a place without inverting the digest, so that
    /// the time of this look-up tells nothing about the keys that exist.
    fn place(&self) -> u64 {
        self.0.first_chunk().copied().map_or(0, u64::from_le_bytes)
    }
}

/// Whose key is whose.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys(Lookup<u64, Vec<Candidate>>);

#[derive(Debug, Clone)]
struct Candidate {
    digest: Digest,
    owner: Option<usize>,
}

/// Compared with when there is no candidate, so that an unknown key takes as long as a known one.
const NOBODY: &[Candidate] = &[Candidate { digest: Digest([0; 32]), owner: None }];

impl Keys {
    /// Adds a key, or returns who has it already.
    pub(crate) fn add(&mut self, digest: Digest, owner: usize) -> Result<(), usize> {
        let candidates = self.0.entry(digest.place()).or_default();
        if let Some(taken) = candidates.iter().find(|candidate| candidate.digest == digest) {
            return Err(taken.owner.unwrap_or(owner));
        }
        candidates.push(Candidate { digest, owner: Some(owner) });
        Ok(())
    }

    /// Who owns this key. Compares whole digests in a time that does not depend on where they
    /// differ.
    pub(crate) fn owner(&self, key: &[u8]) -> Option<usize> {
        let digest = Digest::of(key);
        let candidates = self.0.get(&digest.place()).map_or(NOBODY, Vec::as_slice);
        let mut owner = None;
        for candidate in candidates {
            if bool::from(candidate.digest.0.ct_eq(&digest.0)) {
                owner = candidate.owner;
            }
        }
        owner
    }
}

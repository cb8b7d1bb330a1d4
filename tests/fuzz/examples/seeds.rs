//! Writes where fuzzers begin into a folder: a folder for each target, and a dictionary.

use fuzz::seeds::{Seed, all, dictionary};
use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let folder = Path::new(&folder);
    for Seed { target, name, bytes } in all() {
        std::fs::create_dir_all(folder.join(target))?;
        std::fs::write(folder.join(target).join(name), bytes)?;
    }
    std::fs::write(folder.join("words.dict"), dictionary())
}

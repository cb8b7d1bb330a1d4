//! Workers that interleave at every access to the store.
//!
//! A worker here is a script. To stop it between two accesses without threads, its store answers from a
//! log of what it answered before, and after the one access that this turn allows, refuses everything;
//! the next turn runs the script from the start again. So every order of accesses can be played, the
//! same one again for the same seed, on wasm too.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::cell::{Cell, RefCell};

use tollgate_policy::{BucketKey, Geometry, Store, StoreError, Written};

use crate::memory::Memory;

/// Seeds of so many schedules; of a tenth on wasm, where one test runs at a time and nothing else differs.
pub fn schedules(count: u64) -> std::ops::Range<u64> {
    0..if cfg!(target_arch = "wasm32") { count / 10 } else { count }
}

/// The table of a schedule: every other one has a single bucket, in which all limits are taken at once.
pub fn geometry(seed: u64) -> Geometry {
    Geometry::new(if seed.is_multiple_of(2) { 32 } else { 4096 })
}

/// A linear congruential generator: chance that repeats.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

#[derive(Clone)]
pub enum Answer {
    Read(Option<(Vec<u8>, u32)>),
    Swapped(bool),
}

/// One worker's view of the store: the log, then one access, then nothing.
pub struct Turn<'m> {
    memory: &'m Memory,
    log: &'m RefCell<Vec<Answer>>,
    position: Cell<usize>,
    fresh: Cell<bool>,
    stopped: Cell<bool>,
    written: RefCell<Written>,
    /// Breaks the store, to see that the check notices.
    swaps_blindly: bool,
}

impl Turn<'_> {
    /// The script has used up its access: what it was answered since means nothing.
    pub fn is_over(&self) -> bool {
        self.stopped.get()
    }

    /// So many accesses the script has made.
    pub fn accesses(&self) -> usize {
        self.position.get() - usize::from(self.stopped.get())
    }

    fn answer(&self, access: impl FnOnce() -> Answer) -> Option<Answer> {
        let position = self.position.get();
        self.position.set(position + 1);
        if let Some(answer) = self.log.borrow().get(position) {
            return Some(answer.clone());
        }
        if !self.fresh.replace(false) {
            self.stopped.set(true);
            return None;
        }
        let answer = access();
        self.log.borrow_mut().push(answer.clone());
        Some(answer)
    }
}

impl Store for Turn<'_> {
    fn read(&self, bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        match self.answer(|| Answer::Read(self.memory.read(bucket))) {
            Some(Answer::Read(read)) => {
                read.iter().for_each(|(_, version)| self.written.borrow_mut().seen(*version));
                read
            }
            _ => None,
        }
    }

    fn compare_and_swap(&self, bucket: BucketKey, value: &[u8], version: u32) -> Result<bool, StoreError> {
        let swap = || {
            if self.swaps_blindly {
                self.memory.create(bucket, value).unwrap();
                return Answer::Swapped(true);
            }
            Answer::Swapped(self.memory.compare_and_swap(bucket, value, version).unwrap())
        };
        match self.answer(swap) {
            Some(Answer::Swapped(swapped)) => Ok(swapped),
            _ => Err(StoreError::new("stopped")),
        }
    }

    fn create(&self, _: BucketKey, _: &[u8]) -> Result<(), StoreError> {
        Err(StoreError::new("workers create nothing"))
    }

    fn guess(&self, bucket: BucketKey) -> Option<(Vec<u8>, u32)> {
        self.written.borrow_mut().guess(bucket)
    }

    fn wrote(&self, bucket: BucketKey, value: Vec<u8>) {
        let must_look = self.written.borrow_mut().wrote(bucket, value);
        if must_look && let Some((value, version)) = self.read(bucket) {
            self.written.borrow_mut().found(bucket, value, version);
        }
    }
}

/// Workers on one store, each of which goes on where it was stopped.
pub struct Workers<'m> {
    memory: &'m Memory,
    logs: Vec<RefCell<Vec<Answer>>>,
    swaps_blindly: bool,
}

impl<'m> Workers<'m> {
    pub fn new(memory: &'m Memory, count: usize, swaps_blindly: bool) -> Self {
        Self { memory, logs: (0..count).map(|_| RefCell::default()).collect(), swaps_blindly }
    }

    /// Plays on until each of those that are `alive` is done. `run` runs a worker's script, which is done if
    /// there is an outcome; `check` looks at the store after each turn.
    pub fn play<T, E>(
        &self,
        chance: &mut Chance,
        mut alive: impl FnMut(usize, usize) -> bool,
        mut run: impl FnMut(usize, &Turn<'_>) -> Option<T>,
        mut check: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Vec<Option<T>>, E> {
        let mut done: Vec<Option<T>> = self.logs.iter().map(|_| None).collect();
        loop {
            let waiting: Vec<usize> =
                (0..done.len()).filter(|&it| done[it].is_none() && alive(it, self.logs[it].borrow().len())).collect();
            if waiting.is_empty() {
                return Ok(done);
            }
            let worker = waiting[chance.below(waiting.len() as u64) as usize];
            let turn = Turn {
                memory: self.memory,
                log: &self.logs[worker],
                position: Cell::new(0),
                fresh: Cell::new(true),
                stopped: Cell::new(false),
                written: RefCell::default(),
                swaps_blindly: self.swaps_blindly,
            };
            done[worker] = run(worker, &turn);
            check(worker)?;
        }
    }
}

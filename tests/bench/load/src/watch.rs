//! What clients see by the clock.

use crate::client::Target;
use crate::figures::Figures;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;
use tokio::task::LocalSet;

/// What came back.
#[derive(Default)]
struct Seen {
    /// From asking to the last byte.
    whole: Figures,
    /// From asking to the first byte of the body.
    first: Figures,
    /// From one piece of the body to the next.
    gaps: Figures,
    failed: u64,
}

/// Asks once and reads the answer to its end.
async fn ask(target: &Target, seen: &RefCell<Seen>) {
    let asked = Instant::now();
    let (connection, answer) = target.send().await;
    let Ok(answer) = answer else {
        seen.borrow_mut().failed += 1;
        return;
    };
    let good = answer.status().is_success();
    let mut body = answer.into_body();
    let mut last: Option<Instant> = None;
    while let Some(frame) = body.frame().await {
        let now = Instant::now();
        if frame.is_err() {
            seen.borrow_mut().failed += 1;
            return;
        }
        match last.replace(now) {
            None => seen.borrow_mut().first.add(now - asked),
            Some(before) => seen.borrow_mut().gaps.add(now - before),
        }
    }
    target.give_back(connection);
    let mut seen = seen.borrow_mut();
    if good {
        seen.whole.add(asked.elapsed());
    } else {
        seen.failed += 1;
    }
}

/// Sends requests at a fixed rate, whether or not earlier ones have been answered, so that a slow answer does not
/// hide those that would have waited behind it.
pub async fn rate(target: Target, per_second: u64, long: Duration) -> Value {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let tasks = LocalSet::new();
    let clock = async {
        let (start, between) = (tokio::time::Instant::now(), Duration::from_secs(1).div_f64(per_second as f64));
        let mut due = start;
        while due < start + long {
            tokio::time::sleep_until(due).await;
            due += between;
            let (target, seen) = (target.clone(), seen.clone());
            tokio::task::spawn_local(async move { ask(&target, &seen).await });
        }
    };
    tasks.run_until(clock).await;
    let _ = tokio::time::timeout(Duration::from_secs(10), tasks).await;
    report(&seen)
}

/// Keeps `streams` streams going for so long, and lets them end.
pub async fn streams(target: Target, streams: u64, long: Duration) -> Value {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let tasks = LocalSet::new();
    let end = Instant::now() + long;
    for nth in 0..streams {
        let (target, seen) = (target.clone(), seen.clone());
        tasks.spawn_local(async move {
            // Not all at the same moment, as clients are.
            tokio::time::sleep(Duration::from_micros(nth * 997 % 100_000)).await;
            while Instant::now() < end {
                ask(&target, &seen).await;
            }
        });
    }
    let _ = tokio::time::timeout(long + Duration::from_secs(30), tasks).await;
    report(&seen)
}

/// Opens streams, says when each has its first byte, and keeps them until standard input is closed.
pub async fn hold(target: Target, streams: u64) {
    let mut held = Vec::new();
    for _ in 0..streams {
        let (connection, answer) = target.send().await;
        let Ok(mut answer) = answer else { continue };
        if answer.status().is_success() && answer.body_mut().frame().await.is_some() {
            held.push((connection, answer));
        }
    }
    println!("{}", json!({"open": held.len()}));
    let _ = tokio::io::stdin().read(&mut [0]).await;
}

fn report(seen: &RefCell<Seen>) -> Value {
    let Seen { whole, first, gaps, failed } = seen.take();
    json!({"failed": failed, "whole_us": whole.into_json(), "first_us": first.into_json(), "gap_us": gaps.into_json()})
}

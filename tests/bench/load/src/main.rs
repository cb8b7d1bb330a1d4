//! The other two sides of a benchmark: a provider that answers at once, and clients that watch the clock.
//!
//! `bench-load serve` answers until its standard input is closed; the rest load one URL and print figures as JSON:
//! `rate` sends requests at a fixed rate, `streams` reads many streams at once, `hold` only keeps them open.

mod answers;
mod client;
mod figures;
mod serve;
mod watch;

use client::Target;
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["serve"] => serve::serve().await,
        ["rate", url, body, per_second, seconds, ref headers @ ..] => {
            let target = Target::new(url, body, headers);
            println!("{}", watch::rate(target, number(per_second), Duration::from_secs(number(seconds))).await);
        }
        ["streams", url, body, streams, seconds, ref headers @ ..] => {
            let target = Target::new(url, body, headers);
            println!("{}", watch::streams(target, number(streams), Duration::from_secs(number(seconds))).await);
        }
        ["hold", url, body, streams, ref headers @ ..] => {
            watch::hold(Target::new(url, body, headers), number(streams)).await;
        }
        _ => {
            eprintln!(
                "bench-load serve | rate URL BODY PER_SECOND SECONDS | streams URL BODY STREAMS SECONDS | hold URL BODY STREAMS, \
                 each with headers like 'name: value'"
            );
            std::process::exit(2);
        }
    }
}

fn number(word: &str) -> u64 {
    word.parse().expect("a whole number")
}

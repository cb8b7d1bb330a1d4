//! A rate limit service for the tests of a fleet: Envoy's protocol on one side, Redis on the other, and the crate
//! `limitador` between them. Users run Envoy's own service, or another that speaks the protocol.

mod budget;
mod service;

/// Envoy's rate limit protocol.
mod protocol {
    tonic::include_proto!("envoy.service.ratelimit.v3");
}

use budget::Budget;
use limitador::AsyncRateLimiter;
use limitador::storage::redis::AsyncRedisStorage;
use protocol::rate_limit_service_server::RateLimitServiceServer;
use service::Service;
use std::error::Error;
use std::io::Read;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

const USAGE: &str = r#"usage: rate-limit-service REDIS_URL BUDGETS

BUDGETS is JSON: [{"domain": "tollgate", "per": ["consumer", "model"], "tokens": 100000, "seconds": 60}]
It prints the address it listens on, and ends when its stdin is closed."#;

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [redis, budgets] = words.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(redis, budgets).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rate-limit-service: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(redis: &str, budgets: &str) -> Result<(), Box<dyn Error>> {
    let budgets: Vec<Budget> = serde_json::from_str(budgets)?;
    let limiter = AsyncRateLimiter::new_with_storage(Box::new(AsyncRedisStorage::new(redis).await?));
    for budget in &budgets {
        limiter.add_limit(budget.limit());
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let server = Server::builder().add_service(RateLimitServiceServer::new(Service::new(limiter)));
    tokio::select! {
        served = server.serve_with_incoming(TcpListenerStream::new(listener)) => Ok(served?),
        _ = tokio::task::spawn_blocking(stdin_closed) => Ok(()),
    }
}

fn stdin_closed() {
    let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
}

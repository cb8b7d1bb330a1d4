//! Plays the providers for end-to-end tests, as strict as the real ones.
//!
//! Each provider has a listener of its own. A request is recorded, checked the way the provider
//! checks it, and answered with what its scenario asks for (see [`scenario`]).

mod anthropic;
mod arguments;
mod base64;
mod bedrock;
mod cohere;
mod delivery;
mod embedding;
mod encoding;
mod event_stream;
mod form;
mod gemini;
mod json_list;
mod logprobs;
mod model_name;
mod multipart;
mod openai;
mod plan;
mod problem;
mod provider;
mod published;
mod ranking;
mod recording;
mod scenario;
mod schema;
mod serve;
mod shape;
mod socket;
mod sse;
mod texts;
mod turn;
mod wishes;

use arguments::Arguments;
use futures_util::future::select_all;
use provider::Provider;
use serve::Listening;
use socket::{Connections, Socket};
use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("mock-providers: {message}\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("no runtime: {error}")),
    };
    let outcome = runtime.block_on(run(arguments));
    // Requests that hang on purpose must not hold up the exit.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("mock-providers: {message}");
    ExitCode::FAILURE
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let providers: [(&String, Arc<dyn Provider>); 5] = [
        (&arguments.openai, Arc::new(openai::OpenAi::from_env())),
        (&arguments.anthropic, Arc::new(anthropic::Anthropic::from_env())),
        (&arguments.bedrock, Arc::new(bedrock::Bedrock::from_env())),
        (&arguments.gemini, Arc::new(gemini::Gemini::from_env())),
        (&arguments.cohere, Arc::new(cohere::Cohere::from_env())),
    ];
    let mut listening = Vec::new();
    for (address, provider) in providers {
        listening.push((listen(provider.name(), address).await?, provider));
    }
    let mut interrupted = signal(SignalKind::interrupt()).map_err(|e| e.to_string())?;
    let mut terminated = signal(SignalKind::terminate()).map_err(|e| e.to_string())?;
    let stdin_closed = stdin_closed(arguments.exit_with_stdin);
    announce(&listening)?;
    let answering = listening.into_iter().map(|(listener, provider)| Box::pin(answer_on(listener, provider)));

    tokio::select! {
        (result, ..) = select_all(answering) => result,
        _ = interrupted.recv() => Ok(()),
        _ = terminated.recv() => Ok(()),
        () = stdin_closed => Ok(()),
    }
}

async fn listen(name: &str, address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address} for {name}: {error}"))
}

/// Prints the ready line: which address each provider listens on.
fn announce(listening: &[(TcpListener, Arc<dyn Provider>)]) -> Result<(), String> {
    let mut addresses = serde_json::Map::new();
    for (listener, provider) in listening {
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        addresses.insert(provider.name().into(), address.to_string().into());
    }
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", serde_json::Value::from(addresses))
        .and_then(|()| stdout.flush())
        .map_err(|error| format!("cannot print the ready line: {error}"))
}

async fn answer_on(listener: TcpListener, provider: Arc<dyn Provider>) -> Result<(), String> {
    let service = Listening::new(provider).router().into_make_service_with_connect_info::<Socket>();
    axum::serve(Connections(listener), service).await.map_err(|error| error.to_string())
}

/// Resolves when stdin is closed, if that is wanted; never otherwise.
async fn stdin_closed(wanted: bool) {
    if !wanted {
        return std::future::pending().await;
    }
    let (closed, when_closed) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut ignored = [0_u8; 1024];
        let mut stdin = std::io::stdin().lock();
        while matches!(stdin.read(&mut ignored), Ok(1..)) {}
        let _ = closed.send(());
    });
    let _ = when_closed.await;
}

//! A provider that answers at once.
//!
//! A prompt with `[[bench events=20 gap_ms=5]]` in it is answered with a stream of so many events, one every so many
//! milliseconds; any other with one JSON object. The words stand in the prompt, because translations keep that.

use crate::answers::Book;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use memchr::memmem;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

type Body = BoxBody<Bytes, Infallible>;

/// What the prompt asks for.
#[derive(Default)]
struct Wish {
    events: Option<usize>,
    gap: Duration,
    usage: bool,
}

impl Wish {
    fn of(body: &[u8]) -> Self {
        let Some(at) = memmem::find(body, b"[[bench ") else { return Self::default() };
        let words = &body[at..body.len().min(at + 80)];
        let number = |name: &str| {
            let from = memmem::find(words, name.as_bytes())? + name.len();
            let digits = words[from..].iter().take_while(|b| b.is_ascii_digit());
            digits.fold(None, |sum, b| Some(sum.unwrap_or(0) * 10 + u64::from(b - b'0')))
        };
        Self {
            events: number("events=").and_then(|events| usize::try_from(events).ok()),
            gap: Duration::from_millis(number("gap_ms=").unwrap_or(0)),
            usage: memmem::find(body, b"\"include_usage\"").is_some(),
        }
    }
}

/// Prints its address and serves until standard input is closed.
pub async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("{}", listener.local_addr().expect("bound"));
    let book = Arc::new(Book::new());
    let accept = async {
        loop {
            let Ok((connection, _)) = listener.accept().await else { continue };
            let _ = connection.set_nodelay(true);
            let book = book.clone();
            let service = service_fn(move |request| answer(request, book.clone()));
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(connection), service),
            );
        }
    };
    let (mut stdin, mut nothing) = (tokio::io::stdin(), [0]);
    tokio::select! {
        () = accept => {}
        _ = stdin.read(&mut nothing) => {}
    }
}

async fn answer(request: Request<Incoming>, book: Arc<Book>) -> Result<Response<Body>, hyper::Error> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await?.to_bytes();
    let wish = Wish::of(&body);
    let answers = book.at(&path);
    let (content_type, body) = match wish.events {
        None => ("application/json", Full::new(answers.whole.clone()).boxed()),
        Some(events) => ("text/event-stream", paced(answers.events(events, wish.usage), wish.gap)),
    };
    let response = Response::builder().header("content-type", content_type).header("x-request-id", "req_0123456789");
    Ok(response.body(body).expect("known headers"))
}

fn paced(events: Vec<Bytes>, gap: Duration) -> Body {
    let start = tokio::time::Instant::now();
    let frames = stream::iter(events).enumerate().then(move |(nth, event)| async move {
        if !gap.is_zero() {
            tokio::time::sleep_until(start + gap * u32::try_from(nth).unwrap_or(u32::MAX)).await;
        }
        Ok(Frame::data(event))
    });
    BodyExt::boxed(StreamBody::new(frames))
}

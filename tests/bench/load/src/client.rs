//! One request, sent again and again over connections that stay open.

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::cell::RefCell;
use std::rc::Rc;
use tokio::net::TcpStream;

/// Where requests go, and what they say.
#[derive(Clone)]
pub struct Target {
    authority: String,
    path: String,
    body: Bytes,
    /// What goes with every request beside what all clients send.
    headers: Vec<(String, String)>,
    idle: Rc<RefCell<Vec<Connection>>>,
}

/// A connection; one request at a time.
pub struct Connection(SendRequest<Full<Bytes>>);

impl Target {
    /// `headers` are words like `name: value`.
    pub fn new(url: &str, body_file: &str, headers: &[&str]) -> Self {
        let rest = url.strip_prefix("http://").expect("an http:// URL");
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let body = std::fs::read(body_file).expect("a file with the request's body").into();
        let header = |word: &&str| word.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headers = headers.iter().map(|word| header(word).expect("headers like `name: value`")).collect();
        Self { authority: authority.to_owned(), path: format!("/{path}"), body, headers, idle: Rc::default() }
    }

    async fn connection(&self) -> Connection {
        let idle = self.idle.borrow_mut().pop();
        if let Some(connection) = idle.filter(|connection| connection.0.is_ready()) {
            return connection;
        }
        let stream = TcpStream::connect(&self.authority).await.expect("the gateway listens");
        let _ = stream.set_nodelay(true);
        let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
        tokio::spawn(connection);
        Connection(sender)
    }

    /// Sends the request. Give the connection back once the answer has been read.
    pub async fn send(&self) -> (Connection, hyper::Result<Response<Incoming>>) {
        let mut connection = self.connection().await;
        let own = self.headers.iter().fold(Request::post(&self.path), |asked, (name, value)| asked.header(name, value));
        let request = own
            .header("host", &self.authority)
            .header("content-type", "application/json")
            .header("authorization", "Bearer sk-bench")
            .body(Full::new(self.body.clone()))
            .expect("a sound request");
        let _ = connection.0.ready().await;
        let answer = connection.0.send_request(request).await;
        (connection, answer)
    }

    pub fn give_back(&self, connection: Connection) {
        self.idle.borrow_mut().push(connection);
    }
}

//! Connections, and how a request ends the one that it came on.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::AsFd;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};

/// Where connections come in.
pub struct Connections(pub TcpListener);

/// A connection, for a request that ends it.
#[derive(Clone)]
pub struct Socket(Arc<Option<std::net::TcpStream>>);

impl Socket {
    /// Ends it, whatever was to be sent.
    pub fn close(&self) {
        if let Some(stream) = &*self.0 {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Listener for Connections {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Every chunk is to leave when it is written, not when the next one joins it.
        let _ = stream.set_nodelay(true);
        // What is cut is reset.
        let _ = stream.set_zero_linger();
        (stream, address)
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Connections>> for Socket {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        Self(Arc::new(stream.io().as_fd().try_clone_to_owned().ok().map(std::net::TcpStream::from)))
    }
}

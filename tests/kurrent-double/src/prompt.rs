//! A connection that keeps nobody waiting: what is written goes out at once, and what was read is acknowledged at once.
//!
//! The client of the service leaves Nagle's algorithm on and writes a call in two parts; where the other side acknowledges late, as Linux does, each call takes some
//! forty milliseconds more. A server has to live with that; hundreds of tests need not.

#[cfg(target_os = "linux")]
use socket2::SockRef;
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

pub(crate) struct Prompt(TcpStream);

impl Prompt {
    pub fn new(stream: TcpStream) -> Prompt {
        // Without it the double is slower and no less right.
        let _ = stream.set_nodelay(true);
        let prompt = Prompt(stream);
        prompt.acknowledge();
        prompt
    }

    /// The system falls back to acknowledging late by itself.
    fn acknowledge(&self) {
        #[cfg(target_os = "linux")]
        let _ = SockRef::from(&self.0).set_tcp_quickack(true);
    }
}

impl AsyncRead for Prompt {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = ready!(Pin::new(&mut self.0).poll_read(cx, buffer));
        self.acknowledge();
        Poll::Ready(read)
    }
}

impl AsyncWrite for Prompt {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

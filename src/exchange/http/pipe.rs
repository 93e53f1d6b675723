//! Bodies as readers and writers: the file rooms are synchronous and work on threads of their own; a few pieces wait between the two.

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use bytes::Bytes;
use futures::StreamExt;
use std::{
    io::{self, Read, Write},
    time::Duration,
};
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    task::JoinHandle,
};

/// Pieces that wait.
const WAITING: usize = 4;
/// Bytes gathered before they go out.
const GATHERED: usize = 64 * 1024;
/// So much of a body that nobody reads is let go by, and for so long.
const LET_GO_BY: u64 = 64 << 20;
const LET_GO_FOR: Duration = Duration::from_secs(10);

/// A body that is read from another thread.
pub(super) struct BodyReader {
    pieces: Receiver<io::Result<Bytes>>,
    piece: Bytes,
}

/// A reader of a body, and the task that feeds it: it ends with the body, or shortly after the reader is dropped.
pub(super) fn reader(body: Body) -> (BodyReader, JoinHandle<()>) {
    let (to, pieces) = channel(WAITING);
    let feeding = tokio::spawn(async move {
        let mut body = body.into_data_stream();
        while let Some(piece) = body.next().await {
            if to.send(piece.map_err(io::Error::other)).await.is_err() {
                // It is read no further.
                drain(body).await;
                return;
            }
        }
    });
    (BodyReader { pieces, piece: Bytes::new() }, feeding)
}

/// Lets a body go by that is refused unread, unless its sender waits for our word before sending it.
pub(super) async fn discard(body: Body, headers: &HeaderMap) {
    if !headers.contains_key(header::EXPECT) {
        drain(body.into_data_stream()).await;
    }
}

async fn drain(mut body: axum::body::BodyDataStream) {
    let all = async {
        let mut left = LET_GO_BY;
        while let Some(Ok(piece)) = body.next().await {
            left = left.saturating_sub(piece.len() as u64);
            if left == 0 {
                break;
            }
        }
    };
    // Whether it ended in time makes no difference: the connection is closed then.
    let _ = tokio::time::timeout(LET_GO_FOR, all).await;
}

impl Read for BodyReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.pieces.blocking_recv() {
                None => return Ok(0),
                Some(piece) => self.piece = piece?,
            }
        }
        let taken = self.piece.split_to(into.len().min(self.piece.len()));
        into[..taken.len()].copy_from_slice(&taken);
        Ok(taken.len())
    }
}

/// A body that is written from another thread. Whoever makes it may end it with a failure of kind `E` instead.
pub(super) struct BodyWriter<E> {
    to: Sender<Result<Bytes, E>>,
    gathered: Vec<u8>,
}

/// A writer, and the pieces of the body it writes. What is gathered when a writer is dropped without a flush goes nowhere.
pub(super) fn writer<E>() -> (BodyWriter<E>, Receiver<Result<Bytes, E>>) {
    let (to, pieces) = channel(WAITING);
    (BodyWriter { to, gathered: Vec::with_capacity(GATHERED) }, pieces)
}

impl<E> BodyWriter<E> {
    /// A way to tell the reader of the body that it will not be whole. The body stays open as long as this is kept.
    pub fn teller(&self) -> Sender<Result<Bytes, E>> {
        self.to.clone()
    }

    fn send(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::replace(&mut self.gathered, Vec::with_capacity(GATHERED)));
        self.to
            .blocking_send(Ok(piece))
            .map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "nobody reads the body any more"))
    }
}

impl<E> Write for BodyWriter<E> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= GATHERED {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

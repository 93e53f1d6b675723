//! A double of KurrentDB (EventStoreDB): the Streams service as its clients see it, kept in memory, with faults on demand. For tests, where no server can be
//! installed; no part of the service.
//!
//! It speaks the protocol itself (gRPC over HTTP/2, without TLS), so that clients are what they are against a server: appending with every kind of expectation,
//! one append a call or many on one, reading forwards and backwards, following a stream or all of them through a filter, deleting and tombstoning; it says
//! which methods it has and which nodes there are. Not there: logins, persistent subscriptions, projections, links, retention by `$maxCount` and its like.
//! Two clients that are not ours do the same work against it: `tests/clients`.
//!
//! * [`store`]: what is held, by the server's rules; [`wire`]: the messages.
//! * `serve`, `reading`, `statuses`: from one to the other. [`Faults`]: what goes wrong.

#![expect(clippy::result_large_err, reason = "a refusal is tonic's status everywhere")]

mod faults;
mod prompt;
mod reading;
mod serve;
mod statuses;
pub mod store;
pub mod wire;

pub use faults::Faults;
pub use store::Record;

use serve::Shared;
use std::{io, net::SocketAddr, sync::Arc, thread::JoinHandle};
use tokio::sync::oneshot;

/// A running double. It has a thread of its own, so that it outlives the runtimes of those who call it, and ends with this value.
#[derive(Debug)]
pub struct Double {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Double {
    /// At a port of this machine that is free.
    pub fn start() -> io::Result<Double> {
        Double::start_at(([127, 0, 0, 1], 0).into())
    }

    /// At this address.
    pub fn start_at(address: SocketAddr) -> io::Result<Double> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(address));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let served = shared.clone();
        let thread = std::thread::Builder::new().name("kurrent-double".into()).spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                tokio::select! {
                    () = serve::serve(served, listener) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Double { shared, address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// As clients are given it.
    pub fn url(&self) -> String {
        format!("kurrentdb://{}?tls=false", self.address)
    }

    /// Changes what goes wrong.
    pub fn faults(&self, change: impl FnOnce(&mut Faults)) {
        self.shared.faults(change);
    }

    /// How many appends were held until now.
    pub fn held(&self) -> u32 {
        self.shared.faults(|faults| faults.holding)
    }

    /// How many events reads of all through a filter had before them until now.
    pub fn looked_through(&self) -> u64 {
        self.shared.looked_through()
    }

    /// Cuts every connection there is; new ones are taken.
    pub fn cut(&self) {
        self.shared.cut();
    }

    /// Everything that was written, in its order.
    pub fn records(&self) -> Vec<Record> {
        self.shared.records()
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

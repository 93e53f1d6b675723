//! The real router on a loopback port, and a small HTTP client that drives it: keep-alive connections, one request at a time on each.

use crate::place::{Anyhow, Place};
use domain::AccountId;
use sesame::{
    graphql::budget::Budget,
    http::{Doors, Draining, router},
    service::Service,
};
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A service behind its real door, and a token for one account.
pub struct Served {
    pub service: Arc<Service>,
    pub address: String,
    pub token: String,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Opens the door of a place.
pub async fn serve(place: Place, account: AccountId) -> Anyhow<Served> {
    let service = Arc::new(place.service);
    let clock = service.app.clock();
    let token = service.app.vault().create_token(clock.id(), Some(account), "bench", clock.now()).await?;
    // One caller asks all there is to ask: what it may cost is not what is measured.
    let doors = Doors { budget: Budget::new(u64::MAX / 4, u64::MAX / 4), ..Doors::default() };
    let routes = router(service.clone(), &doors, Draining::default());
    let (address, serving) = listen(routes).await?;
    Ok(Served { service, address, token: token.reveal().to_owned(), serving })
}

/// Serves any router; where it listens.
pub async fn listen(routes: axum::Router) -> Anyhow<(String, tokio::task::JoinHandle<()>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let serving = tokio::spawn(async move {
        // It serves until the measure is over.
        let _ = axum::serve(listener, routes).await;
    });
    Ok((address, serving))
}

/// A keep-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: &str) -> Anyhow<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(1 << 14) })
    }

    /// Sends a request and reads its answer's body, which must be a success.
    pub async fn ask(&mut self, request: &[u8]) -> Anyhow<&str> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (mut head, mut length) = (None, 0);
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the connection was closed".into());
            }
            if head.is_none()
                && let Some(end) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n")
            {
                let text = std::str::from_utf8(&self.buffer[..end])?.to_ascii_lowercase();
                if !text.starts_with("http/1.1 200") {
                    return Err(text.into());
                }
                let given =
                    text.lines().find_map(|l| l.strip_prefix("content-length:")).ok_or("an answer without a length")?;
                length = given.trim().parse::<usize>()?;
                head = Some(end + 4);
            }
            if let Some(head) = head
                && self.buffer.len() >= head + length
            {
                let body = std::str::from_utf8(&self.buffer[head..])?;
                // Errors and refusals would be measured as work.
                if body.contains("\"errors\":") || body.contains("\"userErrors\":[{") {
                    return Err(body.into());
                }
                return Ok(body);
            }
        }
    }
}

/// A GraphQL request as bytes.
pub fn graphql(served: &Served, query: &str, variables: &serde_json::Value) -> Vec<u8> {
    let body = serde_json::json!({ "query": query, "variables": variables }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        served.token,
        body.len()
    );
    [head.into_bytes(), body.into_bytes()].concat()
}

/// Sends all of these over so many connections at once; answers a second.
pub async fn drive(address: &str, connections: usize, requests: Arc<Vec<Vec<u8>>>) -> Anyhow<f64> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let started = std::time::Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for (n, mut connection) in open.into_iter().enumerate() {
        let requests = requests.clone();
        running.spawn(async move {
            for request in requests.iter().skip(n).step_by(connections) {
                connection.ask(request).await.map_err(|e| e.to_string())?;
            }
            Ok::<(), String>(())
        });
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    Ok(requests.len() as f64 / started.elapsed().as_secs_f64())
}

/// Milliseconds of the middle answer, one request after the other on one connection.
pub async fn latency(address: &str, requests: &[Vec<u8>]) -> Anyhow<f64> {
    let mut connection = Connection::open(address).await?;
    let mut took = Vec::with_capacity(requests.len());
    for request in requests {
        let started = std::time::Instant::now();
        connection.ask(request).await?;
        took.push(started.elapsed().as_secs_f64() * 1e3);
    }
    Ok(crate::place::median(took))
}

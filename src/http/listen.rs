//! Connections: accepted, given a bounded time to say what they want, and let finish when the service stops.
//!
//! A stop: the service is no longer ready, nothing new is accepted, connections end after their running request, and what has not ended in
//! time is cut. A second signal cuts at once.

use super::{Doors, Draining, peer::Socket, router};
use crate::{config::Config, service::Service, telemetry::Metrics};
use axum::{Router, body::Body, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{io, net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tower::ServiceExt;

/// How long a connection may take to send its request's headers, also the first byte of the next.
const HEADER_TIME: Duration = Duration::from_secs(30);
/// How often histograms are folded while nobody scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves until the process is told to stop (SIGTERM, or SIGINT from a terminal).
pub async fn serve(service: Arc<Service>, config: Config, listener: TcpListener) -> io::Result<()> {
    let count = told_to_stop()?;
    serve_until(service, &Doors::from(&config), listener, told(count.clone(), 1), told(count, 2)).await
}

/// Serves until `stop`; then finishes what runs, for as long as the configuration allows, or until `cut`.
pub async fn serve_until(
    service: Arc<Service>,
    doors: &Doors,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
    cut: impl Future<Output = ()>,
) -> io::Result<()> {
    let draining = Draining::default();
    let routes = router(service, doors, draining.clone());
    tokio::pin!(stop);
    let mut upkeep = tokio::time::interval(UPKEEP);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => {
                    connection(stream, from.ip(), routes.clone(), &draining);
                }
                // Most often no file descriptor is left: waiting a little is all there is to do.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            _ = upkeep.tick() => if let Ok(metrics) = Metrics::start() { metrics.upkeep() },
            () = &mut stop => break,
        }
    }
    draining.begin();
    drop(listener);
    tracing::info!(seconds = doors.shutdown.as_secs(), "stopping: running requests are finished");
    tokio::select! {
        () = draining.emptied() => tracing::info!("every request is finished"),
        () = tokio::time::sleep(doors.shutdown) => tracing::warn!("requests were cut: they took too long"),
        () = cut => tracing::warn!("requests were cut: told twice to stop"),
    }
    Ok(())
}

fn connection(stream: TcpStream, from: IpAddr, routes: Router, draining: &Draining) {
    // Answers are written whole; waiting to gather more only delays them. Without it the connection still works.
    let _ = stream.set_nodelay(true);
    let routes = routes.map_request(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(Socket(from));
        request
    });
    let http = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes))
        .with_upgrades();
    let (draining, guest) = (draining.clone(), draining.guest());
    tokio::spawn(async move {
        let _guest = guest;
        tokio::pin!(http);
        let ended = tokio::select! {
            ended = &mut http => ended,
            () = draining.begun() => {
                http.as_mut().graceful_shutdown();
                http.await
            }
        };
        // The caller went away, or sent what is no HTTP: nobody is left to tell.
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke");
        }
    });
}

/// Counts how often the process was told to stop.
#[cfg(unix)]
fn told_to_stop() -> io::Result<watch::Receiver<u32>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (count, told) = watch::channel(0);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                () = count.closed() => return,
            }
            count.send_modify(|times| *times += 1);
        }
    });
    Ok(told)
}

/// Counts how often the process was told to stop.
#[cfg(not(unix))]
fn told_to_stop() -> io::Result<watch::Receiver<u32>> {
    let (count, told) = watch::channel(0);
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            count.send_modify(|times| *times += 1);
        }
    });
    Ok(told)
}

/// Waits until the process was told so often.
async fn told(mut count: watch::Receiver<u32>, times: u32) {
    if count.wait_for(|told| *told >= times).await.is_err() {
        // Nobody can tell any more.
        std::future::pending::<()>().await;
    }
}

//! What the system's supervisor is told (systemd's protocol; without one, nobody is told): that the service serves, and while it lives, that it does.

use sd_notify::NotifyState;

/// Tells that requests are taken at `url`; from then on, as often as the supervisor wants it, that the service lives. A service that is stuck no longer says so, and is
/// started anew.
pub fn serving(url: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(&format!("Serving at {url}"))]);
    // Zero says that none is wanted.
    if let Some(within) = sd_notify::watchdog_enabled().filter(|within| !within.is_zero()) {
        tokio::spawn(async move {
            // Half of the time leaves room for a machine that is busy.
            let mut turn = tokio::time::interval(within / 2);
            loop {
                turn.tick().await;
                tell(&[NotifyState::Watchdog]);
            }
        });
    }
}

fn tell(state: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the supervisor could not be told how the service is");
    }
}

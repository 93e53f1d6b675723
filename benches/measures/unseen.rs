//! A13: whether the door tells by its time who is known: 200 samples each of known and unknown addresses for signing in, signing up and asking for a password,
//! in an order that tells nothing, compared by medians and by the Mann-Whitney U test. And what 200 sign-ins at once cost: memory and the slowest.
//!
//! By requests against the whole router, each from a peer of its own, so that nothing is limited. Hashing is most of a sign-in: figures count only where
//! dependencies are optimised.

use crate::{
    Measured, memory,
    place::{self, Anyhow, median},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use domain::{
    UserId,
    user::{ChangeSignIn, RegisterUser},
};
use sesame::{
    app::{Caller, Command, Door, Users},
    clock::{Clock, SystemClock},
    http::{Doors, Draining, Peer, router},
    vault::{
        logins::NewPassword,
        password::{Password, Passwords},
    },
};
use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// Samples of each kind.
const SAMPLES: usize = 200;
const PASSWORD: &str = "Les pies du jardin boitent";

/// The door, and where the next caller comes from.
#[derive(Clone)]
struct Entrance {
    router: Router,
    peers: Arc<AtomicU32>,
}

/// What can be seen of an answer besides its time.
type Seen = (StatusCode, HeaderMap, Vec<u8>);

impl Entrance {
    /// Milliseconds until the whole answer was there, and the answer.
    async fn ask(&self, path: &str, body: String) -> Anyhow<(f64, Seen)> {
        let peer = IpAddr::from((0x0a00_0000 + self.peers.fetch_add(1, Ordering::Relaxed)).to_be_bytes());
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT_LANGUAGE, "fr")
            .extension(Peer(peer))
            .body(Body::from(body))?;
        let started = Instant::now();
        let (head, body) = self.router.clone().oneshot(request).await?.into_parts();
        let bytes = to_bytes(body, usize::MAX).await?;
        let took = started.elapsed().as_secs_f64() * 1e3;
        let mut headers = head.headers;
        // Another one for each request, whoever asks.
        headers.remove("x-request-id");
        Ok((took, (head.status, headers, bytes.to_vec())))
    }
}

pub fn a13(runtime: &Runtime) -> Measured {
    if cfg!(debug_assertions) {
        println!("A13: built without optimisation, so that its figures say little");
    }
    runtime.block_on(async {
        let place = place::sqlite().await?;
        let app = &place.service.app;
        let hash = Passwords::default().choose(Password::typed(PASSWORD), Vec::new()).await?;
        let hash = hash.map_err(|weak| format!("{weak:?}"))?;
        for n in 0..SAMPLES {
            let operator = Caller::operator(None);
            let rule = RegisterUser { email: known(n), name: None };
            let done = app.execute(&operator, Command::Users(Users::Register(rule)).into()).await?;
            let user: UserId = done.user.ok_or("no login")?;
            app.execute(&operator, Command::Users(Users::VerifyEmail(user)).into()).await?;
            let themselves = Caller::of(domain::Actor { kind: domain::ActorKind::User, id: user.0 }, None, Door::Api);
            let chosen = Command::Users(Users::SignIn(user, ChangeSignIn::Password));
            app.execute(&themselves, chosen.into()).await?;
            let new = NewPassword { user, hash: hash.clone(), keep: None, knock: None };
            place.service.vault().set_password(new, SystemClock.now().timestamp_micros()).await?;
        }
        app.follow_through().await?;
        let service = Arc::new(place.service);
        let router = router(service, &Doors::default(), Draining::default());
        let entrance = Entrance { router, peers: Arc::default() };

        let wrong = |email: String| format!("{{\"email\":\"{email}\",\"password\":\"pas celui-ci du tout\"}}");
        let asking = |email: String| format!("{{\"email\":\"{email}\"}}");
        compare(&entrance, "signing in", "/auth/sign-in", &wrong).await?;
        compare(&entrance, "signing up", "/auth/sign-up", &asking).await?;
        compare(&entrance, "asking for a password", "/auth/reset-request", &asking).await?;
        at_once(&entrance).await
    })
}

fn known(n: usize) -> String {
    format!("personne{n:03}@exemple.fr")
}

fn unknown(n: usize) -> String {
    format!("personne{n:03}@exemple.be")
}

async fn compare(entrance: &Entrance, name: &str, path: &str, body: &impl Fn(String) -> String) -> Measured {
    // Warm: connections, pages of memory, statements.
    for n in 0..10 {
        entrance.ask(path, body(format!("avant{n}@exemple.ch"))).await?;
    }
    let mut order: Vec<(usize, bool)> = (0..SAMPLES).flat_map(|n| [(n, true), (n, false)]).collect();
    shuffle(&mut order);
    let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
    let mut seen: Option<Seen> = None;
    for (n, is_known) in order {
        let (took, answer) = entrance.ask(path, body(if is_known { known(n) } else { unknown(n) })).await?;
        if is_known { &mut of_known } else { &mut of_unknown }.push(took);
        match &seen {
            None => seen = Some(answer),
            Some(first) if *first == answer => {}
            Some(first) => return Err(format!("{name}: {first:?} and {answer:?}").into()),
        }
    }
    let (p, ours, theirs) = (mann_whitney(&of_known, &of_unknown), median(of_known), median(of_unknown));
    let apart = (ours - theirs).abs() / ours.min(theirs) * 100.0;
    println!(
        "A13 {name} ({SAMPLES} each): known = {ours:.3} ms, unknown = {theirs:.3} ms, medians {apart:.1} % apart (goal < 5), \
         Mann-Whitney p = {p:.3} (goal > 0.01), answers the same but for their id"
    );
    Ok(())
}

/// 200 people sign in at once.
async fn at_once(entrance: &Entrance) -> Measured {
    let before = memory::reset_peak().unwrap_or(0);
    let started = Instant::now();
    let tasks: Vec<_> = (0..SAMPLES)
        .map(|n| {
            let (entrance, body) =
                (entrance.clone(), format!("{{\"email\":\"{}\",\"password\":\"{PASSWORD}\"}}", known(n)));
            tokio::spawn(async move { entrance.ask("/auth/sign-in", body).await.map_err(|e| e.to_string()) })
        })
        .collect();
    let mut took = Vec::new();
    for task in tasks {
        let (ms, (status, ..)) = task.await??;
        if status != StatusCode::OK {
            return Err(format!("a sign-in was answered {status}").into());
        }
        took.push(ms);
    }
    let all = started.elapsed().as_secs_f64();
    took.sort_by(f64::total_cmp);
    let peak = memory::peak().unwrap_or(0);
    println!(
        "A13 {SAMPLES} sign-ins at once: p50 = {:.0} ms, p99 = {:.0} ms, {:.1}/s, +{} MB at the peak",
        took[took.len() / 2],
        took[took.len() * 99 / 100],
        SAMPLES as f64 / all,
        peak.saturating_sub(before)
    );
    Ok(())
}

/// An order that tells nothing, the same at every run (splitmix64).
fn shuffle<T>(all: &mut [T]) {
    let mut state = 0x5e5a_3e00_u64;
    for last in (1..all.len()).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        all.swap(last, ((z ^ (z >> 31)) % (last as u64 + 1)) as usize);
    }
}

/// How likely two samples are to differ as much in their ranks where there is no difference: the two-sided Mann-Whitney U test, by its normal approximation with
/// ties and continuity accounted for (Mann and Whitney 1947; good from some twenty samples each).
fn mann_whitney(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = one.iter().map(|v| (*v, true)).chain(other.iter().map(|v| (*v, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank_sum, mut ties, mut begin) = (0.0, 0.0, 0);
    while begin < all.len() {
        let same = all[begin..].iter().take_while(|(v, _)| *v == all[begin].0).count();
        // Ranks count from one; those that are equal share theirs.
        let rank = begin as f64 + (same as f64 + 1.0) / 2.0;
        rank_sum += rank * all[begin..begin + same].iter().filter(|(_, first)| *first).count() as f64;
        ties += (same as f64).powi(3) - same as f64;
        begin += same;
    }
    let (n, m) = (one.len() as f64, other.len() as f64);
    let (u, total) = (rank_sum - n * (n + 1.0) / 2.0, n + m);
    let variance = n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    let z = ((u - n * m / 2.0).abs() - 0.5).max(0.0) / variance.sqrt();
    2.0 * upper_tail(z)
}

/// The part of a normal distribution above `z`, which is not negative, to 7.5e-8 (Abramowitz and Stegun, 26.2.17).
fn upper_tail(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let factors = [1.330_274_429, -1.821_255_978, 1.781_477_937, -0.356_563_782, 0.319_381_530];
    let polynomial = factors.iter().fold(0.0, |sum, factor| (sum + factor) * t);
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * polynomial
}

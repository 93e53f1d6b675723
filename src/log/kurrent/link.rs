//! The client and its calls: made again when it is lost, each call in a task of its own, what failed for a passing reason tried again.

use crate::log::LogFailure;
use eventstore::{Client, ClientSettings, Error};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// What failed for a passing reason is tried again until then.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long after a lost connection the next is tried: so long at first, doubled each time up to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// After so many failures one after the other the client is made anew, whatever they were.
const ENOUGH: u32 = 3;

/// The client, made when it is needed.
pub(super) struct Link {
    settings: ClientSettings,
    state: Mutex<State>,
}

/// The client, as long as it is any good.
#[derive(Default)]
struct State {
    client: Option<Client>,
    /// Which client it is: a failure of an earlier one says nothing of this.
    made: u64,
    /// Failures one after the other.
    failures: u32,
    not_before: Option<Instant>,
}

/// Why a call came to nothing.
#[derive(Debug)]
pub(super) enum Problem {
    /// It may do in a moment.
    Passing(String),
    /// It will not do.
    Lasting(String),
    /// The stream has another revision than was expected.
    Wrong,
    /// There is no such stream.
    Missing,
}

impl From<Problem> for LogFailure {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Passing(why) => LogFailure::Unavailable(why),
            Problem::Lasting(why) => LogFailure::Fault(why),
            Problem::Wrong => LogFailure::Fault("a stream moved while it was read".into()),
            Problem::Missing => LogFailure::Fault("a stream is missing".into()),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::WrongExpectedVersion { .. } => Problem::Wrong,
            Error::ResourceNotFound => Problem::Missing,
            Error::AccessDenied => Problem::Lasting("KurrentDB does not let this user do that".into()),
            Error::ResourceDeleted => Problem::Lasting("KurrentDB has tombstoned a stream of this log".into()),
            Error::UnsupportedFeature
            | Error::InternalParsingError(_)
            | Error::InitializationError(_)
            | Error::IllegalStateError(_)
            | Error::ResourceAlreadyExists => Problem::Lasting(format!("KurrentDB: {error}")),
            // Invalid arguments (3), among them appends that are too large, stay so.
            Error::Grpc { code, ref message } if code as i32 == 3 => Problem::Lasting(format!("KurrentDB: {message}")),
            other => Problem::Passing(format!("KurrentDB: {other}")),
        }
    }
}

impl Link {
    /// Connects when it is first used.
    pub fn new(settings: ClientSettings) -> Link {
        Link { settings, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client, or for how long there is none.
    fn client(&self) -> Result<(Client, u64), Option<Duration>> {
        let mut state = self.state();
        if let Some(client) = &state.client {
            return Ok((client.clone(), state.made));
        }
        let left = state.not_before.map(|until| until.saturating_duration_since(Instant::now()));
        if let Some(left) = left.filter(|left| !left.is_zero()) {
            return Err(Some(left));
        }
        let client = Client::new(self.settings.clone()).map_err(|e| {
            tracing::error!(error = %e, "no client of KurrentDB can be made");
            None
        })?;
        state.made += 1;
        state.client = Some(client.clone());
        Ok((client, state.made))
    }

    fn went(&self, made: u64, well: bool, lost: bool) {
        let mut state = self.state();
        if state.made != made {
            return;
        }
        if well {
            state.failures = 0;
            return;
        }
        state.failures += 1;
        if lost || state.failures >= ENOUGH {
            let pause = PAUSES.0.saturating_mul(1 << state.failures.min(5)).min(PAUSES.1);
            state.client = None;
            state.not_before = Some(Instant::now() + pause);
        }
    }

    /// One call, in a task of its own, which ends with this.
    async fn once<T, F>(&self, within: Duration, call: &(impl Fn(Client) -> F + Sync)) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (client, made) = match self.client() {
            Ok(client) => client,
            Err(Some(left)) => {
                tokio::time::sleep(left.min(PATIENCE)).await;
                self.client().map_err(|_| Problem::Passing("KurrentDB is away".into()))?
            }
            Err(None) => return Err(Problem::Lasting("no client of KurrentDB can be made".into())),
        };
        let mut task = JoinSet::new();
        task.spawn(tokio::time::timeout(within, call(client)));
        match task.join_next().await {
            Some(Ok(Ok(Ok(answer)))) => {
                self.went(made, true, false);
                Ok(answer)
            }
            Some(Ok(Ok(Err(error)))) => {
                let lost = matches!(error, Error::ConnectionClosed | Error::GrpcConnectionError(_));
                let problem = Problem::from(error);
                self.went(made, !matches!(problem, Problem::Passing(_)), lost);
                Err(problem)
            }
            Some(Ok(Err(_))) => {
                self.went(made, false, true);
                Err(Problem::Passing("KurrentDB did not answer in time".into()))
            }
            Some(Err(_)) | None => {
                self.went(made, false, true);
                Err(Problem::Passing("the client of KurrentDB met what it does not know".into()))
            }
        }
    }

    /// A call that may be made again: reading, or appending what is appended once.
    pub async fn call<T, F>(&self, within: Duration, call: impl Fn(Client) -> F + Sync) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let began = Instant::now();
        loop {
            match self.once(within, &call).await {
                Err(Problem::Passing(why)) if began.elapsed() < PATIENCE => {
                    tracing::warn!(error = why, "KurrentDB failed; trying again");
                    tokio::time::sleep(PAUSES.0).await;
                }
                answer => return answer,
            }
        }
    }
}

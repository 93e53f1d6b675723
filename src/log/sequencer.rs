//! One task a process takes what is queued and commits it together: the queue fills while the commit before is on its way, so
//! batches grow with the load and an idle service answers after one transaction.

use super::{AppendError, AppendRequest, Appended, LogFailure};
use futures::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, oneshot};

/// Most requests of one batch; what is queued as one is never taken apart.
const BATCH_MAX: usize = 500;
/// Most bytes of event data of one batch.
const BYTES_MAX: usize = 1 << 20;
/// Entries that may wait; more wait outside, at the sender.
const QUEUE: usize = 4096;

/// One answer a request, in order.
pub type Answers = Vec<Result<Appended, AppendError>>;

/// Requests queued together, and who waits for their answers.
#[derive(Debug)]
struct Queued {
    requests: Vec<AppendRequest>,
    answers: oneshot::Sender<Answers>,
}

/// Makes batches ready and carries them out.
pub trait Batches: Send + Sync + 'static {
    /// A batch with what could be worked out of it before its turn.
    type Ready: Send + Sync + 'static;
    /// Works out what can be, without the database: as if what went before had happened.
    fn prepare(&self, requests: Vec<AppendRequest>, before: Option<&Self::Ready>) -> Self::Ready;
    /// Carries it out: one answer a request, in order. Never fails as a whole: what went wrong is in the answers. Tells when all that is left
    /// is to commit.
    fn run<'a>(&'a self, ready: &'a Self::Ready, commits: &'a Notify) -> BoxFuture<'a, Answers>;
}

/// The queue in front of the task. Dropping the last one ends the task after what is queued.
#[derive(Debug, Clone)]
pub struct Sequencer {
    queue: mpsc::Sender<Queued>,
}

fn weight(requests: &[AppendRequest]) -> usize {
    let events = requests.iter().flat_map(|r| &r.writes).flat_map(|w| &w.events);
    events.map(|e| e.data.len() + e.sealed.as_ref().map_or(0, Vec::len)).sum()
}

/// Who waits: how many answers each takes.
type Waits = Vec<(usize, oneshot::Sender<Answers>)>;

/// What is queued with this entry, as much as makes a batch.
fn gather(first: Queued, waiting: &mut mpsc::Receiver<Queued>) -> (Vec<AppendRequest>, Waits) {
    let Queued { mut requests, answers } = first;
    let mut bytes = weight(&requests);
    let mut waits = vec![(requests.len(), answers)];
    while requests.len() < BATCH_MAX && bytes < BYTES_MAX {
        let Ok(mut next) = waiting.try_recv() else { break };
        bytes += weight(&next.requests);
        waits.push((next.requests.len(), next.answers));
        requests.append(&mut next.requests);
    }
    metrics::histogram!("sesame_append_batch_size").record(requests.len() as f64);
    (requests, waits)
}

/// Carries batches out one after the other. While one is being written the next is made ready: at once where much is waiting, otherwise when all
/// that is left is to commit.
async fn sequence<B: Batches>(batches: Arc<B>, mut waiting: mpsc::Receiver<Queued>) {
    let mut ahead: Option<(B::Ready, Waits)> = None;
    loop {
        let (ready, waits) = match ahead.take() {
            Some(next) => next,
            None => {
                let Some(first) = waiting.recv().await else { return };
                let (requests, waits) = gather(first, &mut waiting);
                (batches.prepare(requests, None), waits)
            }
        };
        let ready = Arc::new(ready);
        let commits = Arc::new(Notify::new());
        let running = {
            let (batches, ready, over) = (batches.clone(), ready.clone(), Over(commits.clone()));
            // On a task of its own, so that both get a core.
            tokio::spawn(async move { batches.run(&ready, &over.0).await })
        };
        let size: usize = waits.iter().map(|(count, _)| count).sum();
        if waiting.len() * 2 < size {
            commits.notified().await;
        }
        if let Ok(first) = waiting.try_recv() {
            let (requests, waits) = gather(first, &mut waiting);
            ahead = Some((batches.prepare(requests, Some(&ready)), waits));
        }
        let mut results = match running.await {
            Ok(results) => results,
            Err(e) => {
                let failed = LogFailure::Fault(format!("carrying a batch out: {e}"));
                (0..size).map(|_| Err(failed.clone().into())).collect()
            }
        }
        .into_iter();
        for (count, answers) in waits {
            // The caller may have gone; what it asked for is done all the same.
            let _ = answers.send(results.by_ref().take(count).collect());
        }
    }
}

/// However a batch ends, nobody waits for its commit any more.
struct Over(Arc<Notify>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Sequencer {
    /// Starts the task.
    pub fn start(batches: impl Batches) -> Sequencer {
        let (queue, waiting) = mpsc::channel::<Queued>(QUEUE);
        tokio::spawn(sequence(Arc::new(batches), waiting));
        Sequencer { queue }
    }

    /// Queues a request and waits for its answer.
    pub async fn append(&self, request: AppendRequest) -> Result<Appended, AppendError> {
        self.append_all(vec![request]).await.pop().unwrap_or_else(|| Err(stopped()))
    }

    /// Queues requests together, each to be let in or out on its own, and waits for their answers, one a request.
    pub async fn append_all(&self, requests: Vec<AppendRequest>) -> Answers {
        let count = requests.len();
        let (answers, results) = oneshot::channel();
        let answered = match self.queue.send(Queued { requests, answers }).await {
            Ok(()) => results.await.ok(),
            Err(_) => None,
        };
        answered.unwrap_or_else(|| (0..count).map(|_| Err(stopped())).collect())
    }
}

fn stopped() -> AppendError {
    AppendError::Failure(LogFailure::Unavailable("the sequencer has stopped".into()))
}

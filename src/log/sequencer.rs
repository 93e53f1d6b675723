//! One task a process takes what is queued and commits it together: the queue fills while the commit before is on its way, so
//! batches grow with the load and an idle service answers after one transaction.

use super::{AppendError, AppendRequest, Appended, LogFailure};
use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

/// Most requests of one batch.
const BATCH_MAX: usize = 500;
/// Most bytes of event data of one batch.
const BYTES_MAX: usize = 1 << 20;
/// Requests that may wait; more wait outside, at the sender.
const QUEUE: usize = 4096;

type Answer = oneshot::Sender<Result<Appended, AppendError>>;

/// Carries a batch out: one answer a request, in order.
pub trait Batches: Send + Sync + 'static {
    /// Never fails as a whole: what went wrong is in the answers.
    fn run(&self, requests: Vec<AppendRequest>) -> BoxFuture<'_, Vec<Result<Appended, AppendError>>>;
}

/// The queue in front of the task. Dropping the last one ends the task after what is queued.
#[derive(Debug, Clone)]
pub struct Sequencer {
    queue: mpsc::Sender<(AppendRequest, Answer)>,
}

fn weight(request: &AppendRequest) -> usize {
    request.writes.iter().flat_map(|w| &w.events).map(|e| e.data.len() + e.sealed.as_ref().map_or(0, Vec::len)).sum()
}

impl Sequencer {
    /// Starts the task.
    pub fn start(batches: impl Batches) -> Sequencer {
        let (queue, mut waiting) = mpsc::channel::<(AppendRequest, Answer)>(QUEUE);
        tokio::spawn(async move {
            while let Some(first) = waiting.recv().await {
                let mut bytes = weight(&first.0);
                let (mut requests, mut answers) = (vec![first.0], vec![first.1]);
                while requests.len() < BATCH_MAX && bytes < BYTES_MAX {
                    let Ok((request, answer)) = waiting.try_recv() else { break };
                    bytes += weight(&request);
                    requests.push(request);
                    answers.push(answer);
                }
                metrics::histogram!("sesame_append_batch_size").record(requests.len() as f64);
                for (answer, result) in answers.into_iter().zip(batches.run(requests).await) {
                    // The caller may have gone; what it asked for is done all the same.
                    let _ = answer.send(result);
                }
            }
        });
        Sequencer { queue }
    }

    /// Queues a request and waits for its answer.
    pub async fn append(&self, request: AppendRequest) -> Result<Appended, AppendError> {
        let stopped = || AppendError::Failure(LogFailure::Unavailable("the sequencer has stopped".into()));
        let (answer, result) = oneshot::channel();
        self.queue.send((request, answer)).await.map_err(|_| stopped())?;
        result.await.map_err(|_| stopped())?
    }
}

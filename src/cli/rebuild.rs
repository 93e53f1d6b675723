//! `sesame rebuild`.

use super::{Common, Failed, Output, open};
use clap::Args;
use serde_json::json;
use sesame::projector::{self, Progress};

#[derive(Debug, Args)]
pub struct Rebuild {
    /// The read model; all of them where none is named.
    #[arg(value_name = "READ_MODEL")]
    read_model: Option<String>,
    /// Only those of this binary that the database does not have yet, before a deployment.
    #[arg(long, conflicts_with = "read_model")]
    ahead: bool,
}

impl Rebuild {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        let (_, service) = open::service(common, output, false).await?;
        let models = match &self.read_model {
            Some(name) => vec![projections::named(name).ok_or_else(|| {
                let known = projections::ALL.iter().map(|m| m.name).collect::<Vec<_>>().join(", ");
                Failed::new(format!("there is no read model `{name}`; there are {known}"))
            })?],
            None if self.ahead => {
                let standing = projector::standing(service.db()).await?;
                standing.into_iter().filter(|s| s.position.is_none()).map(|s| s.model).collect()
            }
            None => projections::ALL.to_vec(),
        };
        let names: Vec<&str> = models.iter().map(|m| m.name).collect();
        if models.is_empty() {
            output.result(
                "Nothing to build: every read model is there.",
                &json!({ "readModels": [], "events": 0, "rows": 0 }),
            );
            return Ok(());
        }
        let bar = output.progress("rebuild", Some(0));
        let mut done = (0, 0);
        projector::rebuild(service.db(), service.vault(), &models, |progress| match progress {
            Progress::Reading(read, of) => {
                bar.set_length(of);
                bar.set_position(read);
            }
            Progress::Indexing => bar.set_message("indexes"),
            Progress::CatchingUp(_) => bar.set_message("catching up"),
            Progress::Verifying => bar.set_message("verifying"),
            Progress::Done(events, rows) => done = (events, rows),
        })
        .await?;
        bar.finish_and_clear();
        let (events, rows) = done;
        output.result(
            &format!("Rebuilt {} from {events} events: {rows} rows, verified and swapped in.", names.join(", ")),
            &json!({ "readModels": names, "events": events, "rows": rows }),
        );
        service.stop().await;
        Ok(())
    }
}

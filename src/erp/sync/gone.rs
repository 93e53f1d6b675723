//! Who is gone from the ERP: linked to it, and not among all of its records.

use super::{PAGE, Sync, TOGETHER, Why};
use crate::app::{Command, ErpCommand, Failure, NotDone};
use domain::{ContactId, contact::erp::FlagGone};
use projections::erp_links;

impl Sync<'_> {
    /// Flags who is linked and was not among all records.
    pub(super) async fn reconcile(&mut self) -> Result<(), Failure> {
        let reader = self.app.reader();
        let spared = reader.holders(std::mem::take(&mut self.spared)).await?;
        self.seen.extend(spared.into_values());
        let (mut missing, mut total, mut beyond) = (Vec::new(), 0u64, None);
        loop {
            let page = reader.db().fetch(erp_links::linked(self.account, &self.run.source, beyond, PAGE)).await?;
            let full = page.len() as i64 == PAGE;
            beyond = page.last().map(|row| row.contact);
            for row in page {
                total += 1;
                if !self.seen.contains(&row.contact) && row.since.unsigned_abs() <= self.read_from {
                    missing.push(ContactId(row.contact));
                }
            }
            if !full {
                break;
            }
        }
        let count = missing.len() as u64;
        let why = match () {
            () if count == 0 => return Ok(()),
            () if self.blind => Some(Why::UnreadableRecords),
            () if count * 2 > total && !self.options.force => Some(Why::TooManyGone),
            () => None,
        };
        if let Some(why) = why {
            self.report.not_flagged = Some((count, why));
            return Ok(());
        }
        self.flag(missing).await
    }

    async fn flag(&mut self, missing: Vec<ContactId>) -> Result<(), Failure> {
        for some in missing.chunks(TOGETHER) {
            let rule = FlagGone { source: self.run.source.clone(), read_from: self.read_from };
            let flag = |contact: &ContactId| Command::Erp(ErpCommand::FlagGone(*contact, rule.clone()));
            for done in self.execute(some.iter().map(flag).collect()).await {
                match done {
                    Ok(done) => {
                        self.report.position = self.report.position.max(done.position);
                        self.report.counts.gone += u64::from(done.changed);
                    }
                    Err(NotDone::Failure(failure)) => return Err(failure),
                    // It was deleted meanwhile: nothing is left to flag.
                    Err(NotDone::Refused(_)) => {}
                }
            }
        }
        Ok(())
    }
}

//! Everything that is kept about one person, handed out: for programs (JSON) and to read (a page), GDPR articles 15 and 20.
//!
//! [`Person::of`] asks whether the caller may, and records the act before anything is read; [`Person::tell`] sends it piece by piece, the trail a page of
//! events at a time, so that a long history costs no more memory than a short one. `gather.rs` knows what is kept where, `page.rs` how it looks;
//! `http.rs` is its door. GraphQL and the command line take the same pieces.

mod gather;
pub mod http;
mod page;

use crate::{
    app::{About, App, Caller, CameFrom, Command, ExportCommand, Failure, NotDone, Question, Request},
    i18n::lang::Lang,
};
use domain::{AccountId, Code, ContactId, Refusal, UserId, contact::RecordDataExport, values::ExportFormat};
use std::sync::Arc;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Why nothing is handed out.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The caller may not, or there is no such contact for them.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The service failed.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// How it is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON object.
    Json,
    /// A page to read and to print.
    Html,
}

impl Form {
    /// By the end of a file's name.
    pub fn of_extension(extension: &str) -> Option<Form> {
        match extension.to_ascii_lowercase().as_str() {
            "json" => Some(Form::Json),
            "html" => Some(Form::Html),
            _ => None,
        }
    }

    fn format(self) -> ExportFormat {
        match self {
            Form::Json => ExportFormat::Json,
            Form::Html => ExportFormat::Html,
        }
    }
}

/// Someone whose data may be handed out to whoever asked, which is in the trail by now.
pub struct Person {
    app: App,
    id: ContactId,
    account: AccountId,
    lang: Lang,
    /// The user who asks about themselves: they are told of their login, too, whatever account they signed in to.
    themselves: Option<UserId>,
}

impl Person {
    /// The person of a contact, if the caller may have everything that is kept about them.
    pub async fn of(
        app: &App,
        caller: &Caller,
        id: ContactId,
        form: Form,
        lang: Lang,
        from: Option<(Uuid, Option<Arc<CameFrom>>)>,
    ) -> Result<Person, Stopped> {
        let unknown = || Refusal::at(Code::NotFound, "contactId");
        let states = app.reader().states(vec![id.0]).await?;
        let account = states.get(&id.0).and_then(|folded| folded.state.contact()).map(|contact| contact.account);
        let account = account.ok_or_else(unknown)?;
        let own = caller.place(account).is_some_and(|place| place.contact == id);
        if !caller.may_ask(Question::PersonalData, account, About { own, subscriber: true }) {
            return Err(unknown().into());
        }
        let command = Command::Export(ExportCommand::Person(id, RecordDataExport { format: form.format() }));
        let (correlation, came_from) = from.map_or((None, None), |(correlation, from)| (Some(correlation), from));
        match app.execute(caller, Request { correlation, came_from, ..Request::from(command) }).await {
            Ok(_) => {
                let themselves = caller.themselves().filter(|_| own);
                Ok(Person { app: app.clone(), id, account, lang, themselves })
            }
            Err(NotDone::Refused(_)) => Err(unknown().into()),
            Err(NotDone::Failure(failure)) => Err(failure.into()),
        }
    }

    /// Sends everything, piece by piece. Whoever takes no more ends it.
    pub async fn tell(&self, form: Form, to: &mpsc::Sender<Result<String, Failure>>) -> Result<(), Failure> {
        let told = async {
            let about = gather::sections(&self.app, self.id, self.account, self.themselves, self.lang).await?;
            let begin = match form {
                Form::Json => gather::begin(&about)?,
                Form::Html => page::begin(&about, self.lang),
            };
            if to.send(Ok(begin)).await.is_err() {
                return Ok(());
            }
            let mut trail = gather::Trail::new(&self.app, &about, self.lang);
            let mut first = true;
            while let Some(events) = trail.next().await? {
                let mut piece = String::new();
                for event in events {
                    match form {
                        Form::Json => piece.push_str(if first { "" } else { "," }),
                        Form::Html => {}
                    }
                    first = false;
                    match form {
                        Form::Json => piece.push_str(&event.to_string()),
                        Form::Html => page::event(&event, self.lang, &mut piece),
                    }
                }
                if to.send(Ok(piece)).await.is_err() {
                    return Ok(());
                }
            }
            let end = match form {
                Form::Json => "]}\n".to_owned(),
                Form::Html => page::END.to_owned(),
            };
            // Who asked may have gone: then there is nobody to tell.
            let _ = to.send(Ok(end)).await;
            Ok(())
        };
        told.await
    }

    /// Everything as one text.
    pub async fn whole(&self, form: Form) -> Result<String, Failure> {
        let (to, mut pieces) = mpsc::channel(4);
        let tell = async {
            let told = self.tell(form, &to).await;
            drop(to);
            told
        };
        let take = async {
            let mut text = String::new();
            while let Some(Ok(piece)) = pieces.recv().await {
                text.push_str(&piece);
            }
            text
        };
        let (told, text) = futures::join!(tell, take);
        told.map(|()| text)
    }
}

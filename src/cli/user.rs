//! `sesame user reset-second-factor`.

use super::{Common, Failed, Output, account, open};
use clap::Subcommand;
use domain::UserId;
use serde_json::json;
use sesame::app::{Caller, Command, Users};

#[derive(Debug, Subcommand)]
pub enum User {
    /// Take the app for codes and the recovery codes away from somebody who lost both. Their sessions end, and they are told by mail.
    ResetSecondFactor {
        /// The user, as `registerUser` and the trail name them.
        #[arg(long, value_name = "ID")]
        user: String,
        /// How it was made sure who they are: it stands in the trail.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

impl User {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        let User::ResetSecondFactor { user, reason } = self;
        let id: UserId = user.parse().map_err(|_| {
            Failed::new(format!("`{user}` is no user id: it begins with usr_ and is answered by `registerUser`"))
        })?;
        let (_, service) = open::service(common, output, false).await?;
        let command = Command::Users(Users::ResetFactor(id, reason));
        service.app.execute(&Caller::operator(None), command.into()).await.map_err(account::refused)?;
        output.result(
            &format!("{id} is asked for no code any more, was signed out everywhere, and is told by mail."),
            &json!({ "userId": id.to_string(), "reset": true }),
        );
        service.stop().await;
        Ok(())
    }
}

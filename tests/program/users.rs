//! Logins at the command line.

use crate::cli::Instance;
use domain::{
    Actor, ActorKind, UserId,
    user::{ChangeSignIn, RegisterUser},
};
use projections::Ask;
use serde_json::json;
use sesame::{
    app::{Caller, Command, Door, Users},
    clock::SystemClock,
    db::Options,
    service::Service,
    vault::master::MasterKeys,
};
use std::sync::Arc;

async fn service(instance: &Instance) -> Service {
    let url = format!("sqlite://{}", instance.path("sesame.db").display());
    let keys = MasterKeys::from_file(&instance.path("sesame.db.key")).unwrap();
    Service::start(&Options { url, connections: 4, create: false }, keys, Arc::new(SystemClock)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a16_who_lost_app_and_codes_is_let_in_again_at_the_command_line_and_why_is_asked() {
    let instance = Instance::new();
    instance.account();
    let running = service(&instance).await;
    let operator = Caller::operator(None);
    let done = async |caller: &Caller, command: Users| {
        running.app.execute(caller, Command::Users(command).into()).await.unwrap()
    };
    let rule = RegisterUser { email: "zoe@exemple.fr".into(), name: None };
    let user: UserId = done(&operator, Users::Register(rule)).await.user.unwrap();
    done(&operator, Users::VerifyEmail(user)).await;
    let themselves = Caller::of(Actor { kind: ActorKind::User, id: user.0 }, None, Door::Api);
    done(&themselves, Users::SignIn(user, ChangeSignIn::EnableTotp)).await;
    running.stop().await;

    let (id, why) = (user.to_string(), "Carte d'identité vue au guichet");
    let reset = ["user", "reset-second-factor", "--user", &id];
    instance.fails(&reset, 2, "--reason");
    instance.fails(&[&reset[..], &["--reason", " "]].concat(), 1, "reason");
    instance.fails(&["user", "reset-second-factor", "--user", "zoe", "--reason", why], 1, "usr_");
    let unknown = "usr_00000000000000000000000000000001";
    instance.fails(&["user", "reset-second-factor", "--user", unknown, "--reason", why], 1, "");
    let told = instance.json(&[&reset[..], &["--reason", why]].concat());
    assert_eq!(told, json!({ "userId": id, "reset": true }));
    instance.fails(&[&reset[..], &["--reason", why]].concat(), 1, "");

    let running = service(&instance).await;
    let states = running.app.reader().states(vec![user.0]).await.unwrap();
    assert!(states[&user.0].state.user().unwrap().totp.is_none());
    let by = Ask::<(String, String)>::new(
        "SELECT actor_kind, origin FROM event WHERE type = 'user.second_factor_reset.v1'",
        [],
    );
    assert_eq!(running.db().fetch(by).await.unwrap(), [("OPERATOR".to_owned(), "CLI".to_owned())]);
    // Who is told by mail waits for a process that sends mails.
    let waits = Ask::<(String,)>::new("SELECT kind FROM knock", []);
    assert_eq!(running.db().fetch(waits).await.unwrap(), [("FACTOR".to_owned(),)]);
    running.stop().await;
    assert_eq!(instance.json(&["audit", "verify"])["whole"], json!(true));
}

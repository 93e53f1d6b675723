//! One WebSocket: who it is, what it wants to be told, and telling it.
//!
//! Each subscription is a task that hands its results to the one loop that writes. Its queue is short: a caller that does not take what it is told
//! holds the tasks up, falls behind the log, and is told to go on from its last position, or is let go.

use super::{
    Live, Seat, Still,
    message::{self, Close, PROTOCOL, Said},
};
use crate::{
    app::Caller,
    graphql::endpoint::{RequestId, Told, told},
    http::{Problem, auth},
    i18n::lang::{Lang, lang},
};
use axum::{
    extract::{
        Extension, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use serde_json::{Map, Value};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    task::AbortHandle,
    time::{Instant, MissedTickBehavior, interval, timeout, timeout_at},
};

/// Results that wait to be written.
const WAITING: usize = 16;
/// In which messages are counted.
const WINDOW: Duration = Duration::from_secs(10);
/// Longest name of a subscription.
const ID_MAX: usize = 200;

/// `GET /graphql/ws`.
pub async fn open(
    State(live): State<Arc<Live>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let lang = lang(&headers);
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade.protocols([PROTOCOL]),
        Err(refused) => return refused.into_response(),
    };
    if upgrade.selected_protocol().is_none() {
        return Problem::new(StatusCode::BAD_REQUEST, "LIVE_PROTOCOL", lang).into_response();
    }
    let Some(seat) = live.seat() else { return super::full(lang).into_response() };
    let most = live.bounds.message_bytes;
    // What is queued towards a caller that does not read is bounded too.
    let upgrade = upgrade.max_message_size(most).max_frame_size(most).max_write_buffer_size(4 * 1024 * 1024);
    upgrade.on_upgrade(move |socket| async move {
        let mut talk = Talk { live, socket, headers, lang, id, seat, tasks: Tasks::default(), heard: Instant::now() };
        if let Err(Some((code, reason))) = talk.go().await {
            let frame = CloseFrame { code, reason: reason.into() };
            let _ = timeout(Duration::from_secs(1), talk.socket.send(Message::Close(Some(frame)))).await;
        }
    })
}

/// One connection.
struct Talk {
    live: Arc<Live>,
    socket: WebSocket,
    /// Those of the request, with what the caller said about who it is.
    headers: HeaderMap,
    lang: Lang,
    id: RequestId,
    seat: Seat,
    tasks: Tasks,
    heard: Instant,
}

/// Subscriptions that run, by their caller's names; ended with the connection.
#[derive(Default)]
struct Tasks {
    running: HashMap<String, (u64, AbortHandle)>,
    count: u64,
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.running.values().for_each(|(_, task)| task.abort());
    }
}

/// Something to tell: of which subscription, which of that name, and what; nothing: that was all.
type Out = (String, u64, Option<Told>);

/// How it ended: with a word to the caller, or with nobody left to hear one.
type Ended = Option<Close>;

impl Talk {
    async fn go(&mut self) -> Result<(), Ended> {
        let caller = self.introduced().await?;
        let (out, mut results) = mpsc::channel::<Out>(WAITING);
        let mut pings = interval(self.live.bounds.ping);
        let mut looks = interval(self.live.bounds.look_again);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        let (draining, mut window, mut said) = (self.live.draining.clone(), Instant::now(), 0u32);
        loop {
            tokio::select! {
                message = self.socket.next() => {
                    self.heard = Instant::now();
                    if window.elapsed() > WINDOW {
                        (window, said) = (Instant::now(), 0);
                    }
                    said += 1;
                    if said > self.live.bounds.messages {
                        return Err(Some(message::TOO_MANY));
                    }
                    if let Some(message) = self.read(message)? {
                        self.hear(message, &caller, &out).await?;
                    }
                }
                Some((name, number, result)) = results.recv() => self.tell(name, number, result).await?,
                _ = pings.tick() => {
                    if self.heard.elapsed() > 2 * self.live.bounds.ping {
                        return Err(Some(message::SILENT));
                    }
                    self.send(Message::Ping(Default::default())).await?;
                }
                _ = looks.tick() => match self.live.standing_of(&self.headers, &caller).await {
                    Still::TheSame => {}
                    Still::OtherRights => return Err(Some(message::OTHER_RIGHTS)),
                    Still::Nobody => return Err(Some(message::UNAUTHORIZED)),
                },
                () = draining.begun() => return Err(Some(message::GOING_AWAY)),
            }
        }
    }

    /// Waits for `connection_init`, and recognises who says it.
    async fn introduced(&mut self) -> Result<Caller, Ended> {
        let until = Instant::now() + self.live.bounds.init;
        for _ in 0..self.live.bounds.messages {
            let draining = self.live.draining.clone();
            let message = tokio::select! {
                message = timeout_at(until, self.socket.next()) => {
                    message.map_err(|_| Some(message::INIT_TIMEOUT))?
                }
                () = draining.begun() => return Err(Some(message::GOING_AWAY)),
            };
            match self.read(message)? {
                None => {}
                Some(Said::Ping { payload }) => self.send(Message::text(message::pong(payload))).await?,
                Some(Said::Pong { .. }) => {}
                Some(Said::ConnectionInit { payload }) => {
                    self.take_headers(payload.unwrap_or_default());
                    let known = auth::caller(&self.live.service, &self.headers).await;
                    let caller = known.map_err(|problem| {
                        Some(match problem.status {
                            StatusCode::UNAUTHORIZED => message::UNAUTHORIZED,
                            _ => message::TRY_AGAIN,
                        })
                    })?;
                    if !self.seat.taken_by(&caller) {
                        return Err(Some(message::TOO_MANY));
                    }
                    self.send(Message::text(message::ack())).await?;
                    return Ok(caller);
                }
                Some(Said::Subscribe { .. } | Said::Complete { .. }) => return Err(Some(message::UNAUTHORIZED)),
            }
        }
        Err(Some(message::TOO_MANY))
    }

    /// What a browser cannot send as headers it says in `connection_init`: texts there count as headers of these names.
    fn take_headers(&mut self, params: Map<String, Value>) {
        for (name, value) in params {
            let name = match name.to_ascii_lowercase().as_str() {
                "authorization" => header::AUTHORIZATION,
                "accept-language" | "acceptlanguage" => header::ACCEPT_LANGUAGE,
                _ => continue,
            };
            if let Some(value) = value.as_str().and_then(|text| HeaderValue::from_str(text).ok()) {
                self.headers.insert(name, value);
            }
        }
        self.lang = lang(&self.headers);
    }

    /// A message of the protocol; none: nothing to do about it.
    fn read(&self, message: Option<Result<Message, axum::Error>>) -> Result<Option<Said>, Ended> {
        match message {
            None | Some(Ok(Message::Close(_))) => Err(None),
            Some(Err(error)) => {
                // A message over the length is the one fault of a caller that it can do something about.
                let long = error.to_string().contains("too long") || error.to_string().contains("Space limit");
                Err(long.then_some(message::TOO_LONG))
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
            Some(Ok(Message::Binary(_))) => Err(Some(message::INVALID)),
            Some(Ok(Message::Text(text))) => {
                serde_json::from_str(text.as_str()).map(Some).map_err(|_| Some(message::INVALID))
            }
        }
    }

    async fn hear(&mut self, said: Said, caller: &Caller, out: &mpsc::Sender<Out>) -> Result<(), Ended> {
        match said {
            Said::ConnectionInit { .. } => Err(Some(message::TWICE)),
            Said::Ping { payload } => self.send(Message::text(message::pong(payload))).await,
            Said::Pong { .. } => Ok(()),
            Said::Complete { id } => {
                if let Some((_, task)) = self.tasks.running.remove(&id) {
                    task.abort();
                }
                Ok(())
            }
            Said::Subscribe { id, payload } => self.subscribe(id, payload, caller, out).await,
        }
    }

    async fn subscribe(
        &mut self,
        name: String,
        payload: Value,
        caller: &Caller,
        out: &mpsc::Sender<Out>,
    ) -> Result<(), Ended> {
        if self.tasks.running.contains_key(&name) {
            return Err(Some((4409, "Subscriber already exists")));
        }
        if name.len() > ID_MAX || self.tasks.running.len() >= self.live.bounds.subscriptions {
            return Err(Some(message::TOO_MANY));
        }
        let request = match self.live.gate.subscription(payload, self.lang, &self.id) {
            Ok(request) => request,
            Err(errors) => return self.send(Message::text(message::error(&name, &errors))).await,
        };
        let mut results = self.live.run(request, self.live.asker(caller.clone(), self.lang), None);
        self.tasks.count += 1;
        let (number, out, named) = (self.tasks.count, out.clone(), name.clone());
        let (lang, id) = (self.lang, self.id.clone());
        let task = tokio::spawn(async move {
            while let Some(response) = results.next().await {
                let result = told(response, lang, &id);
                let over = matches!(result, Told::Error(_));
                if out.send((named.clone(), number, Some(result))).await.is_err() || over {
                    return;
                }
            }
            let _ = out.send((named, number, None)).await;
        });
        self.tasks.running.insert(name, (number, task.abort_handle()));
        Ok(())
    }

    /// Tells a result, unless its caller has said meanwhile that it wants no more of it.
    async fn tell(&mut self, name: String, number: u64, result: Option<Told>) -> Result<(), Ended> {
        if self.tasks.running.get(&name).is_none_or(|(running, _)| *running != number) {
            return Ok(());
        }
        let text = match result {
            Some(Told::Next(result)) => message::next(&name, &result),
            Some(Told::Error(errors)) => {
                self.tasks.running.remove(&name);
                message::error(&name, &errors)
            }
            None => {
                self.tasks.running.remove(&name);
                message::complete(&name)
            }
        };
        self.send(Message::text(text)).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Ended> {
        match timeout(self.live.bounds.send, self.socket.send(message)).await {
            Ok(sent) => sent.map_err(|_| None),
            Err(_) => Err(Some(message::TOO_SLOW)),
        }
    }
}

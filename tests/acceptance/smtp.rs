//! A mail server for tests, which speaks as much of RFC 5321 as a client needs, and keeps what it was given.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::time::Duration;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What came in one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
}

/// A server that can be made to refuse every connection, or an address.
#[derive(Clone)]
pub struct Server {
    pub port: u16,
    received: Arc<Mutex<Vec<Received>>>,
    dead: Arc<AtomicBool>,
    silent: Arc<AtomicBool>,
    met: Arc<AtomicUsize>,
}

impl Server {
    pub async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server {
            port: listener.local_addr().unwrap().port(),
            received: Arc::default(),
            dead: Arc::default(),
            silent: Arc::default(),
            met: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                tokio::spawn(async move { server.converse(stream).await });
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// From now on every connection is cut at once, or answered again.
    pub fn die(&self, dead: bool) {
        self.dead.store(dead, Ordering::SeqCst);
    }

    /// From now on it takes connections and says nothing; or it cuts those, and answers others again.
    pub fn fall_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::SeqCst);
    }

    /// Connections so far.
    pub fn met(&self) -> usize {
        self.met.load(Ordering::SeqCst)
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    async fn converse(&self, stream: TcpStream) -> Option<()> {
        let dead = || self.dead.load(Ordering::SeqCst);
        self.met.fetch_add(1, Ordering::SeqCst);
        let silent = self.silent.load(Ordering::SeqCst);
        while self.silent.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if dead() || silent {
            return None;
        }
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 test ESMTP\r\n").await.ok()?;
        let mut mail = Received::default();
        while let Ok(Some(line)) = lines.next_line().await {
            if dead() {
                return None;
            }
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let address = || line.split_once('<').and_then(|(_, r)| r.split_once('>')).map(|(a, _)| a.to_owned());
            let answer = match verb.as_str() {
                "EHLO" => "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
                "MAIL" => {
                    mail = Received { from: address()?, ..Received::default() };
                    "250 ok\r\n"
                }
                "RCPT" if line.contains("inconnu@") => "550 5.1.1 <inconnu@exemple.fr> unknown\r\n",
                "RCPT" if line.contains("refuse@") => "550 5.7.1 we take no mail from you\r\n",
                "RCPT" if line.contains("plus-tard@") => "451 4.2.1 try later\r\n",
                "RCPT" => {
                    mail.to.push(address()?);
                    "250 ok\r\n"
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    loop {
                        let line = lines.next_line().await.ok()??;
                        match line.strip_prefix('.') {
                            Some("") => break,
                            Some(stuffed) => mail.data.push_str(stuffed),
                            None => mail.data.push_str(&line),
                        }
                        mail.data.push_str("\r\n");
                    }
                    self.received.lock().unwrap().push(std::mem::take(&mut mail));
                    "250 kept\r\n"
                }
                "QUIT" => {
                    write.write_all(b"221 bye\r\n").await.ok()?;
                    return None;
                }
                "RSET" | "NOOP" => "250 ok\r\n",
                _ => "502 what?\r\n",
            };
            write.write_all(answer.as_bytes()).await.ok()?;
        }
        None
    }
}

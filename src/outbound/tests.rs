//! What must not be called is not called, whichever way it is written.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

fn call(url: impl Into<String>) -> Call {
    Call {
        method: Method::POST,
        url: url.into(),
        headers: vec![("x-test".into(), "1".into())],
        body: b"{}".to_vec(),
        time: Duration::from_secs(5),
        answer_max: Some(100),
    }
}

/// A server that answers every connection with these bytes, and counts connections.
async fn server(answer: &'static [u8]) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = count.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut buffer = [0u8; 4096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream.write_all(answer).await;
                if answer.is_empty() {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                }
            });
        }
    });
    (address, count)
}

/// Names that mean these addresses, and how often they were looked up.
fn names(addresses: &[&str]) -> (LookUp, Arc<AtomicUsize>) {
    let addresses: Vec<IpAddr> = addresses.iter().map(|a| a.parse().unwrap()).collect();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let look_up: LookUp = Arc::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        let addresses = addresses.clone();
        async move { Ok(addresses) }.boxed()
    });
    (look_up, count)
}

#[test]
fn private_local_and_reserved_addresses_are_told_from_public_ones() {
    for private in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!is_public(private.parse().unwrap()), "{private}");
    }
    for public in [
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.0.1",
        "223.255.255.255",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
        "2001:200::1",
        "2606:4700::1111",
        "2a00:1450::1",
        "3fff:1000::1",
    ] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
}

#[test]
fn an_address_is_judged_in_every_notation() {
    let private = [
        "https://127.0.0.1/x",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://[::1]:8443/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fe80::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/",
        "https:\\\\127.0.0.1\\",
    ];
    for url in private {
        assert_eq!(checked_url(url, Targets::Public).unwrap_err(), UrlProblem::Private, "{url}");
        assert!(checked_url(url, Targets::Any).is_ok(), "{url}");
    }
    for url in ["http://hooks.example/", "ftp://hooks.example/", "file:///etc/passwd", "data:,x", "javascript:1"] {
        assert_eq!(checked_url(url, Targets::Public).unwrap_err(), UrlProblem::Scheme, "{url}");
    }
    assert_eq!(checked_url("file:///etc/passwd", Targets::Any).unwrap_err(), UrlProblem::Scheme);
    for url in ["https://user@hooks.example/", "https://:secret@hooks.example/"] {
        assert_eq!(checked_url(url, Targets::Any).unwrap_err(), UrlProblem::Credentials, "{url}");
    }
    let long = format!("https://hooks.example/{}", "a".repeat(URL_MAX));
    for url in ["", "hooks.example", "https://", "https://a b/", "https://999.1.1.1/", &long] {
        assert_eq!(checked_url(url, Targets::Public).unwrap_err(), UrlProblem::Invalid, "{url}");
    }
    assert!(checked_url("https://hooks.example/in?key=1", Targets::Public).is_ok());
}

#[tokio::test]
async fn a_name_that_means_a_private_address_is_never_connected_to() {
    let (address, connections) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    for addresses in [&["127.0.0.1"][..], &["::ffff:127.0.0.1"], &["1.1.1.1", "127.0.0.1"], &["127.0.0.1", "1.1.1.1"]] {
        let (look_up, asked) = names(addresses);
        let outbound = Outbound::with_look_up(Targets::Public, look_up);
        let url = format!("https://hooks.example:{}/", address.port());
        assert_eq!(outbound.call(call(url)).await.unwrap_err(), OutboundError::Url(UrlProblem::Private));
        assert_eq!(asked.load(Ordering::SeqCst), 1, "looked up once: a second answer would be another");
    }
    let (look_up, _) = names(&[]);
    let unknown = Outbound::with_look_up(Targets::Public, look_up).call(call("https://hooks.example/")).await;
    assert_eq!(unknown.unwrap_err(), OutboundError::NoAddress);
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_connection_goes_to_the_address_that_was_checked() {
    let (address, connections) = server(b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok").await;
    let (look_up, asked) = names(&["127.0.0.1"]);
    let outbound = Outbound::with_look_up(Targets::Any, look_up);
    let answer = outbound.call(call(format!("http://hooks.example:{}/", address.port()))).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (202, b"ok".as_slice()));
    assert_eq!((asked.load(Ordering::SeqCst), connections.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn redirects_are_answers_and_are_not_followed() {
    let (inside, reached) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret").await;
    let answer = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{inside}/\r\ncontent-length: 0\r\n\r\n");
    let (address, _) = server(Box::leak(answer.into_boxed_str()).as_bytes()).await;
    let answer = Outbound::new(Targets::Any).call(call(format!("http://{address}/"))).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (307, 0));
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn time_and_size_are_bounded_and_reasons_name_no_address() {
    let outbound = Outbound::new(Targets::Any);
    let (silent, _) = server(b"").await;
    let slow = Call { time: Duration::from_millis(200), ..call(format!("http://{silent}/?key=secret")) };
    assert_eq!(outbound.call(slow).await.unwrap_err(), OutboundError::Time);

    let (large, _) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789+").await;
    assert_eq!(outbound.call(call(format!("http://{large}/"))).await.unwrap_err(), OutboundError::TooLarge);

    // Where only the status counts, no body is too large and none is waited for.
    let status_only = Call { answer_max: None, ..call(format!("http://{large}/")) };
    let answer = outbound.call(status_only).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, 0));

    let (odd, _) = server(b"SSH-2.0-OpenSSH\r\n\r\n").await;
    assert_eq!(outbound.call(call(format!("http://{odd}/"))).await.unwrap_err(), OutboundError::Broken);

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = outbound.call(call(format!("http://{free}/?key=secret"))).await.unwrap_err();
    assert_eq!(nobody, OutboundError::NoConnection);
    assert!(!format!("{nobody} {nobody:?}").contains("secret"));

    let (address, connections) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let injected =
        Call { headers: vec![("x-test".into(), "1\r\nx-admin: 1".into())], ..call(format!("http://{address}/")) };
    assert_eq!(outbound.call(injected).await.unwrap_err(), OutboundError::Header("x-test".into()));
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

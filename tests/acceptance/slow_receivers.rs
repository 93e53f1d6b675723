//! What one receiver costs the others, with deliveries going by themselves.

use crate::{
    place::{everywhere, outside},
    receiver::Receiver,
};
use serde_json::json;
use sesame::outbox::Outside;
use std::time::Duration;
use tokio::net::TcpListener;

const CONTACTS: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn u6_a_receiver_that_never_answers_keeps_no_other_waiting() {
    for place in everywhere().await {
        // It takes connections and says nothing: each call to it lasts until its limit, fifteen seconds.
        let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = Receiver::start().await;
        for url in [format!("http://{}/", deaf.local_addr().unwrap()), good.url.clone()] {
            let input = json!({ "accountId": place.account, "url": url, "types": ["access"] });
            place.done("connectWebhook", input, "webhookId").await;
        }
        let product = place.product("Yoga", &[]).await;
        for n in 0..CONTACTS {
            let contact = place.contact("Anne", &format!("Dupont{n}")).await;
            place.grant(&contact, &product).await;
        }
        let node = place.node(Outside { delivers: true, ..outside() }).await;
        let mut got = 0;
        let all = async {
            while got < CONTACTS {
                tokio::time::sleep(Duration::from_millis(20)).await;
                got += good.take().len();
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(12), all).await;
        node.stop().await;
        assert!(in_time.is_ok(), "{got} of {CONTACTS} calls came while the other receiver was waited for");
    }
}

//! Every question of the read models, and of the audit trail, is asked on both engines over the same history: the answers are the same.

use crate::{
    databases::{Database, Engine},
    story::{World, clock, steps},
};
use domain::{ContactId, Origin, ProductId, SubscriptionId, UserId, values::ImportPolicy};
use projections::{
    Ask, accesses, claims, contacts, deletions, erp_links, histories, imports, labels, memberships, products,
    registrations, stream_state, subscribers,
    subscriptions::{self, Narrow},
};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use sesame::{
    app::{Command, ImportCommand},
    db::{AnswerRow, Db},
    exchange::{ImportOptions, PlanOptions, plan_contacts},
    log::{Channel, TrailFilter, TrailSeek},
    service::Service,
};
use std::{collections::BTreeSet, fmt::Debug};

/// What was asked, and the answers as text.
struct Asked<'a> {
    db: &'a Db,
    names: BTreeSet<&'static str>,
    answers: Vec<String>,
}

impl Asked<'_> {
    /// An answer in its order.
    async fn ask<R: AnswerRow + Debug>(&mut self, name: &'static str, ask: Ask<R>) -> Vec<R> {
        let text = format!("{name} {} {:?}", ask.sql, ask.args);
        let rows = self.db.fetch(ask).await.unwrap_or_else(|e| panic!("{text}: {e}"));
        self.names.insert(name);
        self.answers.push(format!("{text}: {rows:?}"));
        rows
    }

    /// An answer whose order means nothing.
    async fn ask_in_any_order<R: AnswerRow + Debug>(&mut self, name: &'static str, ask: Ask<R>) {
        let rows = self.ask(name, ask).await;
        let mut rows: Vec<String> = rows.iter().map(|r| format!("{r:?}")).collect();
        rows.sort();
        self.answers.pop();
        self.answers.push(format!("{name}: {rows:?}"));
    }
}

fn filters(world: &World) -> Vec<contacts::Filter> {
    let none = contacts::Filter::default;
    let product: Vec<ProductId> = world.products.iter().take(3).copied().collect();
    let mut filters = vec![none()];
    filters.extend(["PERSON", "GROUP"].map(|kind| contacts::Filter { kind: Some(kind), ..none() }));
    filters.extend(["CLIENT", "CONTACT", "GUEST"].map(|p| contacts::Filter { profile: Some(p), ..none() }));
    filters.extend(["ACTIVE", "PENDING"].map(|status| contacts::Filter { status: Some(status), ..none() }));
    let registrations = ["NOT_REGISTERED", "REGISTERED"];
    filters.extend(registrations.map(|r| contacts::Filter { registration: Some(r), ..none() }));
    filters.extend([true, false].map(|has| contacts::Filter { has_email: Some(has), ..none() }));
    filters.push(contacts::Filter { mode: Some("ACTIVATED"), ..none() });
    filters.extend(["LINKED", "GONE", "NONE"].map(|erp| contacts::Filter { erp: Some(erp), ..none() }));
    filters.push(contacts::Filter { label: Some("salon".into()), ..none() });
    filters.push(contacts::Filter { label: Some("foire".into()), kind: Some("PERSON"), ..none() });
    filters.push(contacts::Filter { ids: Some(vec![]), ..none() });
    filters.push(contacts::Filter { ids: Some(world.contacts.iter().map(|c| c.0).collect()), ..none() });
    for product in product {
        filters.push(contacts::Filter { product: Some(product), ..none() });
        filters.push(contacts::Filter { product: Some(product), mode: Some("SUSPENDED"), ..none() });
        let erp = ["LINKED", "GONE", "NONE"];
        filters.extend(erp.map(|erp| contacts::Filter { product: Some(product), erp: Some(erp), ..none() }));
    }
    let all = contacts::Filter {
        kind: Some("PERSON"),
        profile: Some("CONTACT"),
        status: Some("ACTIVE"),
        registration: Some("NOT_REGISTERED"),
        has_email: Some(true),
        product: world.products.first().copied(),
        mode: Some("ACTIVATED"),
        erp: Some("NONE"),
        label: Some("salon".into()),
        ids: Some(world.contacts.iter().map(|c| c.0).collect()),
    };
    filters.push(all.clone());
    filters.push(contacts::Filter { product: None, ..all });
    filters
}

async fn ask_of_contacts(asked: &mut Asked<'_>, world: &World) {
    let account = world.account;
    for filter in filters(world) {
        asked.ask("contacts::count", contacts::count(account, &filter, 10_000)).await;
        asked.ask("contacts::count", contacts::count(account, &filter, 3)).await;
        for (order, descending) in
            [(contacts::Order::Name, false), (contacts::Order::Name, true), (contacts::Order::CreatedAt, false)]
        {
            let mut beyond = None;
            for _ in 0..3 {
                let seek = contacts::Seek { beyond: beyond.clone(), descending, limit: 4 };
                let page = asked.ask("contacts::list", contacts::list(account, &filter, order, &seek)).await;
                let Some(last) = page.last() else { break };
                beyond = Some(match order {
                    contacts::Order::Name => contacts::Place::Name(last.sort_key.clone(), last.id),
                    contacts::Order::CreatedAt => contacts::Place::CreatedAt(last.created_at, last.id),
                });
            }
        }
    }
    for term in ["", "dup", "someone1", "oeuvre", "名", "zz", "le", "c"] {
        asked.ask("contacts::search_range_size", contacts::search_range_size(account, term, 100)).await;
        let first = asked.ask("contacts::search", contacts::search(account, term, None, 5)).await;
        asked.ask("contacts::search", contacts::search(account, term, first.last(), 5)).await;
    }
    let identities =
        [("Zoé", "Dupont"), ("Œuvre d’été", "ÉCOLE")].map(|(f, l)| contacts::identity(Some(f), Some(l), None, None));
    let mut known = asked
        .db
        .fetch(Ask::<(i64,)>::new("SELECT identity FROM contacts_1 ORDER BY identity LIMIT 5", []))
        .await
        .unwrap();
    known.extend(identities.map(|i| (i,)));
    let identities: Vec<i64> = known.into_iter().map(|(i,)| i).collect();
    asked.ask_in_any_order("contacts::by_identity", contacts::by_identity(account, identities.clone())).await;
    let count = contacts::count_by_identity(account, identities);
    asked.ask_in_any_order("contacts::count_by_identity", count).await;
}

async fn ask_of_memberships(asked: &mut Asked<'_>, world: &World) {
    let emails = asked.db.fetch(Ask::<(String,)>::new(
        "SELECT DISTINCT email FROM contacts_1 WHERE email IS NOT NULL ORDER BY email LIMIT 3",
        [],
    ));
    let emails: Vec<String> = emails.await.unwrap().into_iter().map(|(email,)| email).collect();
    let user = UserId(uuid::Uuid::from_u128(7));
    for contact in world.contacts.iter().take(4) {
        asked.db.execute(memberships::came(contact.0, world.account, 1_775_000_000_000_000)).await.unwrap();
    }
    asked.names.insert("memberships::came");
    let ids = world.contacts.iter().take(6).map(|contact| contact.0).collect();
    asked.ask_in_any_order("memberships::last_came", memberships::last_came(ids)).await;
    for email in emails.iter().map(|e| Some(e.as_str())).chain([None]) {
        asked.ask("memberships::places", memberships::places(user, email)).await;
        asked.ask("memberships::two_places", memberships::two_places(user, email)).await;
        asked.ask("memberships::place_in", memberships::place_in(user, email, world.account)).await;
        for (search, descending) in [(None, false), (Some("e"), true), (Some("100%"), false), (Some("1"), false)] {
            let list = |beyond| memberships::access_list(user, email, search, beyond, descending, 2);
            let page = asked.ask("memberships::access_list", list(None)).await;
            let last = page.last().map(|row| (row.sort_key.as_str(), row.contact));
            asked.ask("memberships::access_list", list(last)).await;
            let count = memberships::count_access_list(user, email, search, 3);
            asked.ask("memberships::count_access_list", count).await;
        }
        let email = email.unwrap_or("nobody@exemple.fr");
        asked.ask("memberships::invitations", memberships::invitations(email, 0)).await;
    }
    for after in [None, Some(world.account)] {
        asked.ask("memberships::accounts", memberships::accounts(after, 2)).await;
        asked.ask("memberships::linked", memberships::linked(user, after, 2)).await;
    }
    let none = memberships::Filter::default;
    let mut filters = vec![none()];
    filters.extend(["CLIENT", "CONTACT", "GUEST"].map(|p| memberships::Filter { profile: Some(p), ..none() }));
    let statuses = ["PENDING", "INVITED", "DECLINED", "ACTIVE", "INACTIVE", "EXPIRED", "REVOKED"];
    filters.extend(statuses.map(|status| memberships::Filter { status: Some(status), ..none() }));
    filters.push(memberships::Filter { unused_since: Some(1_774_000_000_000_000), ..none() });
    filters.push(memberships::Filter { expiring_by: Some("2026-12-31".into()), ..none() });
    for filter in filters {
        for descending in [false, true] {
            let now = (1_775_000_000_000_000, "2026-04-01");
            let list = |beyond| memberships::members(world.account, &filter, now, beyond, descending, 2);
            let page = asked.ask("memberships::members", list(None)).await;
            let last = page.last().map(|row| (row.sort_key.as_str(), row.contact));
            asked.ask("memberships::members", list(last)).await;
            let count = memberships::count_members(world.account, &filter, now, 3);
            asked.ask("memberships::count_members", count).await;
        }
    }
}

async fn ask_of_claims(asked: &mut Asked<'_>, world: &World) {
    let account = world.account;
    let mut filters = vec![claims::Filter::default()];
    filters.extend(["OPEN", "CLOSED"].map(|status| claims::Filter { status: Some(status), contact: None }));
    for contact in world.contacts.iter().take(3) {
        filters.push(claims::Filter { status: None, contact: Some(*contact) });
        filters.push(claims::Filter { status: Some("ANSWERED"), contact: Some(*contact) });
    }
    for filter in filters {
        asked.ask("claims::count", claims::count(account, &filter, 100)).await;
        for descending in [false, true] {
            let seek = claims::Seek { beyond: None, descending, limit: 2 };
            let first = asked.ask("claims::list", claims::list(account, &filter, seek)).await;
            let beyond = first.last().map(|row| (row.opened_at, row.id));
            asked.ask("claims::list", claims::list(account, &filter, claims::Seek { beyond, ..seek })).await;
        }
    }
    let subscriptions: Vec<_> = world.subscriptions.iter().map(|s| s.0).collect();
    for limit in [2, 1000] {
        let rows = asked
            .ask("claims::of_subscriptions", claims::of_subscriptions(account, subscriptions.clone(), limit))
            .await;
        assert!(!rows.is_empty(), "there are complaints to ask about");
    }
    asked.ask("claims::of_subscriptions", claims::of_subscriptions(account, vec![], 2)).await;
}

async fn ask_of_the_rest(asked: &mut Asked<'_>, world: &World) {
    let account = world.account;
    for product in world.products.iter().take(5) {
        asked.ask("accesses::granted_count", accesses::granted_count(account, *product, 100)).await;
    }
    for product in world.products.iter().take(5) {
        for cap in [1, 100] {
            asked.ask("accesses::reach", accesses::reach(account, *product, cap)).await;
            let first = asked.ask("accesses::in_force", accesses::in_force(account, *product, None, cap)).await;
            let beyond = first.last().map(|(key, contact)| (key.as_str(), *contact));
            asked.ask("accesses::in_force", accesses::in_force(account, *product, beyond, cap)).await;
            asked.ask("subscriptions::live", subscriptions::live(account, *product, "2026-05-01", cap)).await;
            asked.ask("claims::open_of_product", claims::open_of_product(account, *product, cap)).await;
        }
    }
    ask_of_claims(asked, world).await;
    for of in [Some(account), None, Some(domain::AccountId(world.contacts[0].0))] {
        asked.ask("deletions::count", deletions::count(of, 100)).await;
        for descending in [false, true] {
            let first = asked.ask("deletions::list", deletions::list(of, None, descending, 2)).await;
            let beyond = first.last().map(|row| (row.requested_at, row.contact));
            asked.ask("deletions::list", deletions::list(of, beyond, descending, 2)).await;
        }
    }
    for terms in [vec![], vec!["dup".to_owned()], vec!["le".to_owned(), "go".to_owned()]] {
        for archived in [None, Some(true), Some(false)] {
            asked.ask("products::count", products::count(account, &terms, archived, 100)).await;
            for descending in [false, true] {
                let page =
                    asked.ask("products::list", products::list(account, &terms, archived, None, descending, 2)).await;
                let beyond = page.last().map(|row| (row.sort_key.as_str(), row.id));
                asked.ask("products::list", products::list(account, &terms, archived, beyond, descending, 2)).await;
            }
        }
    }
    let streams = world.contacts.iter().map(|c| c.0).chain(world.products.iter().map(|p| p.0)).collect();
    asked.ask_in_any_order("stream_state::states", stream_state::states(streams)).await;
    asked.ask_in_any_order("stream_state::states", stream_state::states(vec![])).await;
    for day in ["2026-01-15", "2026-03-31", "2026-08-01"] {
        asked.ask("subscribers::count", subscribers::count(account, day, 100)).await;
        for descending in [false, true] {
            let page = asked.ask("subscribers::list", subscribers::list(account, day, None, descending, 3)).await;
            let beyond = page.last().map(|row| (row.sort_key.as_str(), row.contact));
            asked.ask("subscribers::list", subscribers::list(account, day, beyond, descending, 3)).await;
            asked.ask("subscribers::export_page", subscribers::export_page(account, day, beyond, 3)).await;
        }
    }
    let kinds = asked.ask("subscriptions::list", subscriptions::list(account, Narrow::No, None, true, 100)).await;
    let mut narrows: Vec<Narrow<'_>> = vec![Narrow::No, Narrow::Kind("no such type")];
    narrows.extend(kinds.iter().take(2).map(|row| Narrow::Kind(&row.kind)));
    narrows.extend(world.products.iter().take(4).map(|product| Narrow::Product(*product)));
    for narrow in narrows {
        asked.ask("subscriptions::count", subscriptions::count(account, narrow, 3)).await;
        for descending in [false, true] {
            let list = |beyond| subscriptions::list(account, narrow, beyond, descending, 2);
            let page = asked.ask("subscriptions::list", list(None)).await;
            asked.ask("subscriptions::list", list(page.last().map(|row| (row.started_at, row.id)))).await;
        }
    }
    for product in world.products.iter().take(4) {
        let first = asked.ask("histories::contacts_of", histories::contacts_of(account, product.0, None, 2)).await;
        let beyond = first.last().map(|(contact,)| *contact);
        asked.ask("histories::contacts_of", histories::contacts_of(account, product.0, beyond, 2)).await;
    }
    for source in ["navision", "sap"] {
        asked.ask("erp_links::count_linked", erp_links::count_linked(account, source, 3)).await;
        let page = asked.ask("erp_links::linked", erp_links::linked(account, source, None, 2)).await;
        let beyond = page.last().map(|row| row.contact);
        asked.ask("erp_links::linked", erp_links::linked(account, source, beyond, 2)).await;
    }
    asked.ask("erp_links::count_gone", erp_links::count_gone(account, 10)).await;
    for descending in [false, true] {
        let page = asked.ask("erp_links::gone", erp_links::gone(account, None, descending, 1)).await;
        let beyond = page.last().map(|row| (row.gone_at, row.contact));
        assert!(beyond.is_some(), "somebody is gone");
        asked.ask("erp_links::gone", erp_links::gone(account, beyond, descending, 1)).await;
    }
    for state in ["WAITING", "PENDING_VALIDATION", "REGISTERED", "REFUSED"] {
        asked.ask("registrations::count", registrations::count(account, state, 100)).await;
        for descending in [false, true] {
            let page = asked.ask("registrations::list", registrations::list(account, state, None, descending, 2)).await;
            let beyond = page.last().map(|row| (row.since, row.subject));
            asked.ask("registrations::list", registrations::list(account, state, beyond, descending, 2)).await;
        }
    }
    let both = registrations::Probe {
        words: Some(("dupont".into(), "zoe".into())),
        phone: Some("123456789".into()),
        start: Some("some".into()),
    };
    let phone = registrations::Probe { phone: Some("123456789".into()), ..Default::default() };
    for probes in [vec![], vec![both.clone()], vec![phone, registrations::Probe::default(), both]] {
        asked.ask_in_any_order("registrations::candidates", registrations::candidates(account, &probes, 1_000)).await;
    }
    for subscription in world.subscriptions.iter().chain([&SubscriptionId(account.0)]) {
        let attached = |beyond| subscriptions::attached_contacts(account, *subscription, beyond, false, 1);
        let first = asked.ask("subscriptions::attached_contacts", attached(None)).await;
        asked.ask("subscriptions::attached_contacts", attached(first.last().map(|(c,)| *c))).await;
        let last = subscriptions::attached_contacts(account, *subscription, None, true, 2);
        asked.ask("subscriptions::attached_contacts", last).await;
        asked.ask("subscriptions::attached_count", subscriptions::attached_count(account, *subscription, 10)).await;
        asked.ask("histories::contacts_of", histories::contacts_of(account, subscription.0, None, 3)).await;
    }
}

/// What the outbox is asked: whose turn it is, and what an account is shown.
async fn ask_of_the_outbox(asked: &mut Asked<'_>, world: &World) {
    use sesame::outbox::{Status, store};
    let account = world.account.0;
    let channels = [Channel::Mail, Channel::Webhook, Channel::CustomerService];
    let due = asked.ask("outbox::due", store::due(i64::MAX, &channels, vec![], 50)).await;
    asked.ask("outbox::due", store::due(0, &channels, vec![account], 50)).await;
    asked.ask("outbox::due", store::due(i64::MAX, &[], vec![], 50)).await;
    let ids: Vec<_> = due.iter().map(|(id, _)| *id).collect();
    asked.ask("outbox::still_due", store::still_due(ids.clone(), i64::MAX)).await;
    for id in ids.iter().chain([&account]) {
        asked.ask("outbox::one", store::one(*id)).await;
    }
    asked.ask("outbox::waiting", store::waiting()).await;
    let statuses = Status::ALL.into_iter().map(Some).chain([None]);
    for (status, subject) in statuses.flat_map(|s| [(s, None), (s, world.contacts.first().map(|c| c.0))]) {
        let filter = store::Filter { status, subject };
        asked.ask("outbox::count", store::count(account, &filter, 2)).await;
        for descending in [true, false] {
            let mut beyond = None;
            for _ in 0..3 {
                let seek = store::Seek { beyond, descending, limit: 2 };
                let page = asked.ask("outbox::list", store::list(account, &filter, &seek)).await;
                let Some(last) = page.last() else { break };
                beyond = Some((last.created_at, last.id));
            }
        }
    }
}

/// Files that were planned, with a label each; the first of them is applied.
async fn import(service: &Service, world: &World) {
    for (n, label) in ["salon", "foire", "salon"].into_iter().enumerate() {
        let options = PlanOptions {
            policy: ImportPolicy::IgnoreFailed,
            label: Some(label.into()),
            import: ImportOptions::default(),
        };
        let file = std::io::Cursor::new(format!("Nom;E-mail\nGuyot;guyot@exemple.fr\nMarchand {};\n", n / 2));
        let planned = plan_contacts(&service.app, &world.caller, file, &options, |_| {}).await.unwrap();
        if n == 0 {
            let apply = Command::Imports(ImportCommand::Apply(planned.import));
            service.app.execute(&world.caller, apply.into()).await.unwrap();
            while service.app.work_on_import(planned.import).await.unwrap().is_some() {}
        }
    }
}

/// Some records of an ERP: linked, gone, and one that is neither.
async fn sync_some(service: &Service, world: &World) {
    use domain::{account::ConnectErp, contact::erp::SentRecord};
    use sesame::{
        app::{Command, ErpCommand},
        erp::{Mode, Options, Way, sync_all},
        i18n::lang::Lang,
    };
    let connect = ConnectErp { source: "navision".into(), owned: None, every_minutes: None };
    let connect = Command::Erp(ErpCommand::Connect(world.account, connect));
    service.app.execute(&world.caller, connect.into()).await.unwrap();
    for deleted in [false, true] {
        let record = |n: usize| SentRecord {
            external_id: format!("N{n}"),
            last_name: Some(Some(format!("Record {n}"))),
            deleted: deleted && n > 2,
            ..SentRecord::default()
        };
        let options = Options { mode: Mode::Incremental, force: false, way: Way::Api, key: None, lang: Some(Lang::En) };
        let records = (0..5).map(record).collect();
        let report = sync_all(&service.app, &world.caller, world.account, options, records, &[]).await.unwrap();
        assert_eq!(report.counts.gone, if deleted { 2 } else { 0 });
    }
}

async fn ask_of_imports(asked: &mut Asked<'_>, world: &World) {
    let account = world.account;
    asked.ask("imports::count", imports::count(account, 100)).await;
    for descending in [true, false] {
        let first = asked.ask("imports::list", imports::list(account, None, descending, 2)).await;
        assert_eq!(first.len(), 2);
        asked.ask("imports::list", imports::list(account, first.last().copied(), descending, 2)).await;
    }
    for (file,) in asked.db.fetch(Ask::<(String,)>::new("SELECT file FROM imports_1 ORDER BY id", [])).await.unwrap() {
        let found = asked.ask("imports::of_file", imports::of_file(account, &file, 5)).await;
        assert!(!found.is_empty());
    }
    asked.ask("imports::at_work", imports::at_work()).await;
    let found = asked.ask("labels::labels", labels::labels(account, None, 5)).await;
    assert_eq!(found, [("salon".to_owned(),)]);
    asked.ask("labels::labels", labels::labels(account, Some("salon"), 5)).await;
}

/// Positions and types of every page of the trail, under every filter.
async fn ask_of_the_trail(service: &Service, world: &World, answers: &mut Vec<String>) {
    let none = TrailFilter::default;
    let times = service.db().fetch(Ask::<(i64,)>::new("SELECT at FROM event ORDER BY position", [])).await.unwrap();
    let middle = chrono::DateTime::from_timestamp_micros(times[times.len() / 2].0);
    let mut filters = vec![
        none(),
        TrailFilter { types: vec!["contact.added".into(), "access.granted.v1".into()], ..none() },
        TrailFilter { actor: Some(world.caller.actor.id), ..none() },
        TrailFilter { actor: Some(world.account.0), ..none() },
        TrailFilter { origin: Some(Origin::Cli), ..none() },
        TrailFilter { origin: Some(Origin::Import), ..none() },
        TrailFilter { from: middle, ..none() },
        TrailFilter { to: middle, ..none() },
    ];
    filters.extend(world.contacts.iter().take(3).map(|c| TrailFilter { contact: Some(*c), ..none() }));
    filters.push(TrailFilter { contact: Some(ContactId(world.account.0)), ..none() });
    filters.extend(world.products.iter().take(3).map(|p| TrailFilter { product: Some(*p), ..none() }));
    for filter in filters {
        for descending in [false, true] {
            let mut beyond = None;
            for _ in 0..5 {
                let seek = TrailSeek { beyond, descending, limit: 7 };
                let page = service.app.reader().trail(world.account, &filter, seek).await.unwrap();
                let events: Vec<_> = page.events.iter().map(|e| (e.position, e.type_name.as_str())).collect();
                answers.push(format!("{filter:?} {seek:?}: {events:?} {:?} {}", page.looked_to, page.more));
                if !page.more || page.looked_to.is_none() {
                    break;
                }
                beyond = page.looked_to;
            }
        }
    }
}

/// The names of all questions, as the folders of the read models have them.
fn every_question() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/projections")).unwrap() {
        let folder = folder.unwrap().path();
        let Ok(text) = std::fs::read_to_string(folder.join("ask.rs")) else { continue };
        let model = folder.file_name().unwrap().to_string_lossy().into_owned();
        let name = |line: &str| Some(line.strip_prefix("pub fn ")?.split(['(', '<']).next()?.to_owned());
        names.extend(text.lines().filter_map(name).map(|name| format!("{model}::{name}")));
    }
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_has_the_same_answer_on_both_engines() {
    let mut runner = TestRunner::deterministic();
    let steps = steps(300..301).new_tree(&mut runner).unwrap().current();
    let mut both = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let (database, clock) = (Database::fresh(engine).await, clock());
        let service = database.service_at(clock.clone()).await;
        let mut world = World::open(&service).await;
        world.play(&service, &clock, &steps).await;
        sync_some(&service, &world).await;
        world.complain(&service).await;
        assert!(world.contacts.len() > 10 && world.products.len() > 3 && !world.subscriptions.is_empty(), "{world:?}");
        import(&service, &world).await;
        let mut asked = Asked { db: service.db(), names: BTreeSet::new(), answers: Vec::new() };
        ask_of_contacts(&mut asked, &world).await;
        ask_of_memberships(&mut asked, &world).await;
        ask_of_the_rest(&mut asked, &world).await;
        ask_of_imports(&mut asked, &world).await;
        let asked_names: BTreeSet<String> = asked.names.iter().map(|n| (*n).to_owned()).collect();
        assert_eq!(asked_names, every_question(), "a new question is asked here too");
        ask_of_the_outbox(&mut asked, &world).await;
        let mut answers = asked.answers;
        ask_of_the_trail(&service, &world, &mut answers).await;
        both.push(answers);
    }
    let (postgres, sqlite) = (both.pop().unwrap(), both.pop().unwrap());
    assert_eq!(sqlite.len(), postgres.len());
    for (sqlite, postgres) in sqlite.iter().zip(&postgres) {
        assert_eq!(sqlite, postgres);
    }
}

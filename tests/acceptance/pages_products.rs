//! Products as pages, as a browser without a script has them (rows K5, K6, K21).

use crate::{
    browser::Browser,
    pages::{hidden, to},
    place::{Place, everywhere},
};
use serde_json::json;

/// The id at the end of an address that a form led to.
fn id(to: &str) -> String {
    to.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap().to_owned()
}

/// Creates a product by the form for it; its page.
async fn created(place: &Place, browser: &Browser<'_>, name: &str) -> String {
    let path = format!("/a/{}/products/new", place.account);
    let form = browser.get(&path).await;
    let (csrf, key) = (hidden(&form, "_csrf"), hidden(&form, "key"));
    let fields = [("_csrf", csrf.as_str()), ("key", &key), ("name", name), ("dripClock", "CALENDAR_DAYS")];
    let (one, two) = (browser.form(&path, &fields).await, browser.form(&path, &fields).await);
    assert_eq!((one.status.as_u16(), to(&one)), (303, to(&two)), "pressed twice it is created once: {}", one.text);
    format!("/a/{}/products/{}", place.account, id(&to(&one)))
}

#[tokio::test]
async fn k5_a_product_is_created_renamed_archived_after_it_was_told_for_whom_and_restored() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let base = format!("/a/{}/products", place.account);
        let first = browser.get(&base).await;
        assert!(first.text.contains("No product yet") && first.text.contains(&format!("{base}/new")), "{}", first.text);
        let form = browser.get(&format!("{base}/new")).await;
        let csrf = hidden(&form, "_csrf");
        let nameless = [
            ("_csrf", csrf.as_str()),
            ("key", "k0"),
            ("name", " "),
            ("delivered", "1"),
            ("dripClock", "ENTITLED_DAYS"),
        ];
        let wrong = browser.form(&format!("{base}/new"), &nameless).await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.text.contains("id=\"name-error\"") && wrong.text.contains("value=\"1\" checked"),
            "{}",
            wrong.text
        );
        assert!(wrong.text.contains("value=\"ENTITLED_DAYS\" checked"), "{}", wrong.text);
        let page = created(&place, &browser, "Yoga du matin").await;
        let list = browser.get(&format!("{base}?q=yog")).await;
        assert!(list.text.contains("1 product<") && list.text.contains("Yoga du matin"), "{}", list.text);

        // Renamed; who comes second sees both names, and may press again.
        let form = browser.get(&format!("{page}/rename")).await;
        let version = hidden(&form, "version");
        let rename = |name: &'static str, version: &str| {
            [("_csrf", csrf.clone()), ("version", version.to_owned()), ("name", name.to_owned())]
        };
        let post = async |path: &str, fields: [(&str, String); 3]| {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.form(path, &fields).await
        };
        let path = format!("{page}/rename");
        assert_eq!(to(&post(&path, rename("Yoga du soir", &version)).await), format!("{page}?told=product-renamed"));
        let stale = post(&path, rename("Yoga de midi", &version)).await;
        assert_eq!(stale.status, 422);
        assert!(stale.text.contains("value=\"Yoga de midi\"") && stale.text.contains("<strong>Yoga du soir</strong>"));
        assert_eq!(post(&path, rename("Yoga de midi", &hidden(&stale, "version"))).await.status, 303);

        // Archived, after it was said for how many; taken back by the notice.
        let contact = place.contact("Anne", "Dupont").await;
        place.grant(&contact, &id(&page)).await;
        let form = browser.get(&format!("{page}/archive")).await;
        assert!(form.text.contains("Yoga de midi") && form.text.contains('1') && form.text.contains("autofocus"));
        let fields = [("_csrf", csrf.as_str()), ("version", &hidden(&form, "version"))];
        let archived = browser.form(&format!("{page}/archive"), &fields).await;
        assert_eq!(to(&archived), format!("{page}?told=product-archived"), "{}", archived.text);
        let told = browser.get(&to(&archived)).await;
        assert!(told.text.contains("Undo") && told.text.contains("Archived"), "{}", told.text);
        assert!(browser.get(&format!("{base}?archived=YES")).await.text.contains("Yoga de midi"));
        let fields = [("_csrf", csrf.as_str()), ("version", &hidden(&told, "version"))];
        let restored = browser.form(&format!("{page}/restore"), &fields).await;
        assert_eq!(to(&restored), format!("{page}?told=product-restored"));
        assert!(browser.get(&format!("{base}?archived=YES")).await.text.contains("No archived product"));
    }
}

#[tokio::test]
async fn k21_modules_are_edited_by_buttons_and_say_when_they_open_for_an_order_of_today() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let page = created(&place, &browser, "Yoga").await;
        let path = format!("{page}/modules");
        let mut form = browser.get(&path).await;
        assert!(form.text.contains("No module"), "{}", form.text);
        let (csrf, version) = (hidden(&form, "_csrf"), hidden(&form, "version"));
        let names = ["Respirer", "Saluer", "Tenir"];
        let press = async |rows: usize, act: &str, names: &[&str], days: &[&str], ids: &[String], version: &str| {
            let mut fields = vec![
                ("_csrf".to_owned(), csrf.clone()),
                ("version".to_owned(), version.to_owned()),
                ("rows".to_owned(), rows.to_string()),
                ("do".to_owned(), act.to_owned()),
            ];
            for n in 0..rows {
                fields.push((format!("modules.{n}.name"), names.get(n).copied().unwrap_or_default().to_owned()));
                fields
                    .push((format!("modules.{n}.opensAfterDays"), days.get(n).copied().unwrap_or_default().to_owned()));
                fields.push((format!("modules.{n}.id"), ids.get(n).cloned().unwrap_or_default()));
            }
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.form(&path, &fields).await
        };
        form = press(0, "add", &[], &[], &[], &version).await;
        assert!(form.text.contains("modules.0.name"), "{}", form.text);
        press(1, "add", &names[..1], &["0"], &[], &version).await;
        form = press(2, "add", &names[..2], &["0", "14"], &[], &version).await;
        assert!(form.text.contains("opens on 28 April 2026"), "the next as much later: {}", form.text);
        // Nothing was stored; what is wrong is told by its row.
        assert!(browser.get(&page).await.text.contains("No module"));
        form = press(3, "save", &["Respirer", "", "Tenir"], &["0", "14", "9999"], &[], &version).await;
        assert_eq!(form.status, 422);
        for wrong in ["modules.1.name-error", "modules.2.opensAfterDays-error", "value=\"9999\""] {
            assert!(form.text.contains(wrong), "{wrong}: {}", form.text);
        }
        form = press(3, "up.2", &names, &["0", "14", "28"], &[], &version).await;
        assert!(form.text.find("Tenir").unwrap() < form.text.find("Saluer").unwrap(), "{}", form.text);
        let saved = press(3, "save", &names, &["0", "14", "28"], &[], &version).await;
        assert_eq!(to(&saved), format!("{page}?told=modules-saved"), "{}", saved.text);
        let shown = browser.get(&page).await;
        for text in ["Respirer", "at once", "after 14 days", "opens on 14 April 2026"] {
            assert!(shown.text.contains(text), "{text}: {}", shown.text);
        }
        // A module that is kept is the same one; whoever comes second sees what stands now.
        form = browser.get(&path).await;
        let ids: Vec<String> = (0..3).map(|n| hidden(&form, &format!("modules.{n}.id"))).collect();
        let stale = press(1, "save", &["Rien"], &["0"], &[], &version).await;
        assert_eq!(stale.status, 422);
        assert!(stale.text.contains("value=\"Rien\"") && stale.text.contains("Saluer"), "{}", stale.text);
        let now = hidden(&stale, "version");
        assert_eq!(press(2, "save", &names, &["0", "7"], &ids[..2], &now).await.status, 303);
        let query = "query($id: ID!) { product(id: $id) { modules { id name opensAfterDays } } }";
        let modules = place.data(query, json!({ "id": id(&page) })).await["product"]["modules"].clone();
        assert_eq!(modules[1], json!({ "id": ids[1], "name": "Saluer", "opensAfterDays": 7 }));
    }
}

#[tokio::test]
async fn k6_the_order_email_is_written_with_a_preview_and_emptied_to_take_it_away() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let page = created(&place, &browser, "Yoga").await;
        let path = format!("{page}/email");
        let form = browser.get(&path).await;
        let (csrf, version) = (hidden(&form, "_csrf"), hidden(&form, "version"));
        let post = async |act: &str, subject: &str, body: &str, version: &str| {
            let fields =
                [("_csrf", csrf.as_str()), ("version", version), ("do", act), ("subject", subject), ("body", body)];
            browser.form(&path, &fields).await
        };
        let (subject, body) = ("Accès à {{product}}", "Bonjour {{firstName}},\r\n\r\nLe {{opensOn}} : {{accessUrl}}");
        let preview = post("preview", subject, body, &version).await;
        assert!(preview.text.contains("Accès à Yoga") && preview.text.contains("Bonjour Lea"), "{}", preview.text);
        assert!(preview.text.contains("31 March 2026") && preview.text.contains("{{opensOn}}"), "{}", preview.text);
        let unknown = post("save", subject, "Bonjour {{prenom}}", &version).await;
        assert_eq!(unknown.status, 422);
        assert!(
            unknown.text.contains("id=\"body-error\"") && unknown.text.contains("Bonjour {{prenom}}"),
            "{}",
            unknown.text
        );
        assert_eq!(to(&post("save", subject, body, &version).await), format!("{page}?told=order-email-saved"));
        let shown = browser.get(&page).await;
        assert!(shown.text.contains("Bonjour Lea"), "{}", shown.text);
        let stale = post("save", "Autre", "Autre", &version).await;
        assert_eq!(stale.status, 422);
        assert!(stale.text.contains("value=\"Autre\"") && stale.text.contains("Accès à {{product}}"), "{}", stale.text);
        // Longer than a sign-in may be, and as long as a mail may.
        let long = format!("{}{{{{account}}}}", "é".repeat(19_900));
        let now = hidden(&stale, "version");
        assert_eq!(post("save", "Long", &long, &now).await.status, 303);
        let now = hidden(&browser.get(&path).await, "version");
        assert_eq!(post("save", "", " \r\n ", &now).await.status, 303);
        assert!(browser.get(&page).await.text.contains("No order e-mail"));
    }
}

#[tokio::test]
async fn k5_a_product_of_another_account_is_like_an_unknown_one_and_who_may_not_sees_no_act() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let other = place.another("Autre maison").await;
        let theirs = other.product("Secret", &[3]).await;
        let base = format!("/a/{}/products", place.account);
        for path in ["", "/rename", "/archive", "/modules", "/email"] {
            let page = browser.get(&format!("{base}/{theirs}{path}")).await;
            assert_eq!((page.status.as_u16(), page.text.contains("Secret")), (404, false), "{path}");
        }
        place.signed_up("lecteur@exemple.fr").await;
        let member = json!({ "accountId": place.account, "lastName": "Lecteur", "email": "lecteur@exemple.fr", "permissions": ["OTHER"] });
        place.done("addMember", member, "").await;
        place.settled().await;
        let own = place.product("Yoga", &[3]).await;
        let reader = place.signed_in("lecteur@exemple.fr").await;
        let page = reader.get(&format!("{base}/{own}")).await;
        assert!(page.status == 200 && page.text.contains("Module 3"), "{} {}", page.status, page.text);
        for act in ["/rename", "/archive", "/modules", "/email"] {
            assert!(!page.text.contains(&format!("{own}{act}")), "{act}");
        }
        assert!(!reader.get(&base).await.text.contains(&format!("{base}/new")));
        let csrf = reader.csrf().await;
        let refused = reader
            .form(&format!("{base}/{own}/rename"), &[("_csrf", &csrf), ("version", "1"), ("name", "Autre")])
            .await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert!(browser.get(&format!("{base}/{own}")).await.text.contains("<h1>Yoga</h1>"));
    }
}

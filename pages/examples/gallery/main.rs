//! Writes every screen in several states, in both languages, into a folder: to be looked at, without a database.
//!
//! `cargo run -p pages --example gallery -- FOLDER`; a second argument names the folder of `htmx.min.js` and `inter.woff2`.
//!
//! Next: `door` (coming in), `links`, `contacts` (the list, the sheet and its forms), and so on: each area of pages has its own.

mod claims;
mod contacts;
mod deletions;
mod door;
mod erp;
mod home;
mod imports;
mod journeys;
mod links;
mod me;
mod members;
mod portal;
mod products;
mod settings;
mod subscribers;
mod subscriptions;

use askama::Template;
use pages::{Assets, Cx, Lang, Nav, Person, Place};
use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

type Done = Result<(), Box<dyn Error>>;

/// Where the screens of one language go.
pub struct Book {
    folder: PathBuf,
    lang: Lang,
}

impl Book {
    /// What every page shows, in a room.
    pub fn cx(&self, place: Place) -> Cx {
        let acts = ACTS.to_vec();
        Cx {
            lang: self.lang,
            zone: chrono_tz::Europe::Paris,
            now: "2026-03-31T12:05:00Z".parse().unwrap_or_default(),
            csrf: "example".into(),
            path: "/".into(),
            person: Some(Person { name: "Camille Roux".into(), email: "camille@editions-du-phare.fr".into() }),
            nav: Some(Nav {
                account: "a".into(),
                company: "Éditions du Phare".into(),
                number: "100023".into(),
                place,
                rooms: ROOMS.to_vec(),
                acts,
            }),
            notice: None,
            assets: Assets { css: "app.css", js: "app.js", htmx: "htmx.min.js", font: "inter.woff2" },
        }
    }

    /// The same outside of accounts, signed in by nobody.
    pub fn outside(&self) -> Cx {
        Cx { nav: None, person: None, ..self.cx(Place::Contacts) }
    }

    /// Writes a screen: `NAME.fr.html`.
    pub fn write(&self, name: &str, page: impl Template) -> Done {
        Ok(fs::write(self.folder.join(format!("{name}.{}.html", self.lang.tag())), page.render()?)?)
    }
}

/// Where an owner may go.
const ROOMS: &[Place] = &[
    Place::Home,
    Place::Contacts,
    Place::Subscribers,
    Place::Products,
    Place::Subscriptions,
    Place::Claims,
    Place::Members,
    Place::Imports,
    Place::Erp,
    Place::History,
    Place::Settings,
];

/// What an owner may: what pages ask of `Cx::may`.
const ACTS: &[&str] = &[
    "AddContact",
    "AddContactWithLogin",
    "EditContactWithLogin",
    "SetDeliveryAddress",
    "ResendPortalLink",
    "RecordExport",
    "EditContact",
    "DeleteContact",
    "GrantAccess",
    "EditAccess",
    "SetAccessMode",
    "RemoveAccess",
    "CreateProduct",
    "RenameProduct",
    "ArchiveProduct",
    "RestoreProduct",
    "SetModules",
    "SetOrderEmail",
    "StartSubscription",
    "RenewSubscription",
    "PauseSubscription",
    "ResumeSubscription",
    "CancelSubscription",
    "RecordPayment",
    "AttachContact",
    "DetachContact",
    "SubmitContacts",
    "SubmitSubscribers",
    "OpenPortalAccount",
    "OpenClaim",
    "AnswerClaim",
    "CloseClaim",
    "ReopenClaim",
    "InviteGuest",
    "AddMember",
    "SetPermissions",
    "ResendInvitation",
    "RevokeInvitation",
    "DeactivateMember",
    "ReactivateMember",
    "SetMembershipExpiry",
    "TransferOwnership",
    "LeaveAccount",
    "ConnectErp",
    "DisconnectErp",
    "SetErpOwnership",
    "SyncErpRecord",
    "TakeErpEmail",
    "LinkErpRecord",
    "LinkRegistration",
    "ValidateRegistration",
    "RefuseRegistration",
    "ValidatePendingRegistrations",
    "InviteToApp",
    "ResendAppInvitation",
    "ApplyImport",
    "PlanImport",
    "CancelImport",
    "UndoImport",
    "RenameAccount",
    "SetPolicies",
    "CreateToken",
    "RevokeToken",
    "ConnectWebhook",
    "DisconnectWebhook",
    "ConnectCustomerService",
    "DisconnectCustomerService",
    "SetSignInProvider",
    "RequestDeletion",
];

fn main() -> Done {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "gallery".into()));
    fs::create_dir_all(&folder)?;
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut style = fs::read_to_string(assets.join("app.css"))?.replace("{{font}}", "inter.woff2");
    let mut areas: Vec<_> =
        fs::read_dir(assets.join("areas"))?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    areas.sort();
    for area in areas {
        style.push_str(&fs::read_to_string(area)?);
    }
    fs::write(folder.join("app.css"), style)?;
    fs::copy(assets.join("app.js"), folder.join("app.js"))?;
    if let Some(others) = arguments.next() {
        for name in ["htmx.min.js", "inter.woff2"] {
            fs::copy(Path::new(&others).join(name), folder.join(name))?;
        }
    }
    for lang in Lang::ALL {
        let book = Book { folder: folder.clone(), lang };
        door::write(&book)?;
        links::write(&book)?;
        contacts::write(&book)?;
        home::write(&book)?;
        subscribers::write(&book)?;
        portal::write(&book)?;
        members::write(&book)?;
        claims::write(&book)?;
        products::write(&book)?;
        subscriptions::write(&book)?;
        journeys::write(&book)?;
        erp::write(&book)?;
        settings::write(&book)?;
        me::write(&book)?;
        deletions::write(&book)?;
        imports::write(&book)?;
    }
    Ok(())
}

//! Acts on many whose page was closed: any process of the service goes on with them, piece after piece, as the person who began them and with what they still
//! may. One at a time does, by a lease; where it ends, another takes over after a while.

use super::piece;
use crate::{
    app::{Abandoned, Failure},
    http::desk::{Afar, By, Desk},
    i18n::lang::Lang,
};
use std::time::Duration;
use uuid::Uuid;

/// How often it is looked for some, while there is nothing to do.
const LOOK: Duration = Duration::from_secs(1);

/// Goes on with them until the service ends.
pub async fn keep_on(afar: Afar) {
    let Some(me) = afar.desk().map(|desk| desk.service.app.clock().id()) else { return };
    loop {
        let Some(desk) = afar.desk() else { return };
        let further = match go_on(&desk, me).await {
            Ok(further) => further,
            Err(error) => {
                tracing::warn!(%error, "acts on many are not gone on with; trying again in a moment");
                false
            }
        };
        // What is held here would keep the service from ending.
        drop(desk);
        if !further {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// A piece of each; whether there is more to do at once.
async fn go_on(desk: &Desk, me: Uuid) -> Result<bool, Failure> {
    let app = &desk.service.app;
    let mut further = false;
    for one in app.bulk_abandoned(me).await? {
        if !app.bulk_hold(one.id, me, None).await? {
            continue;
        }
        let Some(bulk) = app.bulk(one.whose, one.id).await?.filter(|bulk| bulk.stage.goes_on()) else { continue };
        further |= !piece(desk, &as_them(desk, &one).await?, &bulk).await?;
    }
    Ok(further)
}

/// Whoever began it, in its account, with what they may by now.
async fn as_them(desk: &Desk, one: &Abandoned) -> Result<By, Failure> {
    let caller = desk.service.app.recognise_for(one.whose).await?;
    let lang = if one.lang == Lang::Fr.tag() { Lang::Fr } else { Lang::En };
    Ok(By { caller, lang, came_from: None })
}

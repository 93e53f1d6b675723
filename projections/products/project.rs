//! Product → its list row and its search words.

use crate::{Rows, Source, search};
use domain::text;

pub(super) fn project(source: Source<'_>) -> Rows {
    let Some(product) = source.folded.state.product() else { return Rows::new() };
    let (id, account) = (source.stream.id, product.account.0);
    let row = vec![
        id.into(),
        account.into(),
        product.name.as_str().into(),
        text::fold(&product.name).into(),
        product.archived.is_some().into(),
    ];
    let words = search::words([product.name.as_str()], []);
    std::iter::once((0, row)).chain(words.into_iter().map(|w| (1, vec![account.into(), w.into(), id.into()]))).collect()
}

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn new(n: u128) -> New {
    New { id: Uuid::from_u128(n), kind: "t".into(), json: true, metadata: Bytes::new(), data: Bytes::from("{}") }
}

fn revisions(store: &Store, name: &str) -> Option<Vec<u64>> {
    store.stream(name).unwrap().map(|events| events.into_iter().map(|record| record.revision).collect())
}

#[test]
fn what_is_expected_decides() {
    let mut store = Store::default();
    let wrong = |current| Err(Refused::Wrong { current });
    assert_eq!(store.append("a", Expect::Exists, vec![new(1)]), wrong(None));
    assert_eq!(store.append("a", Expect::Revision(0), vec![new(1)]), wrong(None));
    assert_eq!(store.append("a", Expect::NoStream, vec![new(1), new(2)]).unwrap().revision, Some(1));
    assert_eq!(store.append("a", Expect::NoStream, vec![new(3)]), wrong(Some(1)));
    assert_eq!(store.append("a", Expect::Revision(0), vec![new(3)]), wrong(Some(1)));
    assert_eq!(store.append("a", Expect::Revision(2), vec![new(3)]), wrong(Some(1)));
    assert_eq!(store.append("a", Expect::Revision(1), vec![new(3)]).unwrap().revision, Some(2));
    assert_eq!(store.append("a", Expect::Exists, vec![new(4)]).unwrap().revision, Some(3));
    assert_eq!(store.append("a", Expect::Any, vec![new(5)]).unwrap().revision, Some(4));
    assert_eq!(store.log().len(), 5);
}

#[test]
fn the_same_append_is_done_once_and_answered_the_same() {
    for expect in [Expect::NoStream, Expect::Any] {
        let mut store = Store::default();
        let first = store.append("a", expect, vec![new(1), new(2)]).unwrap();
        store.append("a", Expect::Any, vec![new(3)]).unwrap();
        assert_eq!(store.append("a", expect, vec![new(1), new(2)]), Ok(first), "{expect:?}");
        assert_eq!(store.log().len(), 3);
        // Half of it is not the same.
        let half = store.append("a", Expect::NoStream, vec![new(1), new(9)]);
        assert_eq!(half, Err(Refused::Wrong { current: Some(2) }));
    }
}

#[test]
fn a_deleted_stream_is_not_there_and_goes_on_where_it_was() {
    let mut store = Store::default();
    store.append("a", Expect::NoStream, vec![new(1), new(2)]).unwrap();
    assert_eq!(store.delete("a", Expect::Revision(0), false), Err(Refused::Wrong { current: Some(1) }));
    store.delete("a", Expect::Revision(1), false).unwrap();
    assert_eq!(revisions(&store, "a"), None);
    assert_eq!(store.append("a", Expect::NoStream, vec![new(3)]).unwrap().revision, Some(2));
    assert_eq!(revisions(&store, "a"), Some(vec![2]));
    // What was written stays where it was in the order of all.
    assert_eq!(store.log().iter().filter(|record| record.stream == "a").count(), 3);
}

#[test]
fn a_tombstoned_stream_is_gone_for_ever() {
    let mut store = Store::default();
    store.append("a", Expect::NoStream, vec![new(1)]).unwrap();
    store.delete("a", Expect::Any, true).unwrap();
    assert_eq!(store.stream("a"), Err(Refused::Tombstoned));
    assert_eq!(store.append("a", Expect::Any, vec![new(2)]), Err(Refused::Tombstoned));
    assert_eq!(store.delete("a", Expect::Any, false), Err(Refused::Tombstoned));
}

#[test]
fn positions_grow_and_are_found_again() {
    let mut store = Store::default();
    for n in 0..5 {
        store.append("a", Expect::Any, vec![new(n)]).unwrap();
    }
    let positions: Vec<u64> = store.log().iter().map(|record| record.position).collect();
    assert!(positions.is_sorted_by(|a, b| a < b));
    assert_eq!(positions.iter().map(|position| store.at(*position)).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!((store.at(positions[1] + 1), store.at(u64::MAX)), (2, 5));
}

//! What an engine of the log promises beyond [`EventLog`](super::EventLog), as data: `sesame doctor` tells it to whoever runs the service.

/// What holds of an engine, and what something else sees to instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promises {
    /// Where events stand first.
    pub engine: &'static str,
    /// Whether it numbers events densely itself; otherwise the copy of it does.
    pub dense: bool,
    /// Whether each event is chained to the one before in the append itself; otherwise as it is copied.
    pub chained: bool,
    /// Whether the streams of one command are written together; otherwise one after the other, and gone on with after a crash.
    pub atomic: bool,
    /// Whether streams that were only read are held still until the append is done; otherwise they are looked at just before.
    pub exact_guards: bool,
    /// Whether read models change in the append's own transaction; otherwise right after it, before it is answered.
    pub inline: bool,
    /// Whether several processes may append at the same time.
    pub shared: bool,
    /// Whether what was appended outlives the process.
    pub durable: bool,
}

impl Promises {
    /// Those of a log in the database that also holds everything else.
    pub const fn of_a_database(engine: &'static str) -> Promises {
        Promises {
            engine,
            dense: true,
            chained: true,
            atomic: true,
            exact_guards: true,
            inline: true,
            shared: true,
            durable: true,
        }
    }

    /// In words, what it does not promise first.
    pub fn words(&self) -> String {
        let said = [
            (self.durable, "kept", "kept only as long as the process"),
            (
                self.atomic,
                "a command's streams are written together",
                "a command's streams are written one after the other",
            ),
            (self.exact_guards, "guards are exact", "guards are looked at just before"),
            (self.dense, "positions are its own", "positions are given as events are copied"),
            (self.chained, "chained in the append", "chained as events are copied"),
            (self.inline, "read models change with the append", "read models change right after the append"),
            (self.shared, "for several processes", "for one process"),
        ];
        let (yes, no): (Vec<_>, Vec<_>) = said.into_iter().partition(|(kept, ..)| *kept);
        let words = no.into_iter().map(|(.., no)| no).chain(yes.into_iter().map(|(_, yes, _)| yes));
        format!("{}: {}", self.engine, words.collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_engine_does_not_promise_is_said_first() {
        let best = Promises::of_a_database("sqlite");
        assert!(best.words().starts_with("sqlite: kept; a command's streams are written together"));
        let less = Promises { exact_guards: false, ..best };
        assert!(less.words().starts_with("sqlite: guards are looked at just before; kept"), "{}", less.words());
    }
}

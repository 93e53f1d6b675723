-- Where the log stands when it is not in this database: then `event` and `log_head` are a copy of it, taken in order, up to this place. One row, or none.
CREATE TABLE log_elsewhere (
    id          BIGINT PRIMARY KEY,
    engine      TEXT NOT NULL,
    log_id      UUID NOT NULL,
    place       BIGINT NOT NULL,
    place_within BIGINT NOT NULL
);

-- What a command on its way into such a log will write here: noted before its events are appended, carried out and deleted when they are copied, or
-- deleted when they never came. Personal values only sealed.
CREATE TABLE intent (
    command UUID NOT NULL PRIMARY KEY,
    body    BYTEA NOT NULL
);

-- What it holds still until then: streams, values, keys of callers, to-dos. `alone`: nobody else may even look at it.
CREATE TABLE intent_hold (
    held    BYTEA NOT NULL,
    command UUID NOT NULL,
    alone   BOOLEAN NOT NULL,
    PRIMARY KEY (held, command)
);
CREATE INDEX intent_hold_command ON intent_hold (command);

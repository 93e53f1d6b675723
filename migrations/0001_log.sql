-- What must never be lost. Read models are not here: they are made from the log, by declarations in the projections crate.
-- Instants are microseconds since 1970, UTC.

-- One row: the place after the last event. Locking it is what makes positions dense and in commit order.
CREATE TABLE log_head (
    id       BIGINT PRIMARY KEY,
    log_id   UUID NOT NULL,
    position BIGINT NOT NULL,
    hash     BYTEA NOT NULL,
    at       BIGINT NOT NULL
);

CREATE TABLE event (
    position     BIGINT PRIMARY KEY,
    category     TEXT NOT NULL,
    stream       UUID NOT NULL,
    version      BIGINT NOT NULL,
    event_id     UUID NOT NULL,
    type         TEXT NOT NULL,
    account      UUID,
    about        UUID,
    actor_kind   TEXT NOT NULL,
    actor        UUID NOT NULL,
    on_behalf_of UUID,
    origin       TEXT NOT NULL,
    command      UUID NOT NULL,
    correlation  UUID NOT NULL,
    causation    UUID,
    at           BIGINT NOT NULL,
    data         BYTEA NOT NULL,
    sealed       BYTEA,
    hash         BYTEA NOT NULL
);
CREATE UNIQUE INDEX event_stream ON event (stream, version);
CREATE INDEX event_account ON event (account, position);

-- Who holds an e-mail, an external id, a customer number: a keyed hash of scope, account and value.
CREATE TABLE unique_key (
    key      BYTEA PRIMARY KEY,
    scope    TEXT NOT NULL,
    account  UUID,
    owner    UUID NOT NULL
);
CREATE INDEX unique_key_owner ON unique_key (owner);

-- The first answer to a command that carried a key, kept 7 days.
CREATE TABLE idempotency (
    account     UUID NOT NULL,
    key         BYTEA NOT NULL,
    fingerprint BYTEA NOT NULL,
    result      BYTEA NOT NULL,
    position    BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX idempotency_at ON idempotency (at);

-- How far each read model is: rows and this row move in one transaction.
CREATE TABLE checkpoint (
    name     TEXT NOT NULL,
    version  BIGINT NOT NULL,
    position BIGINT NOT NULL,
    stuck    TEXT,
    PRIMARY KEY (name, version)
);

-- The keys of people's values, wrapped by the master key. Erasing a person destroys the key; the row stays as a tombstone.
CREATE TABLE vault_key (
    subject      UUID NOT NULL PRIMARY KEY,
    account      UUID NOT NULL,
    wrapped      BYTEA,
    destroyed_at BIGINT
);

-- Erasures, so that they are done again after an old backup is restored, and whose cleaning of the engine's files is still to do.
CREATE TABLE erasure (
    subject    UUID NOT NULL PRIMARY KEY,
    account    UUID NOT NULL,
    position   BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    cleaned_at BIGINT
);

-- Check values of the keys in configuration, so that wrong ones are recognised before anything is written with them.
CREATE TABLE vault_check (
    name  TEXT NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

-- API tokens: only the hash is kept. No account: an operator's.
CREATE TABLE api_token (
    id           UUID NOT NULL PRIMARY KEY,
    account      UUID,
    hash         BYTEA NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    revoked_at   BIGINT
);

-- What must be done outside because of an event: written with it, delivered by workers, never by a replay. Template and ids, no text.
CREATE TABLE outbox (
    id         UUID NOT NULL PRIMARY KEY,
    account    UUID NOT NULL,
    subject    UUID,
    template   TEXT NOT NULL,
    data       BYTEA NOT NULL,
    event_id   UUID NOT NULL,
    created_at BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    state      TEXT NOT NULL
);
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_subject ON outbox (subject);

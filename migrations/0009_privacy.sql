-- From where people came who changed something: one row a request, written with what it appended. Address and program are sealed under a key that the
-- master key makes; the row goes with the login it is of, and after the time that the settings say. Instants are microseconds since 1970, UTC.
CREATE TABLE whence (
    correlation UUID NOT NULL PRIMARY KEY,
    actor       UUID NOT NULL,
    at          BIGINT NOT NULL,
    sealed      BYTEA NOT NULL
);
CREATE INDEX whence_at ON whence (at);
CREATE INDEX whence_actor ON whence (actor, at);

-- What was looked for after an erasure, where, and what was found: counts and places, nothing of the person.
CREATE TABLE erasure_receipt (
    subject    UUID NOT NULL PRIMARY KEY,
    account    UUID NOT NULL,
    checked_at BIGINT NOT NULL,
    verdict    TEXT NOT NULL,
    report     BYTEA NOT NULL
);

-- When an erasure was noted in the ledger outside the database, which a restored backup is measured against.
ALTER TABLE erasure ADD COLUMN noted_at BIGINT;
CREATE INDEX erasure_unnoted ON erasure (position) WHERE noted_at IS NULL;

-- What is forgotten after a while is found by when it was done.
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX member_seen_at ON member_seen (at);
CREATE INDEX erp_run_started ON erp_run (started_at);

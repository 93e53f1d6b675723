-- The account's ERP beside its events: what was last seen of each record, what syncs did, and from where records are pulled. Instants are microseconds
-- since 1970, UTC.

-- One row a record that was ever sent. The key is a keyed hash of the ERP's name and the record's id; what a person has to decide with is sealed
-- with the contact's key, so that erasing the contact makes it unreadable.
CREATE TABLE erp_record (
    account    UUID NOT NULL,
    key        BYTEA NOT NULL,
    source     TEXT NOT NULL,
    contact    UUID,
    seen_at    BIGINT NOT NULL,
    updated_at BIGINT,
    drift      TEXT,
    other      UUID,
    note       BYTEA,
    noted_at   BIGINT,
    PRIMARY KEY (account, key)
);
CREATE INDEX erp_record_contact ON erp_record (contact);
CREATE INDEX erp_record_drift ON erp_record (account, drift, noted_at, key) WHERE drift IS NOT NULL;

-- One row a sync: counts and codes, nothing of a person.
CREATE TABLE erp_run (
    id          UUID NOT NULL PRIMARY KEY,
    account     UUID NOT NULL,
    source      TEXT NOT NULL,
    mode        TEXT NOT NULL,
    door        TEXT NOT NULL,
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT,
    failed      TEXT,
    report      BYTEA,
    key         BYTEA,
    fingerprint BYTEA
);
CREATE INDEX erp_run_account ON erp_run (account, started_at);
CREATE UNIQUE INDEX erp_run_key ON erp_run (account, key) WHERE key IS NOT NULL;

-- From where an account's records are pulled: the secret is sealed with a key of its own, which the master key wraps.
CREATE TABLE erp_source (
    account     UUID NOT NULL PRIMARY KEY,
    url         TEXT NOT NULL,
    wrapped     BYTEA,
    secret      BYTEA,
    cursor      BIGINT,
    full_at     BIGINT,
    next_at     BIGINT,
    full_asked  BIGINT NOT NULL,
    lease       UUID,
    lease_until BIGINT
);
CREATE INDEX erp_source_due ON erp_source (next_at);

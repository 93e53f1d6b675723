-- Who signs in, and how. Nothing of it is an event: it is what must be deletable, and goes with the erasure of its user.

-- The hash of a password, as a PHC string.
CREATE TABLE credential (
    user_id    UUID NOT NULL PRIMARY KEY,
    password   TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- The secret shared with an authenticator app, sealed with the master key. It counts from when it is confirmed by a first code; codes of last_step and
-- before open nothing more.
CREATE TABLE totp (
    user_id      UUID NOT NULL PRIMARY KEY,
    sealed       BYTEA NOT NULL,
    last_step    BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    confirmed_at BIGINT
);

-- Keyed hashes of codes for whoever lost the app; a code that was used is gone.
CREATE TABLE recovery_code (
    hash    BYTEA NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL
);
CREATE INDEX recovery_code_user ON recovery_code (user_id);

-- What a browser is signed in with: the hash of its secret. `stage`: OPEN; SECOND_FACTOR waits for a code and opens nothing else. `account`: the one it
-- works in; null: none chosen yet. `idle`: after so many microseconds unused it opens nothing. One that ended is gone.
CREATE TABLE session (
    id         UUID NOT NULL PRIMARY KEY,
    user_id    UUID NOT NULL,
    hash       BYTEA NOT NULL,
    stage      TEXT NOT NULL,
    account    UUID,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    idle       BIGINT NOT NULL,
    agent      TEXT,
    address    TEXT
);
CREATE UNIQUE INDEX session_hash ON session (hash);
CREATE INDEX session_whose ON session (user_id, account);
CREATE INDEX session_expires ON session (expires_at);

-- The account that a user worked in last, marked in the list they choose from.
CREATE TABLE chosen_account (
    user_id UUID NOT NULL PRIMARY KEY,
    account UUID NOT NULL,
    at      BIGINT NOT NULL
);

-- Someone asked for a login or for a new password. The same row is written whether their address is known or not; what follows is worked out after the
-- answer. `sealed`: address and name, with the master key. `address`: a keyed hash. `due_at`: when it is attended to; null: it was, and its id is what a
-- mailed link names until expires_at. `user_id`: whose it turned out to be.
CREATE TABLE knock (
    id         UUID NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    sealed     BYTEA NOT NULL,
    lang       TEXT NOT NULL,
    address    BYTEA NOT NULL,
    user_id    UUID,
    created_at BIGINT NOT NULL,
    due_at     BIGINT,
    attempts   BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX knock_due ON knock (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX knock_address ON knock (address);
CREATE INDEX knock_user ON knock (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX knock_expires ON knock (expires_at);

-- Sign-ins of known users that succeeded or failed, for them to look at. Forgotten after a year.
CREATE TABLE sign_in (
    id        UUID NOT NULL PRIMARY KEY,
    user_id   UUID NOT NULL,
    at        BIGINT NOT NULL,
    result    TEXT NOT NULL,
    agent     TEXT,
    address   TEXT
);
CREATE INDEX sign_in_user ON sign_in (user_id, at, id);
CREATE INDEX sign_in_at ON sign_in (at);

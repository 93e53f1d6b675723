-- When whoever is signed in last showed who they are, by a password, a code, or their account's provider: what is sensitive asks for it again. 0: at no known
-- time.
ALTER TABLE session ADD COLUMN confirmed_at BIGINT NOT NULL DEFAULT 0;
-- 1: an account's own provider said who it is. Such a session is for that account and knows nothing else of the user.
ALTER TABLE session ADD COLUMN by_provider BIGINT NOT NULL DEFAULT 0;

-- The secret that an account's provider knows us by, sealed with the master key.
CREATE TABLE provider_secret (
    account UUID NOT NULL PRIMARY KEY,
    sealed  BYTEA NOT NULL
);

-- Whom a provider means: a keyed hash of account, issuer and subject, and the user. One subject is one user, and one user one subject.
CREATE TABLE provider_link (
    subject    BYTEA NOT NULL PRIMARY KEY,
    account    UUID NOT NULL,
    user_id    UUID NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX provider_link_user ON provider_link (account, user_id);
CREATE INDEX provider_link_whose ON provider_link (user_id);

-- A browser was sent to a provider and is to come back: once, within minutes. `state` and `browser`: hashes of what it carries in the address and in a
-- cookie. `sealed`: what the provider's answer is held against.
CREATE TABLE provider_start (
    state      BYTEA NOT NULL PRIMARY KEY,
    id         UUID NOT NULL,
    browser    BYTEA NOT NULL,
    account    UUID NOT NULL,
    sealed     BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX provider_start_account ON provider_start (account);
CREATE INDEX provider_start_expires ON provider_start (expires_at);

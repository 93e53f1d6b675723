-- One act on everybody whom a list was narrowed to: what was looked at, contact by contact, and how far it is. The log has each act itself; here is only what
-- it goes on from, for whoever asked for it. Kept thirty days.
CREATE TABLE bulk_act (
    id         UUID NOT NULL PRIMARY KEY,
    account    UUID NOT NULL,
    user_id    UUID NOT NULL,
    act        TEXT NOT NULL,
    product    UUID,
    mails      BOOLEAN NOT NULL,
    -- How the list was narrowed, as its address has it; never what was searched.
    back       TEXT NOT NULL,
    -- NOTING, LOOKED_AT, DOING, DONE, UNDOING, UNDONE.
    state      TEXT NOT NULL,
    same       BIGINT NOT NULL,
    cannot     BIGINT NOT NULL,
    closes     BIGINT NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX bulk_act_whose ON bulk_act (user_id, account, state);
CREATE INDEX bulk_act_at ON bulk_act (at);

-- `version`: of what would be changed, as it was looked at; once it was done, as it is since. `was`: the mode there was. `state`: WAITING, DONE, REFUSED,
-- UNDONE, KEPT. `why`: what was told of one that was refused, or not taken back. They go with the contact.
CREATE TABLE bulk_row (
    bulk    UUID NOT NULL,
    number  BIGINT NOT NULL,
    contact UUID NOT NULL,
    version BIGINT NOT NULL,
    was     TEXT,
    state   TEXT NOT NULL,
    why     TEXT,
    at      BIGINT NOT NULL,
    PRIMARY KEY (bulk, number)
);
CREATE INDEX bulk_row_state ON bulk_row (bulk, state, number);
CREATE INDEX bulk_row_contact ON bulk_row (contact);
CREATE INDEX bulk_row_at ON bulk_row (at);

-- Files on their way in: what each row of a plan says and would do, sealed with a key of the import (vault_key), purged when it can no longer be applied
-- or taken back, and earlier where a person in it is erased.

CREATE TABLE import_file (
    import     UUID NOT NULL PRIMARY KEY,
    account    UUID NOT NULL,
    created_at BIGINT NOT NULL,
    sealed     BYTEA
);

-- `contact`: whom the row is about; none of a refused row, of which nobody can tell. `version`: what the contact was planned on. `left_out`, `kept`:
-- codes, why it was not done or not taken back; `kept_fields`: names of fields. `email`, `external_id`: keyed hashes of what the row would put, so that it
-- is found when that person is erased.
CREATE TABLE import_row (
    import      UUID NOT NULL,
    number      BIGINT NOT NULL,
    account     UUID NOT NULL,
    contact     UUID,
    outcome     TEXT NOT NULL,
    version     BIGINT NOT NULL,
    same_as     BIGINT,
    left_out    TEXT,
    kept        TEXT,
    kept_fields TEXT,
    email       BYTEA,
    external_id BYTEA,
    sealed      BYTEA NOT NULL,
    PRIMARY KEY (import, number)
);
CREATE INDEX import_row_outcome ON import_row (import, outcome, number);
CREATE INDEX import_row_left_out ON import_row (import, number) WHERE left_out IS NOT NULL;
CREATE INDEX import_row_kept ON import_row (import, number) WHERE kept IS NOT NULL;
CREATE INDEX import_row_contact ON import_row (contact);
CREATE INDEX import_row_email ON import_row (email) WHERE email IS NOT NULL;
CREATE INDEX import_row_external_id ON import_row (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX import_row_nobody ON import_row (account) WHERE contact IS NULL;

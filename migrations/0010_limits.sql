-- How often something may be tried: when the bucket of a rule and a value (a keyed hash of both) will be full again. Every node draws from the same one.
-- What is full again is as if it never was, and is dropped.
CREATE TABLE rate_limit (
    key     BYTEA NOT NULL PRIMARY KEY,
    full_at BIGINT NOT NULL
);
CREATE INDEX rate_limit_full_at ON rate_limit (full_at);

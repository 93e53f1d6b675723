-- Views of a list that somebody keeps for themselves, in one account. They go with the login.
CREATE TABLE saved_view (
    id         UUID NOT NULL PRIMARY KEY,
    account    UUID NOT NULL,
    user_id    UUID NOT NULL,
    name       TEXT NOT NULL,
    -- How the list is narrowed, ordered and shown, as its address has it; never what was searched.
    query      TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_view_whose ON saved_view (user_id, account, name);

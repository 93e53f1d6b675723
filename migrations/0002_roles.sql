-- What a token may: OPERATOR, STAFF, TOKEN (a program of one account) or USER. Null: made before there were roles; an operator's where it has no
-- account, else its account's.
ALTER TABLE api_token ADD COLUMN role TEXT;
-- Whose login it stands for, where it is a user's.
ALTER TABLE api_token ADD COLUMN user_id UUID;

-- When a member last came to an account, to the hour. No event: nothing is decided by it.
CREATE TABLE member_seen (
    contact UUID NOT NULL PRIMARY KEY,
    account UUID NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX member_seen_account ON member_seen (account, at, contact);

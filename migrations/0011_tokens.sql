-- What a program's token may: words and commas. Null: made before there were scopes; what its account's owner may.
ALTER TABLE api_token ADD COLUMN scopes TEXT;
-- When it was last used, to ten minutes. Nothing is decided by it.
ALTER TABLE api_token ADD COLUMN last_used_at BIGINT;
CREATE INDEX api_token_account ON api_token (account, created_at);

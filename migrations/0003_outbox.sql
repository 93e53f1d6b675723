-- What delivering needs to know of a row: which way it goes, whose turn it is, and how it went.

-- MAIL, CUSTOMER_SERVICE, WEBHOOK; POLICY: not sent at all, carried out by app/policies.
ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT 'MAIL';
-- The connection it goes to; a mail has none.
ALTER TABLE outbox ADD COLUMN target UUID;
-- Of the event that it follows from: what goes to one target about one subject goes in this order.
ALTER TABLE outbox ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
-- The attempt under way; while it lasts, due_at is when it is given up for lost.
ALTER TABLE outbox ADD COLUMN lease UUID;
-- Why the last attempt failed, or why nothing was sent. Names no one.
ALTER TABLE outbox ADD COLUMN reason TEXT;
-- When it was sent, acknowledged, given up or dropped.
ALTER TABLE outbox ADD COLUMN done_at BIGINT;

CREATE INDEX outbox_lane ON outbox (target, subject, position);
CREATE INDEX outbox_account ON outbox (account, created_at, id);
CREATE INDEX outbox_account_state ON outbox (account, state, created_at, id);
DROP INDEX outbox_subject;
CREATE INDEX outbox_subject ON outbox (subject, created_at, id);

-- When a device of a contact was last seen in the app. No event: it is written at most once a minute, and forgotten with the contact.
-- `device` tells where the device was recorded, so that no model stands here in clear.
CREATE TABLE device_seen (
    contact UUID NOT NULL,
    device  BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (contact, device)
);

-- What follows from events across streams: the due ones are found without passing the mails that wait.
CREATE INDEX outbox_policy ON outbox (due_at) WHERE template >= 'policy:' AND template < 'policy;';

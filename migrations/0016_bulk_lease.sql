-- Who goes on with an act on many, and until when nobody else does: the pages of its person, or a process of the service, which takes it over where those were
-- closed. `lang`: the language that its person reads, for what is told of those it was not done to; where there is none, no process takes it over.
ALTER TABLE bulk_act ADD COLUMN lang TEXT;
ALTER TABLE bulk_act ADD COLUMN holder UUID;
ALTER TABLE bulk_act ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0;
CREATE INDEX bulk_act_held ON bulk_act (state, held_until);

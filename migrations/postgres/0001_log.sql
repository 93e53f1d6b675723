INSERT INTO log_head (id, log_id, position, hash, at) VALUES (1, gen_random_uuid(), 0, decode(repeat('00', 32), 'hex'), 0);

-- The head is rewritten by every append: room in its page keeps those updates in place.
ALTER TABLE log_head SET (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE checkpoint SET (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
-- Event payloads are small and sealed: trying to compress them costs time and saves nothing.
ALTER TABLE event ALTER COLUMN data SET STORAGE EXTERNAL, ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- The log is append-only: whoever holds a connection cannot rewrite history by accident.
CREATE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only';
END $$;
CREATE TRIGGER event_no_update BEFORE UPDATE OR DELETE ON event FOR EACH STATEMENT EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION log_is_append_only();

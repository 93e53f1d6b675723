INSERT INTO log_head (id, log_id, position, hash, at) VALUES (1, randomblob(16), 0, zeroblob(32), 0);

-- The log is append-only: whoever holds a connection cannot rewrite history by accident.
CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

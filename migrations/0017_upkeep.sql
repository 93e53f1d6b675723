-- When something was last done to the instance from outside, in microseconds since 1970, for whoever watches it. What: `backup`, the newest that was tried.
CREATE TABLE upkeep (
    what    TEXT NOT NULL PRIMARY KEY,
    done_at BIGINT NOT NULL
);

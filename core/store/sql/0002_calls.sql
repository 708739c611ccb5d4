-- Schema 2. What was asked of portals that limit their calls, until when a portal asked to be
-- left alone, and which stored answer a portal can be asked about ("has it changed since?").

-- Counted before it is sent, so that a limit holds over restarts and crashes.
CREATE TABLE call (
  id     INTEGER PRIMARY KEY,
  run    INTEGER,
  source TEXT NOT NULL,
  host   TEXT NOT NULL,
  at     INTEGER NOT NULL
) STRICT;
CREATE INDEX call_source ON call (source, at);

-- Retry-After: said at a moment, good until another.
CREATE TABLE hold (
  id     INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  host   TEXT NOT NULL,
  at     INTEGER NOT NULL,
  until  INTEGER NOT NULL
) STRICT;
CREATE INDEX hold_source ON hold (source, id);
CREATE INDEX hold_until ON hold (until);

-- The run whose one answer carried an ETag or a Last-Modified, which stand in its fetch.
-- settings: SHA-256 of all that decides what becomes of an answer.
CREATE TABLE revisit (
  id       INTEGER PRIMARY KEY,
  run      INTEGER NOT NULL REFERENCES run (id),
  source   TEXT NOT NULL,
  settings TEXT NOT NULL
) STRICT;
CREATE INDEX revisit_source ON revisit (source, id);

CREATE TRIGGER call_no_update BEFORE UPDATE ON call BEGIN SELECT RAISE(ABORT, 'call: rows are never changed, record a correction instead'); END;
CREATE TRIGGER call_no_delete BEFORE DELETE ON call BEGIN SELECT RAISE(ABORT, 'call: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER hold_no_update BEFORE UPDATE ON hold BEGIN SELECT RAISE(ABORT, 'hold: rows are never changed, record a correction instead'); END;
CREATE TRIGGER hold_no_delete BEFORE DELETE ON hold BEGIN SELECT RAISE(ABORT, 'hold: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER revisit_no_update BEFORE UPDATE ON revisit BEGIN SELECT RAISE(ABORT, 'revisit: rows are never changed, record a correction instead'); END;
CREATE TRIGGER revisit_no_delete BEFORE DELETE ON revisit BEGIN SELECT RAISE(ABORT, 'revisit: rows are never deleted, record a withdrawal instead'); END;

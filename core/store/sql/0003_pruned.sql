-- Schema 3. Bodies of answers that no figure rests on may be dropped: their hash, their fetches and
-- a line here stay, and an act in the log says who did it.

CREATE TABLE pruned (
  id      INTEGER PRIMARY KEY,
  capture INTEGER NOT NULL REFERENCES capture (id),
  at      INTEGER NOT NULL,
  act     INTEGER NOT NULL REFERENCES act (number),
  bytes   INTEGER NOT NULL
) STRICT;
CREATE INDEX pruned_capture ON pruned (capture);
CREATE TRIGGER pruned_no_update BEFORE UPDATE ON pruned BEGIN SELECT RAISE(ABORT, 'pruned: rows are never changed, record a correction instead'); END;
CREATE TRIGGER pruned_no_delete BEFORE DELETE ON pruned BEGIN SELECT RAISE(ABORT, 'pruned: rows are never deleted, record a withdrawal instead'); END;

-- A body becomes empty once it stands among the pruned, and full again when the same answer comes
-- once more. Nothing else of a capture ever changes.
DROP TRIGGER capture_no_update;
CREATE TRIGGER capture_no_update BEFORE UPDATE ON capture WHEN NOT (NEW.id IS OLD.id AND NEW.sha256 IS OLD.sha256 AND (
  (NEW.body IS x'' AND NEW.path IS NULL AND EXISTS (SELECT 1 FROM pruned WHERE capture = OLD.id))
  OR OLD.body IS x''))
BEGIN SELECT RAISE(ABORT, 'capture: rows are never changed, record a correction instead'); END;

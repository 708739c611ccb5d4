-- Schema 4. Which figure each row speaks of, and since when, 1,024 rows to a block: an as-of finds the rows that
-- count without reading all of them. A block repeats what its rows say and is checked by a sum of its own; where
-- one is missing or damaged, every row is read.

-- figures: for each row series and period, 4 bytes each, lowest first (0 and 1: money); then loads, a count of rows
-- in 4 bytes and their time in 8.
CREATE TABLE block (
  first   INTEGER PRIMARY KEY,
  figures BLOB NOT NULL,
  row_sum INTEGER NOT NULL
) STRICT;
CREATE TRIGGER block_no_update BEFORE UPDATE ON block BEGIN SELECT RAISE(ABORT, 'block: rows are never changed, record a correction instead'); END;
CREATE TRIGGER block_no_delete BEFORE DELETE ON block BEGIN SELECT RAISE(ABORT, 'block: rows are never deleted, record a withdrawal instead'); END;

-- The latest attempts and findings of a source by a moment are found by their loads.
DROP INDEX attempt_source;
CREATE INDEX attempt_source ON attempt (source, batch);

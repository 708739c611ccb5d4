-- Schema 1. Times are microseconds since 1970-01-01 UTC. Figures are mantissa and scale
-- (753 and 1 are 75.3), money is whole NT$. Hashes are SHA-256 in hex.
-- Checks name words with OR: an IN of three would make a table for every row that is written.

-- Words that many rows share: units, plans, programmes, agencies.
CREATE TABLE text (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE series (
  id      INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE period (
  id        INTEGER PRIMARY KEY,
  first_day TEXT NOT NULL,
  last_day  TEXT NOT NULL,
  kind      TEXT NOT NULL,
  UNIQUE (first_day, last_day, kind)
) STRICT;

-- Why a row exists. capture: hash of the original, source, place inside it.
-- entry: hash and name of the evidence file, if any. document: title and place.
CREATE TABLE cause (
  id     INTEGER PRIMARY KEY,
  kind   TEXT NOT NULL CHECK (kind = 'capture' OR kind = 'entry' OR kind = 'document'),
  sha256 TEXT,
  name   TEXT,
  place  TEXT
) STRICT;
CREATE UNIQUE INDEX cause_once ON cause (kind, ifnull(sha256, 0), ifnull(name, 0), ifnull(place, 0));

CREATE TABLE run (
  id         INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  actor      TEXT NOT NULL,
  identity   TEXT NOT NULL,
  command    TEXT NOT NULL
) STRICT;

CREATE TABLE run_end (
  run      INTEGER PRIMARY KEY REFERENCES run (id),
  ended_at INTEGER NOT NULL,
  outcome  TEXT NOT NULL
) STRICT;

-- What one load has in common.
CREATE TABLE batch (
  id          INTEGER PRIMARY KEY,
  run         INTEGER REFERENCES run (id),
  recorded_at INTEGER NOT NULL,
  actor       TEXT NOT NULL,
  identity    TEXT NOT NULL,
  reason      TEXT
) STRICT;

-- act: 0 record, 1 correct, 2 withdraw; the latter two name the row they act on.
-- The sequence is shared with money.
CREATE TABLE observation (
  sequence             INTEGER PRIMARY KEY,
  batch                INTEGER NOT NULL REFERENCES batch (id),
  act                  INTEGER NOT NULL CHECK (act BETWEEN 0 AND 2),
  acts_on              INTEGER CHECK ((acts_on IS NULL) = (act = 0)),
  cause                INTEGER NOT NULL REFERENCES cause (id),
  series               INTEGER NOT NULL REFERENCES series (id),
  period               INTEGER NOT NULL REFERENCES period (id),
  mantissa             INTEGER,
  scale                INTEGER CHECK ((scale IS NULL) = (mantissa IS NULL) AND scale BETWEEN 0 AND 28),
  rejected             TEXT CHECK ((rejected IS NULL) <> (mantissa IS NULL)),
  printed              TEXT,
  qualifier            TEXT NOT NULL,
  stage                TEXT NOT NULL,
  unit                 INTEGER NOT NULL REFERENCES text (id),
  numerator_mantissa   INTEGER,
  numerator_scale      INTEGER,
  denominator_mantissa INTEGER,
  denominator_scale    INTEGER,
  observed_at          INTEGER NOT NULL,
  definition           INTEGER NOT NULL,
  row_sum              INTEGER NOT NULL
) STRICT;
CREATE INDEX observation_figure ON observation (series, period);

CREATE TABLE money (
  sequence    INTEGER PRIMARY KEY,
  batch       INTEGER NOT NULL REFERENCES batch (id),
  act         INTEGER NOT NULL CHECK (act BETWEEN 0 AND 2),
  acts_on     INTEGER CHECK ((acts_on IS NULL) = (act = 0)),
  cause       INTEGER NOT NULL REFERENCES cause (id),
  plan        INTEGER NOT NULL REFERENCES text (id),
  programme   INTEGER REFERENCES text (id),
  agency      INTEGER REFERENCES text (id),
  fiscal_year INTEGER NOT NULL,
  span        TEXT NOT NULL,
  kind        TEXT NOT NULL,
  period      INTEGER NOT NULL REFERENCES period (id),
  amount_ntd  INTEGER NOT NULL,
  printed     TEXT,
  row_sum     INTEGER NOT NULL
) STRICT;
CREATE INDEX money_figure ON money (plan, fiscal_year, period, kind);

-- The body is the finding as JSON, its sentence as key and arguments.
CREATE TABLE finding (
  id      INTEGER PRIMARY KEY,
  batch   INTEGER NOT NULL REFERENCES batch (id),
  source  TEXT,
  finding TEXT NOT NULL,
  body    TEXT NOT NULL
) STRICT;
CREATE INDEX finding_source ON finding (source, batch);

CREATE TABLE attempt (
  id         INTEGER PRIMARY KEY,
  batch      INTEGER NOT NULL REFERENCES batch (id),
  source     TEXT NOT NULL,
  run        INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  outcome    TEXT NOT NULL,
  rows       INTEGER NOT NULL,
  elapsed_ms INTEGER NOT NULL,
  message    TEXT
) STRICT;
CREATE INDEX attempt_source ON attempt (source, id);

-- A stored body, once: inside as zstd, or a zstd file beside the database.
CREATE TABLE capture (
  id     INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  body   BLOB,
  path   TEXT CHECK ((path IS NULL) <> (body IS NULL))
) STRICT;

-- Every time it was fetched. sha256 is that of the original bytes, before a recipe blanked
-- personal fields.
CREATE TABLE fetch (
  id          INTEGER PRIMARY KEY,
  capture     INTEGER NOT NULL REFERENCES capture (id),
  sha256      TEXT NOT NULL,
  recipe      TEXT,
  url         TEXT NOT NULL,
  method      TEXT NOT NULL,
  http_status INTEGER NOT NULL,
  headers     TEXT NOT NULL,
  remote_addr TEXT,
  fetched_at  INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  source      TEXT NOT NULL,
  run         INTEGER REFERENCES run (id)
) STRICT;
CREATE INDEX fetch_sha256 ON fetch (sha256, id);
CREATE INDEX fetch_source ON fetch (source, id);

CREATE TABLE evidence (
  id     INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  name   TEXT NOT NULL,
  bytes  INTEGER NOT NULL,
  body   BLOB NOT NULL
) STRICT;

-- The register's history: files by hash.
CREATE TABLE register_body (
  id     INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  body   BLOB NOT NULL
) STRICT;

CREATE TABLE register_version (
  version     INTEGER PRIMARY KEY,
  recorded_at INTEGER NOT NULL,
  actor       TEXT NOT NULL,
  identity    TEXT NOT NULL,
  sha256      TEXT NOT NULL
) STRICT;

CREATE TABLE register_file (
  version INTEGER NOT NULL REFERENCES register_version (version),
  path    TEXT NOT NULL,
  body    INTEGER NOT NULL REFERENCES register_body (id),
  PRIMARY KEY (version, path)
) STRICT, WITHOUT ROWID;

-- Acts of people, each hash covering the one before.
CREATE TABLE act (
  number   INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  actor    TEXT NOT NULL,
  identity TEXT NOT NULL,
  kind     TEXT NOT NULL,
  subject  TEXT NOT NULL,
  detail   TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash     TEXT NOT NULL
) STRICT;

-- For people reading with the sqlite3 shell.
CREATE VIEW reading AS
SELECT o.sequence, datetime(b.recorded_at / 1000000, 'unixepoch') AS recorded_utc, b.actor, b.reason,
       o.act, o.acts_on, s.address, p.first_day, p.last_day, o.qualifier, o.mantissa, o.scale,
       t.text AS unit, o.stage, o.printed, o.rejected, c.kind AS cause, c.sha256, c.name, c.place
FROM observation o JOIN batch b ON b.id = o.batch JOIN series s ON s.id = o.series
JOIN period p ON p.id = o.period JOIN text t ON t.id = o.unit JOIN cause c ON c.id = o.cause;

CREATE VIEW amount AS
SELECT m.sequence, datetime(b.recorded_at / 1000000, 'unixepoch') AS recorded_utc, b.actor, b.reason,
       m.act, m.acts_on, plan.text AS plan, programme.text AS programme, agency.text AS agency,
       m.fiscal_year, m.span, m.kind, p.first_day, p.last_day, m.amount_ntd, m.printed,
       c.kind AS cause, c.sha256, c.name, c.place
FROM money m JOIN batch b ON b.id = m.batch JOIN text plan ON plan.id = m.plan
LEFT JOIN text programme ON programme.id = m.programme LEFT JOIN text agency ON agency.id = m.agency
JOIN period p ON p.id = m.period JOIN cause c ON c.id = m.cause;

-- Nothing is updated or deleted: a correction or a withdrawal is a new row with its reason.
CREATE TRIGGER text_no_update BEFORE UPDATE ON text BEGIN SELECT RAISE(ABORT, 'text: rows are never changed, record a correction instead'); END;
CREATE TRIGGER text_no_delete BEFORE DELETE ON text BEGIN SELECT RAISE(ABORT, 'text: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER series_no_update BEFORE UPDATE ON series BEGIN SELECT RAISE(ABORT, 'series: rows are never changed, record a correction instead'); END;
CREATE TRIGGER series_no_delete BEFORE DELETE ON series BEGIN SELECT RAISE(ABORT, 'series: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER period_no_update BEFORE UPDATE ON period BEGIN SELECT RAISE(ABORT, 'period: rows are never changed, record a correction instead'); END;
CREATE TRIGGER period_no_delete BEFORE DELETE ON period BEGIN SELECT RAISE(ABORT, 'period: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER cause_no_update BEFORE UPDATE ON cause BEGIN SELECT RAISE(ABORT, 'cause: rows are never changed, record a correction instead'); END;
CREATE TRIGGER cause_no_delete BEFORE DELETE ON cause BEGIN SELECT RAISE(ABORT, 'cause: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER run_no_update BEFORE UPDATE ON run BEGIN SELECT RAISE(ABORT, 'run: rows are never changed, record a correction instead'); END;
CREATE TRIGGER run_no_delete BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'run: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER run_end_no_update BEFORE UPDATE ON run_end BEGIN SELECT RAISE(ABORT, 'run_end: rows are never changed, record a correction instead'); END;
CREATE TRIGGER run_end_no_delete BEFORE DELETE ON run_end BEGIN SELECT RAISE(ABORT, 'run_end: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER batch_no_update BEFORE UPDATE ON batch BEGIN SELECT RAISE(ABORT, 'batch: rows are never changed, record a correction instead'); END;
CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch BEGIN SELECT RAISE(ABORT, 'batch: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER observation_no_update BEFORE UPDATE ON observation BEGIN SELECT RAISE(ABORT, 'observation: rows are never changed, record a correction instead'); END;
CREATE TRIGGER observation_no_delete BEFORE DELETE ON observation BEGIN SELECT RAISE(ABORT, 'observation: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER money_no_update BEFORE UPDATE ON money BEGIN SELECT RAISE(ABORT, 'money: rows are never changed, record a correction instead'); END;
CREATE TRIGGER money_no_delete BEFORE DELETE ON money BEGIN SELECT RAISE(ABORT, 'money: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER finding_no_update BEFORE UPDATE ON finding BEGIN SELECT RAISE(ABORT, 'finding: rows are never changed, record a correction instead'); END;
CREATE TRIGGER finding_no_delete BEFORE DELETE ON finding BEGIN SELECT RAISE(ABORT, 'finding: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt BEGIN SELECT RAISE(ABORT, 'attempt: rows are never changed, record a correction instead'); END;
CREATE TRIGGER attempt_no_delete BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'attempt: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER capture_no_update BEFORE UPDATE ON capture BEGIN SELECT RAISE(ABORT, 'capture: rows are never changed, record a correction instead'); END;
CREATE TRIGGER capture_no_delete BEFORE DELETE ON capture BEGIN SELECT RAISE(ABORT, 'capture: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER fetch_no_update BEFORE UPDATE ON fetch BEGIN SELECT RAISE(ABORT, 'fetch: rows are never changed, record a correction instead'); END;
CREATE TRIGGER fetch_no_delete BEFORE DELETE ON fetch BEGIN SELECT RAISE(ABORT, 'fetch: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence: rows are never changed, record a correction instead'); END;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER register_body_no_update BEFORE UPDATE ON register_body BEGIN SELECT RAISE(ABORT, 'register_body: rows are never changed, record a correction instead'); END;
CREATE TRIGGER register_body_no_delete BEFORE DELETE ON register_body BEGIN SELECT RAISE(ABORT, 'register_body: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER register_version_no_update BEFORE UPDATE ON register_version BEGIN SELECT RAISE(ABORT, 'register_version: rows are never changed, record a correction instead'); END;
CREATE TRIGGER register_version_no_delete BEFORE DELETE ON register_version BEGIN SELECT RAISE(ABORT, 'register_version: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER register_file_no_update BEFORE UPDATE ON register_file BEGIN SELECT RAISE(ABORT, 'register_file: rows are never changed, record a correction instead'); END;
CREATE TRIGGER register_file_no_delete BEFORE DELETE ON register_file BEGIN SELECT RAISE(ABORT, 'register_file: rows are never deleted, record a withdrawal instead'); END;
CREATE TRIGGER act_no_update BEFORE UPDATE ON act BEGIN SELECT RAISE(ABORT, 'act: rows are never changed, record a correction instead'); END;
CREATE TRIGGER act_no_delete BEFORE DELETE ON act BEGIN SELECT RAISE(ABORT, 'act: rows are never deleted, record a withdrawal instead'); END;

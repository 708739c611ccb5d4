-- name: INSERT_RUN
INSERT INTO run (started_at, actor, identity, command) VALUES (?1, ?2, ?3, ?4)
-- name: INSERT_RUN_END
INSERT INTO run_end (run, ended_at, outcome) VALUES (?1, ?2, ?3)
-- name: INSERT_BATCH
INSERT INTO batch (run, recorded_at, actor, identity, reason) VALUES (?1, ?2, ?3, ?4, ?5)
-- name: INSERT_TEXT
INSERT INTO text (text) VALUES (?1)
-- name: INSERT_SERIES
INSERT INTO series (address) VALUES (?1)
-- name: INSERT_PERIOD
INSERT INTO period (first_day, last_day, kind) VALUES (?1, ?2, ?3)
-- name: INSERT_CAUSE
INSERT INTO cause (kind, sha256, name, place) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING
-- name: CAUSE_ID
SELECT id FROM cause
WHERE kind = ?1 AND ifnull(sha256, 0) = ?2 AND ifnull(name, 0) = ?3 AND ifnull(place, 0) = ?4
-- name: INSERT_OBSERVATION
INSERT INTO observation (sequence, batch, act, acts_on, cause, series, period, mantissa, scale, rejected, printed,
  qualifier, stage, unit, numerator_mantissa, numerator_scale, denominator_mantissa, denominator_scale,
  observed_at, definition, row_sum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
-- name: INSERT_MONEY
INSERT INTO money (sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, kind, period,
  amount_ntd, printed, row_sum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
-- name: INSERT_FINDING
INSERT INTO finding (batch, source, finding, body) VALUES (?1, ?2, ?3, ?4)
-- name: INSERT_ATTEMPT
INSERT INTO attempt (batch, source, run, at, outcome, rows, elapsed_ms, message, certificate_not_after)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
-- name: NEXT_SEQUENCE
SELECT max(ifnull((SELECT max(sequence) FROM observation), 0), ifnull((SELECT max(sequence) FROM money), 0)) + 1
-- name: TEXTS_AFTER
SELECT id, text FROM text WHERE id > ?1 ORDER BY id
-- name: SERIES_AFTER
SELECT id, address FROM series WHERE id > ?1 ORDER BY id
-- name: PERIODS_AFTER
SELECT id, first_day, last_day, kind FROM period WHERE id > ?1 ORDER BY id
-- name: BATCH
SELECT recorded_at, run, actor, identity, reason FROM batch WHERE id = ?1
-- name: OBSERVATIONS_COUNT
SELECT count(*) FROM observation
-- name: OBSERVATIONS
SELECT sequence, batch, act, acts_on, cause, series, period, mantissa, scale, rejected, printed, qualifier, stage, unit,
  numerator_mantissa, numerator_scale, denominator_mantissa, denominator_scale, observed_at, definition, row_sum,
  c.kind, c.sha256, c.name, c.place
FROM observation o LEFT JOIN cause c ON c.id = o.cause ORDER BY sequence
-- name: OBSERVATION
SELECT sequence, batch, act, acts_on, cause, series, period, mantissa, scale, rejected, printed, qualifier, stage, unit,
  numerator_mantissa, numerator_scale, denominator_mantissa, denominator_scale, observed_at, definition, row_sum,
  c.kind, c.sha256, c.name, c.place
FROM observation o LEFT JOIN cause c ON c.id = o.cause WHERE sequence = ?1
-- name: OBSERVATIONS_OF_FIGURE
SELECT sequence, batch, act, acts_on, cause, series, period, mantissa, scale, rejected, printed, qualifier, stage, unit,
  numerator_mantissa, numerator_scale, denominator_mantissa, denominator_scale, observed_at, definition, row_sum,
  c.kind, c.sha256, c.name, c.place
FROM observation o LEFT JOIN cause c ON c.id = o.cause WHERE series = ?1 AND period = ?2 ORDER BY sequence DESC
-- name: OBSERVATIONS_OF_SCOPE
SELECT sequence, batch, act, acts_on, cause, series, period, mantissa, scale, rejected, printed, qualifier, stage, unit,
  numerator_mantissa, numerator_scale, denominator_mantissa, denominator_scale, observed_at, definition, row_sum,
  c.kind, c.sha256, c.name, c.place
FROM series s CROSS JOIN observation o ON o.series = s.id LEFT JOIN cause c ON c.id = o.cause
WHERE s.address >= ?1 AND s.address < ?2 ORDER BY sequence
-- name: MONEY_OF_PROGRAMME
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m LEFT JOIN cause c ON c.id = m.cause WHERE programme = ?1 ORDER BY sequence
-- name: MONEY_COUNT
SELECT count(*) FROM money
-- name: MONEY_LINES
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m LEFT JOIN cause c ON c.id = m.cause ORDER BY sequence
-- name: LAST_OBSERVATION_BY
SELECT sequence, row_sum FROM observation WHERE sequence <= ?1 ORDER BY sequence DESC LIMIT 1
-- name: LAST_MONEY_BY
SELECT sequence, row_sum FROM money WHERE sequence <= ?1
  AND (span <> 'since_beginning' AND fiscal_year BETWEEN ?2 AND ?3 OR span = 'since_beginning' AND ?4 OR act <> 0)
ORDER BY sequence DESC LIMIT 1
-- name: MONEY_OF_YEARS
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m LEFT JOIN cause c ON c.id = m.cause
WHERE sequence BETWEEN ?1 AND ?2
  AND (span <> 'since_beginning' AND fiscal_year BETWEEN ?3 AND ?4 OR span = 'since_beginning' AND ?5 OR act <> 0)
ORDER BY sequence
-- name: OBSERVATIONS_OF_SOURCE
SELECT sequence, batch, act, acts_on, cause, series, period, mantissa, scale, rejected, printed, qualifier, stage, unit,
  numerator_mantissa, numerator_scale, denominator_mantissa, denominator_scale, observed_at, definition, row_sum,
  c.kind, c.sha256, c.name, c.place
FROM observation o JOIN cause c ON c.id = o.cause WHERE c.kind = 'capture' AND c.name = ?1 ORDER BY sequence
-- name: MONEY_OF_SOURCE
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m JOIN cause c ON c.id = m.cause WHERE c.kind = 'capture' AND c.name = ?1 ORDER BY sequence
-- name: MONEY_OF_SOURCE_ONCE
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m JOIN cause c ON c.id = m.cause
WHERE sequence IN (
  SELECT min(sequence) FROM money m JOIN cause c ON c.id = m.cause WHERE c.kind = 'capture' AND c.name = ?1
  GROUP BY batch, period)
ORDER BY sequence
-- name: MONEY_OF_PROGRAMMES
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m LEFT JOIN cause c ON c.id = m.cause
WHERE programme IN (SELECT value FROM json_each(?1)) ORDER BY sequence
-- name: PROGRAMMES_OF_AGENCY
SELECT json_group_array(DISTINCT programme) FROM money WHERE agency = ?1 AND programme IS NOT NULL
-- name: MONEY_OF_AGENCY_BETWEEN
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m LEFT JOIN cause c ON c.id = m.cause
WHERE sequence BETWEEN ?3 AND ?4 AND (agency = ?2 OR programme IN (SELECT value FROM json_each(?1)))
ORDER BY sequence
-- name: TOTALS_OF_PROGRAMMES
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m LEFT JOIN cause c ON c.id = m.cause
WHERE span = 'since_beginning' AND act = 0 AND programme IN (SELECT value FROM json_each(?1)) ORDER BY sequence
-- name: MONEY_LINE
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m LEFT JOIN cause c ON c.id = m.cause WHERE sequence = ?1
-- name: MONEY_OF_KEY
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m LEFT JOIN cause c ON c.id = m.cause
WHERE plan = ?1 AND fiscal_year = ?2 AND period = ?3 AND m.kind = ?4 AND programme IS ?5 AND agency IS ?6 AND span = ?7
ORDER BY sequence DESC
-- name: MONEY_OF_PERIOD
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m LEFT JOIN cause c ON c.id = m.cause WHERE plan = ?1 AND fiscal_year = ?2 AND period = ?3 ORDER BY sequence
-- name: OBSERVATIONS_OF_SERIES
SELECT sequence, batch, act, acts_on, cause, series, period, mantissa, scale, rejected, printed, qualifier, stage, unit,
  numerator_mantissa, numerator_scale, denominator_mantissa, denominator_scale, observed_at, definition, row_sum,
  c.kind, c.sha256, c.name, c.place
FROM observation o LEFT JOIN cause c ON c.id = o.cause WHERE series = ?1 ORDER BY sequence
-- name: OBSERVATIONS_BETWEEN
SELECT sequence, batch, act, acts_on, cause, series, period, mantissa, scale, rejected, printed, qualifier, stage, unit,
  numerator_mantissa, numerator_scale, denominator_mantissa, denominator_scale, observed_at, definition, row_sum,
  c.kind, c.sha256, c.name, c.place
FROM observation o LEFT JOIN cause c ON c.id = o.cause WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence
-- name: MONEY_BETWEEN
SELECT sequence, batch, act, acts_on, cause, plan, programme, agency, fiscal_year, span, m.kind, period, amount_ntd, printed,
  row_sum, c.kind, c.sha256, c.name, c.place
FROM money m LEFT JOIN cause c ON c.id = m.cause WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence
-- name: LAST_BLOCK
SELECT max(first) FROM block HAVING max(first) IS NOT NULL
-- name: INSERT_BLOCK
INSERT INTO block (first, figures, row_sum) VALUES (?1, ?2, ?3)
-- name: BLOCKS_NEWEST_FIRST
SELECT first, figures, row_sum FROM block ORDER BY first DESC
-- name: LAST_LOAD_BY
SELECT id FROM batch WHERE recorded_at <= ?1 ORDER BY id DESC LIMIT 1
-- name: FINDINGS
WITH RECURSIVE each (source) AS (
  SELECT min(source) FROM (SELECT min(source) AS source FROM attempt UNION ALL SELECT min(source) FROM finding)
  UNION ALL
  SELECT (SELECT min(source) FROM (
    SELECT min(source) AS source FROM attempt WHERE source > each.source
    UNION ALL SELECT min(source) FROM finding WHERE source > each.source))
  FROM each WHERE each.source IS NOT NULL),
latest (source, batch) AS (
  SELECT source, max(
    ifnull((SELECT a.batch FROM attempt a JOIN batch b ON b.id = a.batch
      WHERE a.source = each.source AND a.batch <= ?2 AND a.outcome <> 'failed' AND b.recorded_at <= ?1
      ORDER BY a.batch DESC LIMIT 1), 0),
    ifnull((SELECT f.batch FROM finding f JOIN batch b ON b.id = f.batch
      WHERE f.source = each.source AND f.batch <= ?2 AND b.recorded_at <= ?1 ORDER BY f.batch DESC LIMIT 1), 0))
  FROM each WHERE source IS NOT NULL)
SELECT f.id, f.body FROM latest l CROSS JOIN finding f ON f.source = l.source AND f.batch = l.batch
UNION ALL
SELECT id, body FROM finding
WHERE id IN (SELECT max(f.id) FROM finding f JOIN batch b ON b.id = f.batch
  WHERE f.source IS NULL AND f.batch <= ?2 AND b.recorded_at <= ?1 GROUP BY f.finding)
ORDER BY 1
-- name: ATTEMPT_SOURCES
WITH RECURSIVE each (source) AS (
  SELECT min(source) FROM attempt
  UNION ALL
  SELECT (SELECT min(source) FROM attempt WHERE source > each.source) FROM each WHERE each.source IS NOT NULL)
SELECT source FROM each WHERE source IS NOT NULL
-- name: ATTEMPTS
SELECT a.run, a.at, a.outcome, a.rows, a.elapsed_ms, a.message, a.certificate_not_after
FROM attempt a JOIN batch b ON b.id = a.batch
WHERE a.source = ?1 AND a.batch <= ?3 AND b.recorded_at <= ?2 ORDER BY a.batch DESC, a.id DESC LIMIT 12
-- name: LAST_RECORDED
SELECT max(at) FROM (SELECT max(recorded_at) AS at FROM batch UNION ALL SELECT max(recorded_at) FROM register_version
  UNION ALL SELECT max(at) FROM act WHERE kind = 'handle')
-- name: MOMENTS_END
SELECT ifnull((SELECT max(id) FROM batch), 0), ifnull((SELECT max(version) FROM register_version), 0),
  ifnull((SELECT max(number) FROM act), 0)
-- name: MOMENTS
SELECT recorded_at FROM batch UNION SELECT recorded_at FROM register_version
  UNION SELECT at FROM act WHERE kind = 'handle' ORDER BY 1

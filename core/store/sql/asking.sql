-- name: INSERT_CALL
INSERT INTO call (run, source, host, at) VALUES (?1, ?2, ?3, ?4)
-- name: CALLS_BETWEEN
SELECT at FROM call WHERE source = ?1 AND at > ?2 AND at <= ?3 ORDER BY at DESC
-- name: INSERT_HOLD
INSERT INTO hold (source, host, at, until) VALUES (?1, ?2, ?3, ?4)
-- name: HOLDS
SELECT source, host, max(until) FROM hold WHERE until > ?1 AND at <= ?2 GROUP BY source, host
-- name: INSERT_REVISIT
INSERT INTO revisit (run, source, settings) VALUES (?1, ?2, ?3)
-- name: REVISIT
SELECT run, settings FROM revisit WHERE source = ?1 ORDER BY id DESC LIMIT 1
-- name: REVISIT_SOURCES
WITH RECURSIVE each (source) AS (
  SELECT min(source) FROM revisit
  UNION ALL
  SELECT (SELECT min(source) FROM revisit WHERE source > each.source) FROM each WHERE each.source IS NOT NULL)
SELECT source FROM each WHERE source IS NOT NULL
-- name: LAST_GOOD
SELECT id, batch, run, at, outcome, rows, elapsed_ms, message, certificate_not_after
FROM attempt WHERE source = ?1 AND outcome IN ('good', 'partial') ORDER BY batch DESC, id DESC LIMIT 1
-- name: FINDINGS_OF_LOAD
SELECT body FROM finding WHERE source = ?1 AND batch = ?2 ORDER BY id
-- name: LAST_ATTEMPT
SELECT at, run FROM attempt WHERE source = ?1 ORDER BY batch DESC, id DESC LIMIT 1
-- name: ANSWERS_OF_TARGETS
SELECT sha256, stored_sha256, recipe, url, method, http_status, headers, remote_addr, fetched_at, bytes, source, run,
  path, headers_there
FROM fetched WHERE source = ?1 ORDER BY id DESC LIMIT ?2
-- name: ATTEMPTS_AFTER
SELECT count(*) FROM attempt WHERE source = ?1 AND id > ?2
-- name: NEWEST_PERIOD
SELECT max(last_day) FROM (
  SELECT p.last_day FROM cause c JOIN observation o ON o.cause = c.id JOIN period p ON p.id = o.period
  WHERE c.kind = 'capture' AND c.name = ?1 AND o.mantissa IS NOT NULL
  UNION ALL
  SELECT p.last_day FROM cause c JOIN money m ON m.cause = c.id JOIN period p ON p.id = m.period
  WHERE c.kind = 'capture' AND c.name = ?1)

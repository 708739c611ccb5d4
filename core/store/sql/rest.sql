-- name: SCHEMA_STATE
SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
  (SELECT count(*) FROM sqlite_schema)
-- name: CAPTURE_ID
SELECT id FROM capture WHERE sha256 = ?1
-- name: INSERT_CAPTURE
INSERT INTO capture (sha256, body, path) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING
-- name: CAPTURE_BODY
SELECT body, path FROM capture WHERE sha256 = ?1
-- name: INSERT_FETCH
INSERT INTO fetch (capture, sha256, recipe, url, method, http_status, headers, remote_addr, fetched_at, bytes, source, run,
  alike)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
-- name: FETCHES
SELECT sha256, stored_sha256, recipe, url, method, http_status, headers, remote_addr, fetched_at, bytes, source, run,
  path, headers_there
FROM fetched WHERE id IN (
  SELECT id FROM fetch WHERE sha256 = ?1 AND sha256 <> ''
  UNION ALL SELECT f.id FROM capture c JOIN fetch f ON f.capture = c.id WHERE c.sha256 = ?1 AND f.sha256 = '')
ORDER BY id DESC
-- name: LAST_FETCH
SELECT sha256, stored_sha256, recipe, url, method, http_status, headers, remote_addr, fetched_at, bytes, source, run,
  path, headers_there
FROM fetched WHERE source = ?1 ORDER BY id DESC LIMIT 1
-- name: FETCHES_BY
SELECT sha256, stored_sha256, recipe, url, method, http_status, headers, remote_addr, fetched_at, bytes, source, run,
  path, headers_there
FROM fetched WHERE source = ?1 AND method = ?2 ORDER BY id DESC
-- name: LAST_TAKEN_ROWS
SELECT json_extract(headers, '$.taken.rows') FROM fetched
WHERE source = ?1 AND fetched_at <= ?3
  AND CASE WHEN json_valid(asked_there) THEN json_extract(asked_there, '$.taken.asked') END = ?2
ORDER BY id DESC LIMIT 1
-- name: LAST_ROWS_OF_TARGETS
SELECT json_extract(headers, '$.taken.target'), json_extract(headers, '$.taken.rows')
FROM (SELECT id, headers, asked_there FROM fetched WHERE source = ?1 AND fetched_at <= ?3 ORDER BY id DESC LIMIT ?4)
WHERE CASE WHEN json_valid(asked_there) THEN json_extract(asked_there, '$.taken.asked') END = ?2
  AND json_extract(headers, '$.taken.target') IS NOT NULL ORDER BY id DESC
-- name: LAST_TARGET
SELECT json_extract(headers, '$.taken.target') FROM fetch
WHERE source = ?1 AND CASE WHEN json_valid(headers) THEN json_extract(headers, '$.taken.target') END IS NOT NULL
ORDER BY id DESC LIMIT 1
-- name: TAKEN_BY
SELECT DISTINCT sha256 FROM fetched
WHERE source = ?1 AND CASE WHEN json_valid(asked_there) THEN json_extract(asked_there, '$.taken.by') END = ?2
-- name: INSERT_EVIDENCE
INSERT INTO evidence (sha256, name, bytes, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (sha256) DO NOTHING
-- name: EVIDENCE
SELECT name, body FROM evidence WHERE sha256 = ?1
-- name: REGISTER_LAST
SELECT version, sha256 FROM register_version ORDER BY version DESC LIMIT 1
-- name: REGISTER_AS_OF
SELECT version, recorded_at, actor, identity FROM register_version WHERE recorded_at <= ?1 ORDER BY version DESC LIMIT 1
-- name: REGISTER_VERSION
SELECT version, recorded_at, actor, identity FROM register_version WHERE version = ?1
-- name: REGISTER_SET
SELECT sha256 FROM register_version WHERE version = ?1
-- name: REGISTER_VERSIONS
SELECT version, recorded_at, actor, identity FROM register_version ORDER BY version
-- name: REGISTER_FILES
SELECT f.path, b.sha256, b.body FROM register_file f JOIN register_body b ON b.id = f.body WHERE f.version = ?1 ORDER BY f.path
-- name: REGISTER_FILE_HISTORY
SELECT v.recorded_at, b.sha256, b.body FROM register_version v LEFT JOIN register_file f ON f.version = v.version AND f.path = ?1 LEFT JOIN register_body b ON b.id = f.body ORDER BY v.version
-- name: REGISTER_HISTORY
SELECT f.path, b.sha256, min(v.recorded_at) FROM register_file f
JOIN register_version v ON v.version = f.version JOIN register_body b ON b.id = f.body
WHERE v.recorded_at <= ?1 GROUP BY f.path, f.body ORDER BY 3, 1
-- name: REGISTER_BODY
SELECT body FROM register_body WHERE sha256 = ?1
-- name: LAST_MOMENTS
SELECT (SELECT recorded_at FROM batch ORDER BY id DESC LIMIT 1), (SELECT recorded_at FROM register_version ORDER BY version DESC LIMIT 1),
  (SELECT at FROM act ORDER BY number DESC LIMIT 1)
-- name: REGISTER_BODY_ID
SELECT id FROM register_body WHERE sha256 = ?1
-- name: INSERT_REGISTER_BODY
INSERT INTO register_body (sha256, body) VALUES (?1, ?2)
-- name: INSERT_REGISTER_VERSION
INSERT INTO register_version (version, recorded_at, actor, identity, sha256) VALUES (?1, ?2, ?3, ?4, ?5)
-- name: INSERT_REGISTER_FILE
INSERT INTO register_file (version, path, body) VALUES (?1, ?2, ?3)
-- name: ACTS
SELECT number, at, actor, identity, kind, subject, detail, previous, hash FROM act ORDER BY number
-- name: ACTS_OF
SELECT number, at, actor, identity, kind, subject, detail, previous, hash FROM act WHERE kind = ?1 AND at <= ?2 ORDER BY number
-- name: HEAD
SELECT number, hash FROM act ORDER BY number DESC LIMIT 1
-- name: HEAD_AS_OF
SELECT number, hash FROM act WHERE at <= ?1 ORDER BY number DESC LIMIT 1
-- name: INSERT_ACT
INSERT INTO act (number, at, actor, identity, kind, subject, detail, previous, hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
-- name: LAST_ROW
SELECT max(ifnull((SELECT max(sequence) FROM observation), 0), ifnull((SELECT max(sequence) FROM money), 0))
-- name: CAPTURES
SELECT sha256 FROM capture ORDER BY id
-- name: ALL_FETCHES
SELECT sha256, stored_sha256, recipe, url, method, http_status, headers, remote_addr, fetched_at, bytes, source, run,
  path, headers_there
FROM fetched ORDER BY id
-- name: EVIDENCE_HASHES
SELECT sha256 FROM evidence ORDER BY id

-- name: UNNEEDED_CAPTURES
SELECT c.id, c.sha256, c.path, ifnull(length(c.body), 0) FROM capture c
WHERE c.body IS NOT x''
  AND c.sha256 NOT IN (SELECT f.stored_sha256 FROM fetched f
                       WHERE f.sha256 IN (SELECT sha256 FROM cause WHERE kind = 'capture' AND sha256 IS NOT NULL))
  AND c.id NOT IN (SELECT capture FROM fetch WHERE id IN (SELECT max(id) FROM fetch GROUP BY source))
  AND c.id NOT IN (SELECT f.capture FROM fetch f JOIN revisit r ON r.run = f.run AND r.source = f.source
                   WHERE r.id IN (SELECT max(id) FROM revisit GROUP BY source))
ORDER BY c.id
-- name: INSERT_PRUNED
INSERT INTO pruned (capture, at, act, bytes) VALUES (?1, ?2, ?3, ?4)
-- name: EMPTY_CAPTURE
UPDATE capture SET body = x'', path = NULL WHERE id = ?1
-- name: FILL_CAPTURE
UPDATE capture SET body = ?2, path = ?3 WHERE id = ?1 AND body IS x''
-- name: NEEDED_AND_GONE
SELECT c.sha256 FROM capture c WHERE c.body IS x''
  AND c.sha256 IN (SELECT f.stored_sha256 FROM fetched f
                   WHERE f.sha256 IN (SELECT sha256 FROM cause WHERE kind = 'capture' AND sha256 IS NOT NULL))
-- name: PRUNED_FILES
SELECT c.sha256 FROM capture c WHERE c.body IS x''

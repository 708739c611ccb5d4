-- Schema 6. Answers of thousands of addresses say nearly the same of themselves, and their hashes stood in several
-- indexes. What is the same is written once, and what is looked for is looked for by numbers.

-- alike: an earlier fetch that this one is like. `headers` then holds 0 for every header that is the same there and
-- the value of every other one, in their order, and of what was taken only rows and target.
-- sha256 is empty where the bytes are stored as they came: it is that of the capture.
ALTER TABLE fetch ADD COLUMN alike INTEGER REFERENCES fetch (id);
DROP INDEX fetch_sha256;
CREATE INDEX fetch_original ON fetch (sha256, id) WHERE sha256 <> '';
CREATE INDEX fetch_capture ON fetch (capture, id);

-- A place inside an answer is hardly ever the cause of two rows; where it is, the row of the figure before it names it.
DROP INDEX cause_once;
CREATE UNIQUE INDEX cause_once ON cause (kind, ifnull(sha256, 0), ifnull(name, 0), ifnull(place, 0))
WHERE kind <> 'capture';

-- A fetch with what others say for it.
CREATE VIEW fetched AS
SELECT f.id, CASE f.sha256 WHEN '' THEN c.sha256 ELSE f.sha256 END AS sha256, c.sha256 AS stored_sha256, f.recipe,
  f.url, f.method, f.http_status, f.headers, f.remote_addr, f.fetched_at, f.bytes, f.source, f.run, c.path,
  f.alike, e.headers AS headers_there, ifnull(e.headers, f.headers) AS asked_there
FROM fetch f JOIN capture c ON c.id = f.capture LEFT JOIN fetch e ON e.id = f.alike;

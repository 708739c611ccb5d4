# The database, its lock and its checks. What to do is the sentence of the same key with -next.

store-busy = Another process is writing to the database { $file } ({ $detail }).
store-busy-next = Nothing was stored. Try again when it has finished.
store-corrupt = The database file { $file } is damaged or is not a database ({ $detail }).
store-corrupt-next = Keep the file as it is and put the last backup of the workspace into another folder.
store-newer = The database { $file } was made by a newer version: it has schema { $schema }, this program knows schemas up to { $known }.
store-newer-next = Install a version that knows schema { $schema }. Nothing was changed.
store-older = The database { $file } was made by an older version: it has schema { $schema }, this program writes schema { $known }.
store-older-next = Run qd upgrade in the workspace: it keeps a backup first. Nothing was changed.
store-full = No room is left for the database { $file } ({ $detail }).
store-full-next = Free some space and run the command again. What was reported as stored is intact.
store-read-only = The database { $file } cannot be written ({ $detail }).
store-read-only-next = Leave out --read-only, or give your account the right to write to the folder.
store-missing = There is no database { $file }.
store-missing-next = Check the path of the workspace, or make a new one with qd init.
store-empty = The database { $file } is empty.
store-foreign = The file { $file } is a database of another program.
store-foreign-next = Check the path of the workspace. Nothing was changed.
store-log-pending = The database { $file } has a log of an interrupted writer beside it that was not taken in yet; reading it would have to write.
store-log-pending-next = Open the workspace once without --read-only.
store-other = The database { $file } could not be used ({ $detail }).
store-other-next = Run the command again; if it fails again, send this message to whoever looks after the program.
store-backup-exists = The backup file { $file } is there already.
store-backup-exists-next = Choose another name or move the file away.

store-network-share = The database { $file } lies on a network share ({ $kind }): it is kept with a rollback journal instead of a write-ahead log, and writing is slower.

store-no-such-row = Row { $row } is not in the database { $file }, so that it cannot be corrected or withdrawn.
store-no-such-row-next = The number of a row is printed by qd enter and qd correct.
store-bad-series = The series { $series } has characters that a figure address cannot have ({ $file }).
store-bad-series-next = Write it as SCOPE/NAME with letters, digits, hyphens and underscores.
store-too-wide = The value { $value } of { $series } has too many digits to be stored exactly ({ $file }).
store-too-wide-next = Enter it with at most 18 digits, or in a larger unit.
store-rejected-too-wide = The value { $value } has too many digits to be stored exactly.
store-capture-hash = The bytes of a capture do not have the hash they were announced with ({ $sha256 }, { $file }).

store-row-damaged = Row { $row } of the database does not match its checksum and is not used. Correct the figure or restore a backup.
store-rows-missing = Rows { $first } to { $last } are missing from the database.

store-lock-busy = The workspace is in use by process { $pid } on { $host } since { $since }: { $command } ({ $file }).
store-lock-busy-unnamed = The workspace is in use by another process ({ $file }).
store-lock-busy-next = Wait until it has finished, then run the command again.
store-lock-unwritable = The lock file { $file } cannot be written ({ $detail }).
store-lock-unwritable-next = Give your account the right to write to the folder, or use --read-only.

store-query-blob = Row { $row } of { $file } holds bytes, not text, in column { $column }: leave the column out of the query or convert it there. { $next }
store-query-changed = { $file } was changed by another program while it was read. { $next }
store-query-damaged = { $file } is damaged or no SQLite database ({ $detail }). { $next }
store-query-encoding = Row { $row } of { $file } holds text in column { $column } that is not UTF-8. Have its program write UTF-8. { $next }
store-query-locked = { $file } is locked by another program that is writing. { $next }
store-query-next = Earlier figures stay; collect again.
store-query-refused = The query cannot be answered by { $file }: { $detail }. Correct query under [sql]. { $next }
store-query-stopped = The query to { $file } was stopped. { $next }
store-query-timeout = The query to { $file } took longer than { $seconds } s and was ended. Ask for less, or raise statement_timeout_seconds. { $next }
store-query-too-large = The rows of { $file } are larger than { $limit } bytes. Ask for less, or raise max_bytes. { $next }
store-query-too-many = The query to { $file } gives more than { $limit } rows. Add up in the query, or raise row_cap. { $next }
store-query-unreadable = { $file } cannot be opened for reading ({ $detail }). Check the path and the rights. { $next }
store-query-writes = The query to { $file } is not one SELECT that only reads; it was not run. Correct query under [sql]. { $next }

store-pruned = The stored answer { $sha256 } was dropped by a person's act; its hash and its fetches are still known.
store-pruned-next = qd log tells who did it and when. A backup from before still has it.
store-act-unsigned = { $file }: what was done says that it is signed, and the key of its person is not at hand. Nothing was stored. { $next }
store-act-unsigned-next = Name the key again and repeat.
store-original-missing = The original of this raw answer is missing: { $file }.
store-original-missing-next = Bring the file back from a backup; qd verify lists every answer that is missing.
store-original-not-a-file = The original of this raw answer is not a regular file: { $file }.

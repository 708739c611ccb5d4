# Texts of the room core.

# Workspace: finding, loading and making it.
workspace-not-here = There is no workspace in { $folder }: no quarterdeck.toml there. Make one with "qd init DIR", or name another folder with --workspace.
workspace-not-found = There is no workspace in { $folder } or in a folder above it.
workspace-unreadable = { $place } cannot be read: { $reason }
workspace-too-many-files = The workspace has too many files: { $files }, at most { $limit } are read.
workspace-too-large = The files of the workspace are too large together: at most { $limit } bytes are read.
workspace-file-too-large = { $place } is too large: at most { $limit } bytes are read.
workspace-link-outside = { $place } is a link to a place outside of the workspace; it is not read. Copy the file into the workspace.
workspace-not-a-file = { $place } is not an ordinary file; it is not read.
workspace-newer = This workspace has format { $format }; this program knows formats up to { $known }. Install the newer version of Quarterdeck that made it.
workspace-bad-format = There is no workspace format { $format }.
workspace-problem = { $file }: { $problem }
workspace-problem-at-line = { $file }, line { $line }: { $problem }
workspace-unknown-language = There is no language { $language }. Known: zh-TW, en.
workspace-not-made = The workspace in { $folder } was not made, and nothing was left there: { $reason }
workspace-folder-not-empty = { $folder } is not empty. Choose a new or an empty folder.
workspace-not-editable = The file writes { $key } in a form that cannot be added to. Edit the file by hand.
workspace-bad-path = Not the name of a workspace file: { $place }
workspace-not-written = { $place } was not written; the former file stands: { $reason }

# Check: problems of the files.
check-not-utf8 = The file is not UTF-8 text. Save it as UTF-8.
check-syntax = The line cannot be read as TOML: { $detail }
check-unknown-key = Unknown key { $key }.
check-unknown-word = Unknown word { $key }.
check-missing-key = The key { $key } is missing.
check-unreadable = Not as expected: { $value }
check-bad-number = Not a number: { $value }. Write digits with a point, for example 75.3.
check-bad-period = Not a period: { $value }. Write for example 2025Q3, 114Q3, 2025 or 2025-09.
check-bad-date = Not a date: { $value }. Write for example 2025-09-30 or 114/09/30.
check-bad-instant = Not an instant: { $value }. Write for example 2026-01-20T09:00:00+08:00.
check-nearest = Did you mean { $word }?
check-known-words = Known: { $words }
check-unknown-file = No file of this name has a meaning here; it is not read.
check-file-name = The id { $id } belongs into a file of the same name: { $file }
check-duplicate = { $id } is used twice; first at { $first }.
check-unknown-plan = No plan has the id { $id }.
check-unknown-node = No node of the framework has the id { $id }.
check-unknown-agency = No agency has the id { $id }.
check-unknown-programme = No programme has the id { $id }.
check-unknown-level = There is no control level { $id }.
check-unknown-unit = The unit { $unit } has no word in the language files.
check-unknown-series = No indicator is called { $series }.
check-bad-series = Not the name of a series: { $series }
check-series-scope = The series belongs to another file's programme or node. Write its name alone.
check-not-fed = { $series } is to come from a source, but no source feeds it.
check-bands = The bands must be ordered: 0 < at_risk <= on_track <= 1.
check-executed = The executed amount needs at least one part, and none twice.
check-due-days = More than 366 days after the period is too late to be a due day.
check-proxy = The proxy is not an address such as http://proxy.example.gov.tw:8080
check-secret = An address in a file must not hold a name or password.
check-host = Not a host name: { $host }. Write the name alone, without scheme, port or path.
check-no-ca-file = There is no certificate file { $place }.
check-no-roles = { $person } has no role and can only read.
check-no-account = { $person } has no account of the operating system and cannot act.
check-no-name = The agency has no name.
check-years = The first year must not be after the last.
check-name-dates = The dates of the agency's names overlap or run backwards.
check-parent = The parent must be another node of the same plan.
check-node-plan = The node belongs to another plan.
check-weight = A weight must not be negative.
check-no-weight = All indicators have the weight 0; the programme can never be rated.
check-valid-dates = valid_from is after valid_to.
check-target-band = A band needs a lower and an upper edge; any other target has one value.
check-target-outside = The target's period lies outside of the plan's years, { $first } to { $last }.
check-computed = road = "computed" and computed_from belong together.
check-unit-differs = The unit is { $unit }, but the indicator's is { $expected }.
check-parts = numerator and denominator belong together.
check-line-incomplete = A budget line needs a period and a span.
check-line-owner = A line needs an agency, a programme, or both.
check-total = The lines of { $amount } add up to { $sum }, but the printed total is { $printed }.
check-total-count = The numbers of sub-plans add up to { $sum }, but the printed total is { $printed }.

### Network, secrets, collection

net-bad-url = The address of the source cannot be read ({ $place }): { $detail }. { $next }
net-bad-url-next = Correct url in the source's file.
net-scheme = { $place }: addresses of the kind { $scheme } are not asked. { $next }
net-scheme-next = Only http and https are; correct the source's address, or tell the portal's operator about its redirect.
net-private = { $place } leads into a private network ({ $address }), which the source may not ask. { $next }
net-private-next = If that is meant, put the final address into the source's file and say allow_private = true there.
net-not-allowed = { $place } is not among the hosts that may be asked. { $next }
net-not-allowed-proxy = { $place } is not among the hosts that may be asked through the proxy. { $next }
net-not-allowed-next = Add the host to allow_hosts under [network] in quarterdeck.toml.
net-name = The host of { $place } has no address: { $detail }. { $next }
net-name-next = Check the spelling of the host and the name service of this machine.
net-connect = { $place } does not answer: { $detail }. { $next }
net-connect-timeout = { $place } gave no connection within { $seconds } s. { $next }
net-connect-next = Earlier figures stay. Try again later; if it lasts, check the address, the firewall and the proxy.
net-certificate = The certificate of { $place } is refused: { $detail }. { $next }
net-certificate-next = If the authority is your office's own, add its file to ca_files under [network]; if the portal's chain is known to be broken, give the reason as insecure_certificate in the source's file.
net-head-timeout = { $place } sent no answer within { $seconds } s. { $next }
net-idle-timeout = { $place } stopped sending for { $seconds } s after { $bytes } bytes. { $next }
net-whole-timeout = { $place } took longer than { $seconds } s in all. { $next }
net-timeout-next = Earlier figures stay. Try again later, or raise timeout_seconds in the source's file.
net-status = { $place } answered with HTTP { $status }. { $next }
net-status-next = Look at the address in a browser; if such an answer carries valid data, add the status to accept_status in the source's file.
net-status-access-next = The portal wants a key or refuses this one; check headers in the source's file.
net-status-gone-next = The portal has nothing at this address any more; look for the new one and correct url in the source's file.
net-status-busy-next = The portal asks for fewer questions; earlier figures stay, try again later.
net-status-server-next = The portal has a fault of its own; earlier figures stay, try again later. If such an answer carries valid data, add the status to accept_status.
net-redirects = { $place } redirects more than { $limit } times. { $next }
net-bad-redirect = { $place } redirects to an address that cannot be read: { $detail }. { $next }
net-redirect-next = Put the final address into the source's file, or tell the portal's operator.
net-too-large = The body from { $place } is larger than { $limit } bytes. { $next }
net-too-large-next = If that is right, raise max_bytes in the source's file.
net-bomb = The body from { $place } unpacks from { $sent } to more than { $unpacked } bytes and was refused. { $next }
net-bomb-next = No honest answer is packed like that; ask the portal's operator.
net-truncated = The body from { $place } ended after { $bytes } of { $expected } bytes. { $next }
net-truncated-open = The body from { $place } broke off after { $bytes } bytes, before its end. { $next }
net-truncated-next = Nothing of it was stored and earlier figures stay. Try again later.
net-unpack = The compressed body from { $place } cannot be unpacked: { $detail }. { $next }
net-encoding = { $place } sent a compression that was not asked for: { $name }. { $next }
net-encoding-next = Ask the portal's operator; gzip, br, zstd or none is understood.
net-ca-file = The certificate file { $file } cannot be used: { $detail }. { $next }
net-ca-file-empty = The certificate file { $file } holds no certificate. { $next }
net-ca-file-next = Correct ca_files under [network] in quarterdeck.toml; files are PEM.
net-settings = A setting of the network cannot be used ({ $place }): { $detail }. { $next }
net-settings-next = Correct proxy under [network], or the headers in the source's file.
net-interrupted = The exchange with { $place } was stopped. { $next }
net-interrupted-next = Nothing that was reported as stored is lost; collect again when you like.
net-broken = The exchange with { $place } failed: { $detail }. { $next }
net-file-held-open = { $file } is open in another program. { $next }
net-file-held-open-next = Close it there and try again.
net-file-disk-full = { $file } cannot be written: the disk is full. { $next }
net-file-disk-full-next = Make room and try again; nothing that was stored is lost.
net-file-read-only = { $file } cannot be written: { $detail }. { $next }
net-file-read-only-next = Ask for the right to write to this folder, or choose another one.
net-file-failed = { $file } cannot be written: { $detail }. { $next }
net-file-failed-next = Check that the folder exists and can be written.

secret-env-missing = The secret { $reference } is not there: no such environment variable. { $next }
secret-file-unreadable = The secret { $reference } cannot be read: { $detail }. { $next }
secret-empty = The secret { $reference } is empty. { $next }
secret-keyring = { $reference }: secrets of a keyring cannot be read by this version. { $next }
secret-next = Set it up on this machine as env:NAME or file:PATH; the value never stands in the source's file.

collect-unknown-source = There is no source { $source }.
collect-unknown-source-near = There is no source { $source }; is { $near } meant?
collect-disabled = The source { $source } is disabled: { $reason }
collect-refused = { $reason } It begins: { $excerpt }
collect-some-rejected = Refused readings: { $rejected } of { $total }
collect-too-many-pages = The source does not come to an end: { $pages } pages were read. Check paging in the source's file.
collect-store-broken = The answer could not be stored: { $detail }. Check the disk, then collect again.
collect-folder-outside = Source { $source }: the folder "{ $folder }" must lie inside the workspace, without ".." and not as an absolute path. Correct folder in the source's file.
collect-folder-unreadable = Source { $source }: the folder { $folder } cannot be read: { $detail }. Make it, or correct folder in the source's file.
collect-folder-empty = Source { $source }: no file like { $pattern } lies in the folder { $folder }. Put the file there and collect again.
collect-file-unreadable = The file { $file } cannot be read: { $detail }. If it is open in another program, close it and collect again.
collect-file-too-large = The file { $file } is larger than { $limit } bytes. If that is right, raise max_bytes in the source's file.
collect-link-escapes = Source { $source }: links that lead out of its folder were not read: { $files }
collect-insecure-certificate = Source { $source }: its certificate is not checked. Reason given: { $reason }
collect-money-not-whole = { $series }: "{ $printed }" is not a whole number of NT$.
collect-money-owner = { $series }: the register names no programme, agency or plan for this amount ({ $printed }).


## Command line, sessions and entry

cli-about = Quarterdeck: performance monitor for digital government programmes
cli-usage = Usage:
cli-commands = Commands
cli-arguments = Arguments
cli-options = Options
cli-global-options = Global options, before or after the command
cli-after-help =
    Without a command the terminal view opens.
    QUARTER: 2025Q3, 114Q3 (a year under 1000 is ROC), 114年第3季. AS_OF: a date, or an RFC 3339 instant.
    FIGURE: SCOPE/NAME[.PART][@PERIOD], for example P12/budget.paid@2025Q3. "-" is stdin or stdout.
    Exit codes: 0 done, 1 done in part or --fail-on matched, 2 wrong use or configuration, 3 nothing could be done,
    4 verification failed, 5 workspace busy, 130 interrupted.
cli-demo = Make a workspace of invented figures, collect it and write its report
cli-init = Make a starter workspace with the register of 29 rows and presets of real sources
cli-check = List every problem of the workspace's files, offline
cli-collect = Ask the sources and store what they send
cli-sources = Show whether the sources answer and how old their data are
cli-status = Show how every programme stands
cli-enter = Enter a figure
cli-correct = Correct a figure, with a reason
cli-withdraw = Withdraw an entered figure by its entry number, with a reason
cli-report = Write the quarterly report
cli-completions = Print the completion script of a shell
cli-arg-workspace = Folder of the workspace (else $QD_WORKSPACE, else the nearest parent folder with quarterdeck.toml)
cli-arg-lang = zh-TW or en (else $QD_LANG, else the workspace's setting)
cli-arg-json = Print JSON; the schemas lie in assets/schema
cli-arg-quiet = No progress and no messages
cli-arg-verbose = Log lines on stderr: time, level, run, source, message
cli-arg-color = auto, always or never
cli-arg-read-only = Write nothing at all
cli-arg-help = Show help
cli-arg-version = Show the version
cli-arg-demo-dir = Folder of the demo; default quarterdeck-demo
cli-arg-serve = Then go on serving the demo's portals, on this port of the loopback address; Ctrl-C ends it
cli-arg-init-dir = Folder that is empty or not there yet
cli-arg-source = Only this source; may be repeated
cli-arg-dry-run = Ask and decode, store nothing
cli-arg-quarter = Quarter; default the last that ended
cli-arg-as-of = As known at the end of this day, or at this instant; default now
cli-arg-programme = Only this programme; may be repeated
cli-arg-fail-on = Exit with 1 if a programme or indicator stands at one of these: behind, at_risk, late, stale, rejected, ...
cli-arg-figure = Figure address; without a period the last one that ended
cli-arg-value = Value in the figure's unit, for example 75.3% or 1,234; for a task 1 or 0; for a risk high, medium or low
cli-arg-evidence = File that proves the figure; stored by its hash
cli-arg-note = Note; for a figure that is already there, the reason of the correction
cli-arg-reason = Why; stands in the trail
cli-arg-entry = Entry number, as enter printed it
cli-arg-out = Folder for the files
cli-arg-format = pdf, csv or both; default both
cli-arg-shell = bash, zsh, fish, powershell or elvish

cli-unknown-language = The language { $language } is not known.
cli-unknown-language-next = Use zh-TW or en.
cli-unknown-argument = { $argument } is not known here.
cli-unknown-command = { $command } is not a command.
cli-value-missing = { $argument } needs a value.
cli-bad-value = { $value } is not a value for { $argument }.
cli-argument-missing = Missing: { $argument }
cli-argument-twice = { $argument } cannot be given here, or not twice.
cli-wrong-use = The command line could not be understood.
cli-did-you-mean = Did you mean { $suggestion }?
cli-see-help = See qd --help.
cli-no-terminal = The terminal view needs a terminal.
cli-no-terminal-next = Try qd status.
cli-no-workspace-next = Name the folder with --workspace or $QD_WORKSPACE, make one with qd init DIR, or look at qd demo.
cli-output-failed = The output could not be written: { $detail }
cli-bad-quarter = { $text } is not a quarter.
cli-bad-quarter-next = Write 2025Q3, 114Q3 or 114年第3季.
cli-bad-as-of = { $text } is not a day or instant.
cli-bad-as-of-next = Write a day such as 2025-10-20 or 114.10.20, or an instant such as 2025-10-20T09:00:00+08:00.
cli-bad-figure = { $figure } is not a figure address.
cli-bad-figure-next = Write SCOPE/NAME@PERIOD, for example P01/gold-share@2025Q3.
cli-unknown-status = { $word } is not a status.
cli-known-words = Known words: { $words }
cli-unknown-programme = There is no programme { $programme }.
cli-unknown-programme-next = qd status lists the programmes.
cli-unknown-source = There is no source { $source }.
cli-unknown-source-next = qd sources lists the sources.
cli-severity-error = error
cli-severity-warning = warning
cli-severity-info = note
cli-check-summary = Programmes: { $programmes }, sources: { $sources }. Errors: { $errors }, warnings: { $warnings }.
cli-init-done = Made { $folder }, files: { $files }
cli-init-next = Next: add yourself to { $folder }/register/people.toml (your account is { $account }), then qd check and qd status.
cli-collect-started = { $source }: asking ({ $position } of { $of })
cli-collect-reading = { $source }: { $kib } KiB
cli-collect-page = { $source }: rows so far { $rows }
cli-collect-retrying = { $source }: trying again. { $message }
cli-collect-source = { $source }: { $outcome }, rows: { $rows }, figures: { $readings }, new: { $new }
cli-collect-source-said = { $source }: { $outcome }, rows: { $rows }, figures: { $readings }, new: { $new }. { $message }
cli-collect-done = { $quarter }: { $good } of { $of } sources collected, new figures: { $new }
cli-collect-dry = { $quarter }: { $good } of { $of } sources answered; nothing was stored.
cli-collect-interrupted = Interrupted. What was reported as stored is stored, new figures: { $new }
cli-collect-no-sources = No source is enabled. See the folder sources in the workspace; qd check names its problems.
cli-outcome-good = good
cli-outcome-partial = with findings
cli-outcome-rejected = rejected
cli-outcome-failed = no answer
cli-outcome-stopped = stopped
cli-outcome-never = not yet asked
cli-outcome-disabled = disabled
cli-column-source = Source
cli-column-kind = Kind
cli-column-outcome = Last attempt
cli-column-last-attempt = When
cli-column-newest-data = Data of
cli-column-age = Age
cli-column-rows = Rows
cli-column-message = Message
cli-column-id = Id
cli-column-status = Status
cli-column-programme = Programme
cli-column-lead = Lead
cli-column-indicators = Good
cli-column-variance = Variance pp
cli-column-execution = Execution
cli-column-oldest = Oldest
cli-sources-none = The workspace has no sources.
cli-status-heading = { $quarter }, as of { $as-of }
cli-status-demo = Demo: every figure is invented.
cli-status-running = The quarter has not ended: day { $day } of { $days }.
cli-status-programmes = Programmes: { $programmes }
cli-status-exceptions = Exceptions ({ $shown } of { $of }), by money at stake, points off and age:
cli-status-problems = Problems in the workspace's files: { $problems }. Run qd check.
cli-entered = { $figure } entered as entry { $row }. To undo: qd withdraw { $row } --reason TEXT
cli-corrected = { $figure } corrected by entry { $row }.
cli-withdrawn = Entry { $figure } withdrawn by entry { $row }.
cli-report-making = Making the report of { $quarter }
cli-report-done = Report of { $quarter } written, files: { $files }
cli-report-written = Report of { $quarter } written to { $folder }, files: { $files }
cli-report-stdout = Only one file fits on stdout: add --format pdf.
cli-report-published = This folder holds a published report, which is never overwritten. Name another folder.
cli-demo-step = { $quarter } collected ({ $done } of { $of })
cli-demo-interrupted = Interrupted. Run qd demo again to make { $folder } anew.
cli-demo-serving = The demo's portals answer at { $origin } until Ctrl-C.
cli-demo-next =
    The demo is in { $folder }; figures stored: { $readings }. Every figure is invented.
    Report: { $report }
    Next:
      cd { $folder }
      qd                                        the terminal view
      qd status --quarter 2025Q3 --json         the board for scripts
      qd status --as-of 2024-08-01              as it was known that day
      qd sources                                which portals answer
      qd collect                                collect again
      DEMO.md                                   what was planted, and where

session-read-only-asked = Nothing is written: --read-only was given.
session-read-only-asked-next = Leave --read-only out to write.
session-read-only-as-of = Nothing can be entered while looking at an earlier moment.
session-nobody-mapped = The account { $account } is nobody in register/people.toml, so this workspace can be read, not changed.
session-nobody-mapped-next = Add a person with accounts = ["{ $account }"] and roles = ["enter"] to register/people.toml.
session-role-missing = { $person } does not have the role { $role }.
session-role-missing-next = The roles of people stand in register/people.toml.
session-no-database = The workspace has no database yet.
session-no-workspace = No workspace is open.
session-run-check = Run qd check to see every problem.
session-failed-at = { $place }: { $what }

entry-already-there = { $figure } is already there: { $value } (entry { $row }).
entry-already-there-next = Correct it with qd correct, or give the reason with --note.
entry-nothing-to-correct = { $figure } was never recorded, so there is nothing to correct.
entry-nothing-to-correct-next = Use qd enter. Figures printed in a document are corrected in the register's files.
entry-no-such-row = There is no entry { $row }.
entry-not-by-person = Entry { $row } came from a source or a document, not from a person.
entry-not-by-person-next = Use qd correct to put another value in its place.
entry-withdrawn-already = Entry { $row } does not count any more: it was withdrawn already, or is itself a withdrawal.
entry-future-period = { $period } has not begun yet (today is { $today }).
entry-evidence-unreadable = The evidence file { $file } cannot be read. { $detail }
entry-evidence-too-large = The evidence file { $file } is larger than { $limit } bytes.
entry-reason-missing = A reason is needed.
entry-road-source = { $figure } is collected from a source, not entered. To replace a wrong value use qd correct.
entry-road-document = { $figure } is printed in a document and nobody has to report it. Set road = "entry" in the register to enter it.
entry-road-computed = { $figure } is computed from other figures.
entry-empty = No value was given.
entry-too-long = The value is too long.
entry-not-done-word = { $text } is neither done nor open: write 1 or 0.
entry-not-risk-word = { $text } is not a risk level: write high, medium or low.
entry-percent-unexpected = { $text } is a percentage, but the unit is { $unit }.
entry-not-whole-ntd = { $text } is not an amount of whole NT$.
entry-not-whole = { $text } is not a whole number.
entry-unknown-figure = There is no figure { $figure } that can be entered.
entry-unknown-figure-nearest = There is no figure { $figure } that can be entered. Did you mean { $nearest }?
status-json-portfolio = Portfolio

session-target-dropped = { $title }: the target { $value } for { $period }, set on { $set }, was taken out of the register on { $day } by { $person }.
session-target-dropped-undated = { $title }: the target { $value } for { $period } was taken out of the register on { $day } by { $person }.
cli-collect-running = Collecting: { $done } of { $of } sources, { $kib } KiB. { $source }
collect-refused-status = It answered HTTP { $status } with a body that is no answer: { $reason }
collect-file-refused = { $file } was refused: { $reason }
collect-folder-many = Source { $source }: its folder holds { $count } older files that are no longer looked at. Move files that were read to another folder.
cli-collect-broken-file = { $place }: this source was not asked. { $problem }
cli-collect-broken-source = The file of the source { $source } cannot be read, so it was not asked. { $problem }
cli-collect-broken-source-next = Correct it at { $place }, then collect again; qd check names every problem.
cli-two-sentences = { $first } { $second }
check-cumulative-step = A cumulative indicator begins at zero every year, but its annual target stands in full from the first quarter.
check-cumulative-step-next = Write trajectory = "linear", or give each quarter its own target.
entry-period-frequency = { $figure } is not reported for { $period }; the period expected is { $expected }.
entry-period-outside = { $figure } is not asked for in { $period }; the nearest period it is asked for is { $expected }.
entry-progress-range = Cumulative progress lies between 0 and 100 %; { $text } does not.
session-chain-broken = The log of people's acts does not follow from act { $act } on: somebody changed it outside the program. Compare it with the hash on the last printed report and restore a backup.
cli-withdrawn-now = The figure is now { $value } (row { $row }).
cli-withdrawn-nothing = Nothing is left of the figure: it is to be entered again.
collect-inbox-empty = Source { $source }: no package lies in the folder { $folder } (a folder, or a file like { $pattern }). Put it there and collect again.
collect-package-link = "{ $file }" is a link or no ordinary file. Put the file itself into the package.
collect-package-many = The package holds more than { $limit } files, or its folders lie too deep.
collect-package-too-large = The package is larger than { $limit } bytes. If that is right, raise max_bytes in the source's file.

collect-probe-down = { $source } is down: { $reason }
collect-probe-not-counted = { $source } could not be reached, and neither could the neutral address: our own network seems to be down, and this probe does not count. { $reason }
collect-sql-account = { $place } refuses the account or password ({ $code }). Check user and password under [sql] and the secrets they name.
collect-sql-busy = { $place } takes no connections at the moment ({ $code }). Earlier figures stay; collect again later.
collect-sql-database = { $place } has no such database ({ $code }). Correct url.
collect-sql-denied = The account may not read what the query asks of { $place } ({ $code }). Ask for the right to read, nothing more.
collect-sql-locked = { $place } is locked by somebody who is writing ({ $code }). Earlier figures stay; collect again later.
collect-sql-no-tls = { $place } does not encrypt its connections. Have it turned on, or say tls = "prefer" or "off" under [sql] if the way is safe.
collect-sql-outside = The file { $file } lies outside of the workspace; give its whole path if that is meant.
collect-sql-refused = The query cannot be answered by { $place } ({ $code }): { $detail }. Correct query under [sql].
collect-sql-timeout = The query to { $place } took longer than { $seconds } s and was ended ({ $code }). Ask for less, or raise statement_timeout_seconds.
collect-sql-too-many = The query to { $place } gives more than { $limit } rows. Add up in the query, or raise row_cap.
collect-sql-writes = The query to { $place } is not one SELECT that only reads; nothing was changed. Correct query under [sql].
secret-literal = The key of a signature must be a reference, not the secret itself. { $next }
secret-unusable = What { $reference } leads to holds quotes or control characters and cannot be the name of an account. { $next }
collect-no-thread = The collection could not be started: { $detail }. End other programs, then collect again.

collect-held = The portal asked to be left alone until { $until }.
collect-limit-day = The limit of { $calls } calls in 24 hours is used up. The next call is allowed at { $until }.
collect-limit-pause = { $seconds } seconds must lie between two calls. The next one is allowed at { $until }.
collect-unchanged = The portal says that nothing changed.
collect-unchanged-since = The portal says that nothing changed since { $since }.
check-at-once = { $key } is a number from 1 to { $most }.
cli-collect-began = The collection begins
cli-outcome-too-early = not asked
cli-arg-watch = Keep running and ask every source when its schedule says so
cli-arg-openmetrics = Write the health of the sources as OpenMetrics text
cli-arg-log-format = Log on stderr as text or json
cli-upgrade = Back up an older database and bring it up to date
cli-upgraded = The database went from schema { $from } to { $to }. The old one is kept as { $backup }.
cli-upgrade-nothing = Nothing to do: the database has schema { $to }.
cli-watch-demo = The clock of the demo stands still, so no schedule ever comes due.
cli-watch-demo-next = Use qd collect in the demo, or --watch in a workspace made with qd init.
cli-column-next-run = Next run
cli-source-due = due now
cli-source-calls-left = (calls left: { $calls })
openmetrics-up = Whether the last attempt brought figures.
openmetrics-last-attempt = When the source was last asked.
openmetrics-last-success = When the source last brought figures.
openmetrics-age = Time since the newest data of the source were true.
openmetrics-rows = Rows of the last answer.
openmetrics-calls-left = Calls the portal still allows in 24 hours.
openmetrics-next-run = When the source is asked next.
watch-plans = Watching, sources with a schedule: { $sources }
watch-plans-next = Watching, sources with a schedule: { $sources }. The next one is due at { $next }
watch-schedule-unknown = { $source } is never asked: its schedule cannot be understood. qd check says more.
watch-asks = asking
watch-reloaded = The files were read again and are in force.
watch-kept-old = The files as they were before stay in force. Correct them; they are read again at the next change or SIGHUP.
watch-job-broken = A run broke off. { $detail }
watch-stopped = Stopped. What was reported as stored is stored.
check-expression-operand = "{ $value }" is neither a number nor a figure. Write figures like P12/budget.paid, and numbers without thousands commas.
check-expression-operator = "{ $value }" is no sign. Between two figures stands +, - or *, with spaces around it.
check-expression-period = "{ $value }" names a period. All figures of a rule are those of one quarter: remove @ and what follows.
check-expression-end = The side is not complete ({ $value }): a figure or a number is missing.
check-expression-long = The side is longer than 2000 characters; write several rules.
check-validation-id = A rule's id has letters, digits, - and _ only, 60 at most.
check-validation-say = The rule does not say what to do: say needs a text in zh-TW and in en.
check-validation-numbers = The rule names no figure, so there is nothing to check.
check-validation-for-missing = With { "{" }programme{ "}" } the rule needs for = "each programme".
check-validation-for-unused = The rule has for, but neither side uses { "{" }programme{ "}" }. Write { "{" }programme{ "}" }/NAME, or remove for.
check-validation-reject = reject = true works only with importance = "error" and one reported figure on the left side; amounts and computed figures cannot be refused.
check-quality-range = { $key } lies between { $least } and { $most }; 0 turns the check off.
check-z-score = z_score cannot be negative; 0 turns the check off.

trial-good = Understood. Rows: { $rows }, figures: { $readings }. Nothing was stored.
trial-no-figure = Read, and no figure came of it. Change the column, the path or the period.

catalogue-no-address = Say an address or a folder.
catalogue-bad-id = The id "{ $id }" must be small letters, digits and hyphens, at most 60.
catalogue-exists = There is already a file sources/{ $id }.toml; nothing was overwritten.
catalogue-exists-next = Choose another id.
catalogue-kind-unknown = There is no kind "{ $kind }". Known: { $known }.
catalogue-not-a-number = "{ $text }" is no number of days.
catalogue-line-wrong = The source file would be wrong: { $problem }
catalogue-not-written = sources/{ $id }.toml was not written: { $reason }
catalogue-saved = Saved as sources/{ $id }.toml. It is collected by its schedule, or now from its row.
catalogue-remark = Added with Quarterdeck from { $place }.
catalogue-heading-columns = Columns of { $source }
catalogue-heading-rows = First rows
catalogue-heading-paths = Paths in the answer
catalogue-heading-map = A map that may fit; look it over before you put it into sources/{ $source }.toml
catalogue-heading-figures = Figures that would be stored
catalogue-column = Column
catalogue-guess = Type
catalogue-blank = Blank %
trial-stopped = Stopped before an answer came.

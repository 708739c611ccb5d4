# Messages of the sources room: what a source file or an answer did wrong, and what to do.
source-bad-cell-in-aggregate = Not computed: { $bad } cells cannot be read, the first in row { $row }: { $reason }
source-binary = The file holds NUL bytes in its header line: it is not CSV text. Save it as CSV in UTF-8 or Big5.
source-bound-in-sum = A bound such as "> 100" cannot be added up or compared.
source-column-missing = There is no column "{ $column }". Columns there: { $columns }. Correct the map of this source.
source-column-renamed = There is no column "{ $column }"; the nearest is "{ $near }". Columns there: { $columns }. Correct the map of this source if it was renamed.
source-column-twice = The column "{ $column }" stands there twice, so it is not clear which one is meant.
source-control-character = The value holds control characters.
source-csv-truncated = The answer ends in the middle of row { $row }: the transfer was cut. Nothing was taken from it; collect again.
source-datastore-same-page = The source sent the first page again instead of the next: it ignores "offset". Set page_size to at least its number of rows.
source-datastore-shape = The answer has no result.records. Keys there: { $keys }.
source-day-ahead = The data name a day that lies ahead: { $day } (today { $today }). It was not used to judge their age.
source-day-not-found = The day of the data was not found at { $path }. Nearest: { $near }. Keys there: { $keys }.
source-disabled-reason = A disabled source needs disabled_reason.
source-duplicate-columns = Columns that stand there twice: { $columns }. No map looks at them unless another finding says so.
source-empty = The answer is empty. Open the address in a browser: the portal may have moved it or have nothing for this period; earlier figures stay.
source-encoding-label = The answer is labelled { $label }, but its text is { $measured }. It was read as { $measured }.
source-error-answer = The source answered with an error: { $code } { $said }
source-error-answer-bare = The source says that it failed, without a reason.
source-error-answer-short = The source answered with an error: { $said }
source-filter-value-missing = The condition on "{ $column }" ({ $op }) needs value, values or value_column.
source-filter-value-unordered = "{ $value }" is neither a number nor a day, so it has no order.
source-garbled-rows = Rows with bytes that are not UTF-8, outside the columns in use: { $rows }, the first is row { $row }.
source-html-instead = The source sent a web page instead of { $wanted } (sent as { $sent_as }). Open the address in a browser: the portal may be under maintenance.
source-html-titled = The source sent a web page, "{ $title }", instead of { $wanted } (sent as { $sent_as }). Open the address in a browser: the portal may be under maintenance.
source-insecure-reason = insecure_certificate needs a reason.
source-json-duplicate-key = The key "{ $key }" stands twice in one object, so it is not clear which value is meant.
source-json-instead-of-csv = The source sent JSON instead of CSV. If that is right, set kind = "json".
source-json-invalid = The JSON is wrong at line { $line }, column { $column }.
source-json-too-deep = The JSON is nested more than { $limit } levels deep.
source-json-truncated = The JSON ends at line { $line }, column { $column }, before it is complete: the transfer was cut. Collect again.
source-key-json-only = The key "{ $key }" is for kind = "json".
source-key-value = { $key } cannot be "{ $value }".
source-map-at-aggregate = With "at" only aggregate = "count" can be had; use rows and column.
source-map-at-and-column = "at" and "column" or "filter" exclude each other.
source-map-at-missing = The map needs "at", or the source needs "rows".
source-map-column-missing = The map needs "column".
source-map-group-missing = group_by and the placeholder for the group in series belong together.
source-map-personal = The column "{ $column }" is personal data and cannot be used in a map.
source-map-problem = Map { $map } ({ $series }): { $reason }
source-map-share-of = aggregate = "share" and share_of belong together.
source-map-unit-text = unit_at or unit_column and unit_text belong together.
source-no-folder = A source of kind "{ $kind }" needs a folder.
source-no-maps = The source has no map, so it feeds no figure.
source-no-origin = The address has a placeholder for the origin, but none is known here.
source-no-rows = The answer has no rows. If that can be right, set allow_empty = true.
source-no-such-day = There is no such day: { $text }
source-no-url = The source { $source } has no address: give it a url.
source-no-value = The source sent no value for { $series }. It stays unknown and does not become 0.
source-not-a-number = The value is not a number.
source-not-whole-ntd = The amount does not come to whole NT$.
source-nul-rows = Rows with NUL bytes: { $rows }, the first is row { $row }.
source-number-too-large = The number has more digits than can be kept exactly.
source-path-invalid = The path { $path } is not JSONPath (RFC 9535): wrong at character { $position }.
source-path-many = The path { $path } leads to { $values } values, with { $periods } periods. One value is needed, or as many periods as values.
source-path-not-found = Nothing was found at { $path }. Nearest: { $near }. Keys there: { $keys }. Correct the path if the field was renamed.
source-percent-unexpected = The value is printed in percent, the series is in { $unit }.
source-period-blank = The period is blank.
source-period-future = The period { $period } lies ahead (today { $today }).
source-period-unreadable = Not a period or date: { $text }
source-personal-column-missing = The personal field "{ $column }" is not in the answer, so it may have come under another name. Nothing was stored. Correct personal_fields, or take the field out if the source no longer sends it.
source-placeholder-near = Unknown placeholder "{ $name }"; did you mean "{ $near }"? Known: { $known }
source-placeholder-unknown = Unknown placeholder "{ $name }". Known: { $known }
source-quotes = Row { $row } has quotes or line ends that break the rules of CSV, so the rows after it cannot be told apart. Nothing was taken from it.
source-ragged-refused = Rows whose number of cells is not { $columns }: { $rows }, the first is row { $row }. Too many to trust the rest.
source-ragged-rows = Rows with too few or too many cells, left out: { $rows }, the first is row { $row }.
source-read-failed = The answer could not be read to its end: { $error }
source-record-too-long = After row { $row } a record does not end: most likely a quote was never closed.
source-row-not-object = Row { $row } is not an object with names.
source-rows-bad-period = { $series }: rows whose period cannot be used: { $rows }, the first is row { $row }: { $reason }
source-rows-blank = { $series }: rows with a blank value: { $rows }. Blank is not 0.
source-rows-dropped = Only { $rows } rows came, { $before } last time: under { $percent } %. The figures were refused. If the drop is right, lower min_rows_percent and collect again.
source-rows-fewer = { $rows } rows came, { $before } last time.
source-rows-not-comparable = { $series }: rows that cannot be compared as a number or day, left out: { $rows }, the first is row { $row }: { $example }
source-rows-not-found = There are no rows at { $path }. Nearest: { $near }. Keys there: { $keys }. If no rows can be right, set allow_empty = true.
source-rows-unknown-scope = { $series }: rows that belong to nothing in the register: { $rows }, for example { $example }
source-scale-twice = The value carries its own scale (萬, 億) beside the unit of the map, so it is not clear what it amounts to.
source-schedule-unknown = schedule cannot be "{ $value }". Known: { $known }
source-series-unreadable = "{ $series }" is not a series, SCOPE/NAME.
source-short-page = Page { $page } holds { $rows } rows of { $asked } asked for: the source limits its pages.
source-status-accepted = The source answered { $status } with a body that could be used.
source-store-failed = The answer could not be stored: { $error }
source-text-unreadable = The text is neither UTF-8 nor Big5: first wrong byte at { $byte }.
source-text-unreadable-row = Row { $row } is not UTF-8 in a column in use: byte { $byte }.
source-too-large = The answer is larger than { $bytes } bytes.
source-too-many-columns = { $columns } columns, { $limit } at most.
source-too-many-groups = { $series }: too many different labels; the rest were left out.
source-too-many-readings = Too many figures in one answer; the rest were left out.
source-total-changed = The source said { $before } rows on the page before and { $total } now: its data changed while they were read. Collect again.
source-total-mismatch = { $rows } rows came, the source says it has { $total }.
source-total-missing = The source does not say how many rows it has; { $rows } came.
source-unit-changed = The answer names the unit "{ $named }", "{ $expected }" was expected: the unit changed.
source-unit-differs = The map gives { $source }, the register has { $register }.
source-xml-instead = The source sent XML instead of { $wanted } (sent as { $sent_as }).
source-year-not-gregorian = Not a Gregorian year: { $text }
source-year-not-roc = Not a ROC year: { $text }
source-literal-secret = A secret stands in the file itself ({ $place }). Write a reference instead, env:NAME or file:PATH, and set the secret up on this machine.
source-literal-secret-url = A secret stands in the address ({ $place }). Write a reference between braces instead, for example {"{"}env:NAME{"}"} or {"{"}file:PATH{"}"}, and set the secret up on this machine.
source-rows-share-not-comparable = { $series }: rows that cannot be compared as a number or day, counted in the whole and not in the share: { $rows }, the first is row { $row }: { $example }
source-url-scheme = url must begin with https:// or http://
source-several-series = { $rows } series came where the map takes one figure. Labels by which they can be told apart: { $labels }. Add a filter, an aggregate or group_by, or reduce them in the query.
source-next-unreadable = The address of the next page cannot be read: { $link }
source-next-elsewhere = The next page lies elsewhere ({ $link } instead of { $host }), so it was not followed: the request carries what is meant for one origin only.
source-next-same = The source sent a page again instead of the next one. Nothing was taken from it.
source-next-needs-rows = next_at needs rows: only rows add up over pages.
source-status-refused = The source answered { $status }: { $reason }
source-status-no-reason = No figures are taken from an answer under this status. If it can be right, add the status to accept_status.
source-ckan-shape = The answer of the portal has no { $wanted }. Keys there: { $keys }. Check the action in the address and [ckan] rows.
source-ckan-facets-cut = The facets { $facets } have as many values as the portal gives at most ({ $limit }): the rest may be missing. Add facet.limit=-1 to the address.
source-ckan-no-tracking = The portal sent no tracking_summary: it does not count views, or include_tracking=true is missing in the address. Views and downloads stay unknown.
source-map-query-missing = The map needs "query", in PromQL.
source-map-step = step cannot be "{ $step }": a number with s, m, h or d, wide enough for at most { $most } samples in the period.
source-map-step-aggregate = step gives many samples, so the map needs an aggregate.
source-key-other-kind = { $key } is for kind = "{ $kind }".
source-prometheus-says = The server says: { $said }
source-prometheus-histograms = { $series } series hold native histograms, which are no single number, and were left out. Use histogram_count, histogram_sum or histogram_quantile in the query.
source-prometheus-empty = The query of { $series } gave no samples. It stays unknown and does not become 0. Check the names in the query, and whether the server keeps data of that time.
source-prometheus-shape = The answer is not that of a query to Prometheus. Keys there: { $keys }
source-samples-without-number = { $series }: samples with NaN or infinity: { $samples }. They are no data, not 0.
source-counter-single = Counters with a single sample in the period: { $series }. One sample tells of no growth; they were left out.
source-counter-begins = Counters that begin inside the period: { $series }. What they counted before their first sample is unknown and not included.
source-metrics-personal = personal_fields cannot be had with kind = "openmetrics": a service must not publish personal data in its metrics.
source-metrics-truncated = The answer ends after line { $line } before it is complete: the transfer was cut. Nothing was taken from it; collect again.
source-metrics-text = Line { $line } is not UTF-8.
source-metrics-after-end = Line { $line } stands after the end mark # EOF.
source-metrics-line = Line { $line } is no sample of OpenMetrics or of the Prometheus text format.
source-metrics-twice = Samples that stand there twice with the same name and labels: { $samples }, the first in line { $line }. Only the first of each was taken.
source-metrics-label = No sample has the label "{ $label }". Labels there: { $labels }. Correct the map of this source.
source-metrics-metric = There is no metric "{ $metric }"; the nearest is "{ $near }".
source-url-and-folder = Give a url or a folder, not both.
source-key-sheet-only = The key "{ $key }" is for kind = "sheet" or "inbox".
source-key-inbox-only = The key "{ $key }" is for kind = "inbox".
source-zip-broken = The zip file is damaged: { $error }. Have it made or sent again.
source-zip-entries = The zip file has more than { $limit } parts. It was not unpacked.
source-zip-twice = The zip file has two parts of the same name, so it is not clear which one is meant. It was not unpacked.
source-zip-name = The name "{ $name }" leads out of the package or cannot be used on every system. Nothing was unpacked.
source-zip-link = "{ $name }" is a link, not a file. Nothing was unpacked.
source-zip-encrypted = The zip file is encrypted. Have it sent without a password.
source-zip-too-large = Unpacked, the file would be larger than { $limit } bytes. It was not unpacked. If that size is right, raise max_bytes.
source-zip-part-too-large = "{ $name }" is larger than { $limit } bytes. It was not unpacked.
source-zip-bomb = "{ $name }" would grow to more than { $times } times its size: a zip bomb. Nothing was unpacked.
source-zip-overlap = Parts of the zip file share the same bytes: a zip bomb or a damaged file. Nothing was unpacked.
source-sheet-broken = The spreadsheet file is damaged or not what its format asks for: { $detail }. Open it in a spreadsheet program and save it again.
source-sheet-too-deep = The spreadsheet file is nested more than { $limit } levels deep.
source-sheet-entity = The spreadsheet file uses the entity "{ $name }", which no spreadsheet program writes. Nothing was taken from it.
source-sheet-doctype = The spreadsheet file declares entities, which no spreadsheet program does. Nothing was taken from it.
source-sheet-text-too-long = A cell holds more than { $limit } bytes of text.
source-sheet-row-too-long = Row { $row } holds more than { $limit } bytes.
source-sheet-too-many-cells = The sheet has more than { $limit } cells with content.
source-sheet-too-many-texts = The texts of the workbook are more than { $bytes } bytes or { $texts } pieces.
source-sheet-merged = The sheet has more than { $limit } merged areas.
source-sheet-order = The rows or cells of the sheet do not follow each other after row { $row }. Open it in a spreadsheet program and save it again.
source-sheet-repeated = Row { $row } says that the same content follows { $times } times, { $limit } at most. Delete what was filled in beyond the table.
source-sheet-range = "{ $range }" is no range of cells. Write B4:H40, or B:H for whole columns.
source-sheet-name-and-index = [sheet] takes name or index, not both.
source-sheet-renamed = There is no sheet "{ $name }"; the nearest is "{ $near }". Sheets there: { $sheets }. Correct [sheet] if it was renamed.
source-sheet-missing = There is no sheet "{ $name }". Sheets there: { $sheets }. Correct [sheet].
source-sheet-index = There is no sheet number { $index }. Sheets there: { $sheets }.
source-sheet-hidden = The sheet "{ $name }" is hidden. If it is meant, name it: [sheet] name.
source-sheet-none = The file has no sheet.
source-sheet-several = The file has several sheets: { $sheets }. Choose one: [sheet] name.
source-sheet-no-header = Row { $row }, where the header should stand, is empty. Correct header_row or range in [sheet].
source-sheet-error-cell = Cell { $cell } holds the error { $error }. Correct its formula in the spreadsheet.
source-sheet-uncalculated = Formulas without a stored result: { $cells }, the first in cell { $cell }. They are no data. Open the file in a spreadsheet program, save it, and collect again.
source-sheet-rounded = Cells with more decimals than are kept: { $cells }, the first is { $cell }. They were rounded at the last kept decimal.
source-sheet-filled = Cells merged over several rows: the text stands for each of the rows. Cells filled so: { $cells }, the first is { $cell }.
source-sheet-encrypted = The spreadsheet file is protected with a password. Have it saved without one.
source-sheet-old = { $kind } files are not read. Save it as XLSX or ODS.
source-sheet-other-zip = The file is a zip file, but no ODS or XLSX sheet. In it: { $names }
source-sheet-csv-instead = The file holds text, most likely CSV, under the name of a spreadsheet. If that is right, set kind = "csv".
source-sheet-not-one = The file is no ODS or XLSX sheet.
source-sheet-macros = The file holds macros. They were not run.
source-sheet-embedded = The file holds other files, which were not opened: { $names }
source-inbox-missing = A source of kind "inbox" needs [inbox] with the agency whose packages it takes.
source-inbox-no-keys = [inbox] asks for a signature, but names no key. Add keys, or set require_signature = false.
source-inbox-key-invalid = The key "{ $key }" is no Ed25519 public key in base64.
source-inbox-not-zip = It is no zip file. A package is a folder or a zip file with manifest.json.
source-inbox-no-manifest = The package has no manifest.json. Files there: { $files }
source-inbox-manifest-too-large = "{ $file }" is larger than { $limit } bytes.
source-inbox-manifest-broken = manifest.json cannot be read: { $reason }
source-inbox-manifest-shape = manifest.json lacks something: { $detail }
source-inbox-format = The manifest has format { $format }; only format 1 is known.
source-inbox-agency = The package comes from the agency "{ $agency }"; this source takes those of "{ $expected }".
source-inbox-package-id = "{ $id }" cannot be the name of a package.
source-inbox-created = "{ $text }" is no instant; created is written 2025-10-05T09:00:00+08:00.
source-inbox-future = The package was made at { $created }, which lies ahead. Check the agency's clock, and this machine's.
source-inbox-no-files = The manifest names no file.
source-inbox-twice = "{ $file }" is there twice, or differs from another only in small and capital letters.
source-inbox-nested = "{ $file }" is a package in the package. Put its files in directly.
source-inbox-extra = "{ $file }" is not in the manifest.
source-inbox-lacking = The manifest names "{ $file }", which is not in the package.
source-inbox-size = "{ $file }" has { $bytes } bytes, the manifest says { $named }. It was changed or cut on its way.
source-inbox-hash = The hash of "{ $file }" is not that of the manifest. It was changed on its way: ask the agency to send the package again, under a new name.
source-inbox-unsigned = The package is not signed (manifest.sig), and this source takes signed ones only.
source-inbox-signature-unreadable = manifest.sig cannot be read: its first line is the id of the key, after it stands the signature in base64.
source-inbox-key-unknown = The key "{ $key }" that signed the package is not known to this source. Known: { $known }
source-inbox-signature-wrong = The signature with the key "{ $key }" does not hold: the manifest was changed, or somebody else signed it.
source-inbox-replay = The package "{ $package }" was taken before, from { $place }. It is not taken twice.
source-inbox-same-id = A package named "{ $package }" was taken before, with other content. A corrected one needs a name of its own.
source-inbox-old = The package "{ $package }" was made at { $created }, not after { $newest } ({ $at }), which was taken already. If it corrects that one, it needs a later time of making.
source-inbox-no-file = The package has no file "{ $file }". Files there: { $files }
source-inbox-which-file = It is not clear which file of the package is meant. Give each map its file. Files there: { $files }
source-inbox-file-kind = "{ $file }" cannot be read: a package holds CSV, ODS or XLSX.
source-inbox-file-refused = { $file }: { $reason }

source-health-aggregate = The column { $column } cannot be taken together so: up has no aggregate, elapsed_ms has mean, max or last, certificate_days_left has last.
source-health-certificate-ended = The certificate of the service ended { $days } days ago.
source-health-certificate-ends = The certificate of the service ends in { $days } days.
source-health-column = A probe has no column { $column }; it has { $known }.
source-health-map = A map of kind health names one series and one column: no filter, group, placeholder or period. Its period is the quarter of the probe.
source-health-no-certificate = An address that begins with http:// has no certificate; take the map out or use https://.
source-health-record = This is not the record of a probe. Collect again; if it lasts, send this message to whoever looks after the program.
source-health-slow = The service took { $elapsed } ms to answer; more than { $limit } ms counts as slow.
source-health-text-missing = The service answered without the text "{ $text }" in the first 64 KiB and counts as down.
source-key-not-for-kind = { $key } means nothing for kind { $kind }; take it out.
source-sql-empty = The query is empty; write one SELECT.
source-sql-function = The query calls { $function }, which does more than give a value; take it out.
source-sql-not-select = The query begins with "{ $word }"; only SELECT, WITH or VALUES is asked.
source-sql-parameter = The query names :{ $name }; did you mean :{ $near }? Known are { $known }.
source-sql-several = The query has more than one statement; write one, and no semicolon inside.
source-sql-user = A server is asked in the name of an account: give user under [sql], as a reference such as env:KPI_DB_USER.
source-sql-url = The address of a database is written sqlite:FILE or postgres://HOST:PORT/DATABASE.
source-sql-url-account = The address of a database has no account, password or options in it: give user, password and tls under [sql], as references.
source-sql-writes = The query has the word "{ $word }", which writes or locks. A column of that name goes in double quotes.
source-table-missing = The table [{ $table }] is missing.
source-table-other-kind = The table [{ $table }] belongs to another kind than { $kind }; take it out or correct kind.
source-hmac-missing = kind = "gdb" needs the table [hmac] with username and secret, each as env:NAME or file:PATH.
source-key-of-kind = The table [{ $key }] is for kind = "{ $kind }".
source-not-xml = The source sent something other than XML (sent as { $sent_as }).
source-sdmx-dimension = The answer has no dimension "{ $dimension }", so nobody can say whether its observations are those that were asked for. Nearest: { $near }. Columns there: { $columns }. Correct key in [sdmx].
source-sdmx-filter-ignored = The server ignored what was asked for: { $rows } of { $of } observations were others, for example { $example }. They were left out.
source-sdmx-index = The answer points to "{ $key }", which is not in its own structure. Nothing was taken from it.
source-sdmx-nothing-left = None of the { $rows } observations is what was asked for: { $key } differ in key, { $time } lie outside { $start } to { $end }. Correct [sdmx], or set allow_empty = true if this can be right.
source-sdmx-personal = Statistics hold no personal data: personal_fields cannot be used with kind = "sdmx".
source-sdmx-range = [sdmx] ends ({ $end }) before it begins ({ $start }).
source-sdmx-shape = The answer is not SDMX data. There: { $there }. Correct the address: structures and errors are other messages.
source-sdmx-time-ignored = { $rows } of { $of } observations lie outside { $start } to { $end } and were left out.
source-xml-attributes = An element of the XML has more than { $limit } attributes.
source-xml-doctype = The XML has a document type (DOCTYPE). Those can hold entities that fetch or multiply text, so the answer was refused. Ask the portal's operator for plain XML.
source-xml-entity = The XML refers to "&{ $name };", which stands for nothing here. The answer was refused.
source-xml-invalid = The XML is wrong near byte { $byte }.
source-xml-no-rows = The XML has no element { $row }. Elements there: { $seen }. Correct row in [procurement].
source-xml-row-too-long = One row of the XML is longer than { $limit } bytes: most likely an element was never closed.
source-xml-too-deep = The XML is nested more than { $limit } levels deep.
source-xml-too-long = A name, attribute or text of the XML does not end within 4 MiB (near byte { $byte }).
source-xml-truncated = The XML ends at byte { $byte }, before it is complete: the transfer was cut. Nothing was taken from it; collect again.
source-own-characters = The text holds { $count } characters from the ranges of Big5 where offices put characters of their own. They may have been read as others, so labels with them may not match. Ask for UTF-8.

source-preview-blank = blank
source-preview-number = number
source-preview-percent = percent
source-preview-money = money
source-preview-date = date
source-preview-quarter = period
source-preview-text = text
source-preview-html = The address answers with a web page, { $excerpt }, not with data. Look for the address of its download or API.
source-preview-archive = The address answers with an archive that is no sheet. Put the file in it into a folder and use the kind file or inbox.
source-preview-unknown = What came is of no known kind: { $reason } Choose the kind yourself and try again.
source-preview-no-shape = it is neither JSON nor XML, metrics or a table. It begins: { $excerpt }.
source-json-too-many-values = The JSON holds so many small values that it takes more than { $bytes } bytes of memory once it is read. Ask for fewer rows at a time (page_size, or a filter in the address), or raise max_bytes in the source's file.
source-figure-twice = { $series } of { $period } stands twice in one answer: { $first } ({ $first-at }) and { $second } ({ $second-at }). Nobody can know which is meant, so neither is taken. Add a filter or an aggregate to the map, or ask whoever sends the data.
source-separator = The first line has one column, "{ $columns }", and the sign "{ $sign }" in it: that seems to be the separator. Write delimiter = "{ $sign }" in the source's file.
source-separator-tab = The first line has one column, "{ $columns }", with tabs in it: they seem to be the separator. Write delimiter = "\t" in the source's file.
source-html-login = The source sent a login page instead of { $wanted } (sent as { $sent_as }). The portal asks who you are: ask it for a key and name it in [headers] as a reference (env:NAME), or for an address that needs no login.
source-html-login-titled = The source sent a login page, "{ $title }", instead of { $wanted } (sent as { $sent_as }). The portal asks who you are: ask it for a key and name it in [headers] as a reference (env:NAME), or for an address that needs no login.
source-header-elsewhere = Line { $line } is not the header: it reads "{ $columns }", and the column "{ $column }" stands in line { $row }. Write header_row = { $row } in the source's file.
source-header-title = The first line ("{ $columns }") looks like a title; the names of the columns seem to stand in line { $row }. Write header_row = { $row } in the source's file, or header_row = 1 if the first line is the header.
source-header-beyond = The header should stand in line { $row } (header_row), and the answer ends before it. Look whether the source sends less than it did, or correct header_row.
source-key-header-row = The key "header_row" is for kind = "csv" or "file"; for a sheet write it in the table [sheet].
source-targets-kind = targets is for sources whose answers stand alone ({ $known }), not for kind = "{ $kind }". Write one source file for each address.
source-targets-column = targets_column names a column of targets_file, which is missing.
source-targets-missing = The address has { "{target}" }, but nothing says what stands for it. Add targets = ["..."] or targets_file = "....csv".
source-targets-no-place = The address is the same for all targets. Put { "{target}" } where each one's own stands.
source-targets-place = { "{target}" } may stand in the path or the query of the address only, so that no target leads to another host.
source-targets-series = The figures of all targets would be one and the same. Put { "{target}" } into series, for example P12/usage.{ "{target}" }.
source-targets-both = targets and targets_file exclude each other. Keep one of them.
source-targets-none = targets_file holds no target.
source-targets-file-name = "{ $file }" cannot be a file of targets. It is a .csv or .txt file that lies beside the source's file, named without a folder.
source-targets-file-missing = The file of targets { $file } cannot be read. Put it beside the source's file, into the folder sources.
source-targets-text = The file of targets is not UTF-8. Save it as UTF-8.
source-targets-line = The file of targets has a line that is too long, after { $line } lines.
source-targets-no-column = The file of targets has no column "{ $column }"; nearest: { $near }. It has: { $columns }
source-targets-many = { $targets } targets are more than the { $limit } that one source may have. Divide them among several sources.
source-target-bad = "{ $target }" cannot be a target (of such there are { $count }). A target is letters, digits, - _ and ., at most 60 bytes, begins and ends with a letter or digit, and is not written in full width.
source-target-twice = The target { $target } stands there twice (of such there are { $count }).
source-target-series = The target { $target } gives no series in "{ $series }", SCOPE/NAME[.PART]. A dot may stand in PART only.
source-sheet-json-instead = The file holds JSON where a spreadsheet is expected. If that is right, set kind = "json".

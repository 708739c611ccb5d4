# 資料來源：設定檔或回應有何問題，以及該怎麼做。
source-bad-cell-in-aggregate = 未計算：有 { $bad } 個儲存格無法讀取，第一個在第 { $row } 列：{ $reason }
source-binary = 檔案表頭含有 NUL 位元組，不是 CSV 文字檔。請另存為 UTF-8 或 Big5 的 CSV。
source-bound-in-sum = 「> 100」這類界限值不能加總或比較。
source-column-missing = 找不到欄位「{ $column }」。現有欄位：{ $columns }。請修正此資料來源的對應設定。
source-column-renamed = 找不到欄位「{ $column }」，最接近的是「{ $near }」。現有欄位：{ $columns }。若欄位已改名，請修正此資料來源的對應設定。
source-column-twice = 欄位「{ $column }」重複出現，無法判斷以哪一欄為準。
source-control-character = 數值中含有控制字元。
source-csv-truncated = 回應在第 { $row } 列中途結束，傳輸可能中斷。未採用任何數值，請重新介接。
source-datastore-same-page = 資料來源重送第一頁而非下一頁，未理會 offset 參數。請把 page_size 設為不小於總筆數。
source-datastore-shape = 回應中沒有 result.records。現有鍵：{ $keys }。
source-day-ahead = 資料所載日期 { $day } 晚於今日（{ $today }），未用於判斷資料新舊。
source-day-not-found = 在 { $path } 找不到資料日期。最接近：{ $near }。現有鍵：{ $keys }。
source-disabled-reason = 停用的資料來源必須填寫 disabled_reason。
source-duplicate-columns = 重複出現的欄位：{ $columns }。除另有提示外，對應設定未使用這些欄位。
source-empty = 回應沒有內容。請以瀏覽器開啟該網址：可能已搬移，或本期尚無資料；先前的數值仍保留。
source-encoding-label = 回應標示為 { $label }，實際為 { $measured }，已依 { $measured } 讀取。
source-error-answer = 資料來源回應錯誤：{ $code } { $said }
source-error-answer-bare = 資料來源表示失敗，但未說明原因。
source-error-answer-short = 資料來源回應錯誤：{ $said }
source-filter-value-missing = 欄位「{ $column }」的條件（{ $op }）需要 value、values 或 value_column。
source-filter-value-unordered = 「{ $value }」不是數字也不是日期，無法比較大小。
source-garbled-rows = 未使用的欄位中有非 UTF-8 位元組的列數：{ $rows }，第一個是第 { $row } 列。
source-html-instead = 資料來源送來網頁，而非 { $wanted }（標示為 { $sent_as }）。請用瀏覽器開啟該網址，平臺可能正在維護。
source-html-titled = 資料來源送來網頁「{ $title }」，而非 { $wanted }（標示為 { $sent_as }）。請用瀏覽器開啟該網址，平臺可能正在維護。
source-insecure-reason = insecure_certificate 必須填寫理由。
source-json-duplicate-key = 同一物件中的鍵「{ $key }」重複出現，無法判斷以哪個值為準。
source-json-instead-of-csv = 資料來源送來 JSON 而非 CSV。若確實如此，請設定 kind = "json"。
source-json-invalid = JSON 在第 { $line } 行第 { $column } 字有誤。
source-json-too-deep = JSON 巢狀超過 { $limit } 層。
source-json-truncated = JSON 在第 { $line } 行第 { $column } 字中斷，傳輸可能不完整，請重新介接。
source-key-json-only = 設定鍵「{ $key }」只適用於 kind = "json"。
source-key-value = { $key } 不可為「{ $value }」。
source-map-at-aggregate = 使用 at 時 aggregate 只能為 count；其他請改用 rows 與 column。
source-map-at-and-column = at 不能與 column 或 filter 並用。
source-map-at-missing = 對應設定需要 at，或資料來源需要 rows。
source-map-column-missing = 對應設定需要 column。
source-map-group-missing = group_by 必須與 series 中的群組代號並用。
source-map-personal = 欄位「{ $column }」為個人資料，不可用於對應設定。
source-map-problem = 第 { $map } 個對應設定（{ $series }）：{ $reason }
source-map-share-of = aggregate = "share" 必須與 share_of 並用。
source-map-unit-text = unit_at 或 unit_column 必須與 unit_text 並用。
source-no-folder = kind = "{ $kind }" 的資料來源需要 folder。
source-no-maps = 資料來源沒有任何對應設定，不會產生數值。
source-no-origin = 網址含有來源主機代號，但目前沒有可用的主機。
source-no-rows = 回應沒有任何資料列。若屬正常，請設定 allow_empty = true。
source-no-such-day = 沒有這一天：{ $text }
source-no-url = 資料來源 { $source } 沒有網址，請設定 url。
source-no-value = 資料來源沒有提供 { $series } 的值。該值維持未知，不以 0 計。
source-not-a-number = 該值不是數字。
source-not-whole-ntd = 金額換算後不是整數元。
source-nul-rows = 含有 NUL 位元組的列數：{ $rows }，第一個是第 { $row } 列。
source-number-too-large = 數字位數超過可精確保存的範圍。
source-path-invalid = 路徑 { $path } 不符合 JSONPath（RFC 9535）：第 { $position } 字有誤。
source-path-many = 路徑 { $path } 找到 { $values } 個值及 { $periods } 個期間。應為一個值，或期間數與值數相同。
source-path-not-found = 在 { $path } 找不到資料。最接近：{ $near }。現有鍵：{ $keys }。若欄位已改名，請修正路徑。
source-percent-unexpected = 該值以百分比表示，但序列單位為 { $unit }。
source-period-blank = 期間為空白。
source-period-future = 期間 { $period } 尚未到來（今日 { $today }）。
source-period-unreadable = 不是期間或日期：{ $text }
source-personal-column-missing = 回應中找不到個人資料欄位「{ $column }」，可能已改名。未儲存任何內容。請修正 personal_fields；若資料來源已不再提供，請移除該欄位。
source-placeholder-near = 不明的代號「{ $name }」，是否為「{ $near }」？可用代號：{ $known }
source-placeholder-unknown = 不明的代號「{ $name }」。可用代號：{ $known }
source-quotes = 第 { $row } 列的引號或換行不符 CSV 規則，其後各列無法分辨。未採用任何數值。
source-ragged-refused = 欄數不是 { $columns } 的列數：{ $rows }，第一個是第 { $row } 列。數量過多，其餘亦不可信。
source-ragged-rows = 欄數不符而未採計的列數：{ $rows }，第一個是第 { $row } 列。
source-read-failed = 無法讀完回應：{ $error }
source-record-too-long = 第 { $row } 列之後的紀錄沒有結束，可能有引號未關閉。
source-row-not-object = 第 { $row } 列不是具名稱的物件。
source-rows-bad-period = { $series }：期間無法採用的列數：{ $rows }，第一個是第 { $row } 列：{ $reason }
source-rows-blank = { $series }：值為空白的列數：{ $rows }。空白不等於 0。
source-rows-dropped = 只有 { $rows } 列，上次為 { $before } 列，不到 { $percent } %。數值已退回。若確實減少，請調低 min_rows_percent 後重新介接。
source-rows-fewer = 本次 { $rows } 列，上次 { $before } 列。
source-rows-not-comparable = { $series }：無法以數字或日期比較而未採計的列數：{ $rows }，第一個是第 { $row } 列：{ $example }
source-rows-not-found = 在 { $path } 找不到資料列。最接近：{ $near }。現有鍵：{ $keys }。若沒有資料列屬正常，請設定 allow_empty = true。
source-rows-unknown-scope = { $series }：不屬於計畫清冊的列數：{ $rows }，例如 { $example }
source-scale-twice = 該值自帶萬、億等單位，對應設定又指定換算單位，無法確定金額。
source-schedule-unknown = schedule 不可為「{ $value }」。可用：{ $known }
source-series-unreadable = 「{ $series }」不是序列，應為 SCOPE/NAME。
source-short-page = 第 { $page } 頁只有 { $rows } 列，要求 { $asked } 列：資料來源限制每頁筆數。
source-status-accepted = 資料來源回應 { $status }，但內容可用。
source-store-failed = 無法儲存回應：{ $error }
source-text-unreadable = 文字不是 UTF-8 也不是 Big5：第一個錯誤位元組在 { $byte }。
source-text-unreadable-row = 第 { $row } 列使用中的欄位不是 UTF-8：位元組 { $byte }。
source-too-large = 回應超過 { $bytes } 位元組。
source-too-many-columns = 共 { $columns } 欄，上限 { $limit } 欄。
source-too-many-groups = { $series }：不同標籤過多，其餘未採計。
source-too-many-readings = 單一回應的數值過多，其餘未採計。
source-total-changed = 資料來源前一頁稱 { $before } 列，本頁稱 { $total } 列：讀取期間資料已變動，請重新介接。
source-total-mismatch = 共收到 { $rows } 列，資料來源稱有 { $total } 列。
source-total-missing = 資料來源未說明總筆數；收到 { $rows } 列。
source-unit-changed = 回應的單位為「{ $named }」，預期為「{ $expected }」：單位已變更。
source-unit-differs = 對應設定的單位為 { $source }，清冊為 { $register }。
source-xml-instead = 資料來源送來 XML，而非 { $wanted }（標示為 { $sent_as }）。
source-year-not-gregorian = 不是西元年：{ $text }
source-year-not-roc = 不是民國年：{ $text }
source-literal-secret = 檔案中直接寫有密鑰（{ $place }）。請改寫為參照 env:NAME 或 file:PATH，並在本機設定密鑰。
source-literal-secret-url = 網址中直接寫有密鑰（{ $place }）。請改寫為大括號內的參照，例如 {"{"}env:NAME{"}"} 或 {"{"}file:PATH{"}"}，並在本機設定密鑰。
source-rows-share-not-comparable = { $series }：無法以數字或日期比較的列數：{ $rows }，計入分母而不計入分子，第一個是第 { $row } 列：{ $example }
source-url-scheme = url 必須以 https:// 或 http:// 開頭
source-several-series = 對應設定只取一個數值，卻收到 { $rows } 個序列。可據以區分的標籤：{ $labels }。請加上 filter、aggregate 或 group_by，或在查詢中彙總。
source-next-unreadable = 無法辨識下一頁的位址：{ $link }
source-next-elsewhere = 下一頁位於他處（{ $link }，而非 { $host }），未予跟隨：要求所帶的內容只供單一來源使用。
source-next-same = 資料來源重複送出同一頁，而非下一頁。未採用任何內容。
source-next-needs-rows = next_at 須搭配 rows：只有資料列能跨頁累計。
source-status-refused = 資料來源回應 { $status }：{ $reason }
source-status-no-reason = 此狀態碼的回應不採計數值。若屬正常，請將該狀態碼加入 accept_status。
source-ckan-shape = 平臺的回應沒有 { $wanted }。現有鍵：{ $keys }。請檢查位址中的動作及 [ckan] 的 rows。
source-ckan-facets-cut = 分類統計 { $facets } 的項目數已達平臺上限（{ $limit }），其餘可能未列出。請在位址加上 facet.limit=-1。
source-ckan-no-tracking = 平臺未送出 tracking_summary：未開啟瀏覽統計，或位址缺少 include_tracking=true。瀏覽及下載次數維持未知。
source-map-query-missing = 對應設定須有 query（PromQL）。
source-map-step = step 不可為「{ $step }」：應為數字加 s、m、h 或 d，且期間內至多 { $most } 個樣本。
source-map-step-aggregate = step 會取得多個樣本，因此對應設定須有 aggregate。
source-key-other-kind = { $key } 僅供 kind = "{ $kind }" 使用。
source-prometheus-says = 伺服器表示：{ $said }
source-prometheus-histograms = { $series } 個序列為原生直方圖，不是單一數值，未採計。請在查詢中使用 histogram_count、histogram_sum 或 histogram_quantile。
source-prometheus-empty = { $series } 的查詢沒有任何樣本。該值維持未知，不以 0 計。請檢查查詢中的名稱，以及伺服器是否保存該期間的資料。
source-prometheus-shape = 回應不是 Prometheus 的查詢結果。現有鍵：{ $keys }
source-samples-without-number = { $series }：值為 NaN 或無限大的樣本數：{ $samples }。視為無資料，不以 0 計。
source-counter-single = 期間內只有一個樣本的計數器：{ $series } 個。單一樣本看不出增量，未採計。
source-counter-begins = 在期間內才開始的計數器：{ $series } 個。第一個樣本之前的計數未知，未計入。
source-metrics-personal = kind = "openmetrics" 不可設定 personal_fields：服務不得在監測指標中公開個人資料。
source-metrics-truncated = 回應在第 { $line } 行之後中斷，並不完整：傳輸中斷。未採用任何內容，請重新介接。
source-metrics-text = 第 { $line } 行不是 UTF-8。
source-metrics-after-end = 第 { $line } 行位於結束標記 # EOF 之後。
source-metrics-line = 第 { $line } 行不是 OpenMetrics 或 Prometheus 文字格式的樣本。
source-metrics-twice = 名稱及標籤相同而重複的樣本數：{ $samples }，第一個在第 { $line } 行。各只採計第一個。
source-metrics-label = 沒有任何樣本帶有標籤「{ $label }」。現有標籤：{ $labels }。請修正此來源的對應設定。
source-metrics-metric = 沒有指標「{ $metric }」；最接近的是「{ $near }」。
source-url-and-folder = url 與 folder 只能擇一設定。
source-key-sheet-only = 設定鍵「{ $key }」只適用於 kind = "sheet" 或 "inbox"。
source-key-inbox-only = 設定鍵「{ $key }」只適用於 kind = "inbox"。
source-zip-broken = 壓縮檔已損壞：{ $error }。請重新製作或傳送。
source-zip-entries = 壓縮檔內超過 { $limit } 個檔案，未解壓縮。
source-zip-twice = 壓縮檔內有同名檔案，無法確定應採用何者，未解壓縮。
source-zip-name = 檔名「{ $name }」指向套件之外，或無法在各系統使用。未解壓縮任何檔案。
source-zip-link = 「{ $name }」是捷徑連結而不是檔案。未解壓縮任何檔案。
source-zip-encrypted = 壓縮檔已加密。請改送未設密碼的檔案。
source-zip-too-large = 解壓縮後會超過 { $limit } 位元組，未解壓縮。若大小無誤，請調高 max_bytes。
source-zip-part-too-large = 「{ $name }」超過 { $limit } 位元組，未解壓縮。
source-zip-bomb = 「{ $name }」解壓縮後會膨脹 { $times } 倍以上，疑為壓縮炸彈。未解壓縮任何檔案。
source-zip-overlap = 壓縮檔內的檔案共用相同的位元組，疑為壓縮炸彈或已損壞。未解壓縮任何檔案。
source-sheet-broken = 試算表檔案已損壞或不符其格式：{ $detail }。請以試算表程式開啟後重新存檔。
source-sheet-too-deep = 試算表檔案的結構超過 { $limit } 層。
source-sheet-entity = 試算表檔案使用實體「{ $name }」，並非試算表程式所產生。未採用任何數值。
source-sheet-doctype = 試算表檔案宣告了實體，並非試算表程式所產生。未採用任何數值。
source-sheet-text-too-long = 有儲存格的文字超過 { $limit } 位元組。
source-sheet-row-too-long = 第 { $row } 列超過 { $limit } 位元組。
source-sheet-too-many-cells = 工作表有內容的儲存格超過 { $limit } 格。
source-sheet-too-many-texts = 活頁簿的文字超過 { $bytes } 位元組或 { $texts } 筆。
source-sheet-merged = 工作表的合併儲存格超過 { $limit } 處。
source-sheet-order = 工作表第 { $row } 列之後的列或儲存格順序不正確。請以試算表程式開啟後重新存檔。
source-sheet-repeated = 第 { $row } 列的內容重複 { $times } 次，上限 { $limit } 次。請刪除表格之外填入的內容。
source-sheet-range = 「{ $range }」不是儲存格範圍。請寫成 B4:H40；整欄則寫成 B:H。
source-sheet-name-and-index = [sheet] 的 name 與 index 只能擇一設定。
source-sheet-renamed = 找不到工作表「{ $name }」，最接近的是「{ $near }」。現有工作表：{ $sheets }。若已改名，請修正 [sheet]。
source-sheet-missing = 找不到工作表「{ $name }」。現有工作表：{ $sheets }。請修正 [sheet]。
source-sheet-index = 沒有第 { $index } 個工作表。現有工作表：{ $sheets }。
source-sheet-hidden = 工作表「{ $name }」為隱藏。若確為所指，請以 [sheet] name 指定名稱。
source-sheet-none = 檔案內沒有工作表。
source-sheet-several = 檔案內有多個工作表：{ $sheets }。請以 [sheet] name 擇一指定。
source-sheet-no-header = 應為表頭的第 { $row } 列沒有內容。請修正 [sheet] 的 header_row 或 range。
source-sheet-error-cell = 儲存格 { $cell } 為錯誤值 { $error }。請修正試算表中的公式。
source-sheet-uncalculated = 未儲存計算結果的公式：{ $cells } 格，第一個在儲存格 { $cell }。這些儲存格視為沒有資料。請以試算表程式開啟並存檔後重新介接。
source-sheet-rounded = 小數位數超過可保存範圍的儲存格：{ $cells } 格，第一個是 { $cell }。已於最後可保存位數四捨五入。
source-sheet-filled = 跨列合併的儲存格：其文字視為各列的內容。如此補入的儲存格：{ $cells } 格，第一個是 { $cell }。
source-sheet-encrypted = 試算表檔案設有密碼。請另存為未設密碼的檔案。
source-sheet-old = 不讀取 { $kind } 檔案。請另存為 XLSX 或 ODS。
source-sheet-other-zip = 檔案為壓縮檔，但不是 ODS 或 XLSX 試算表。內含：{ $names }
source-sheet-csv-instead = 檔案以試算表為名，內容卻是文字，可能為 CSV。若確實如此，請設定 kind = "csv"。
source-sheet-not-one = 檔案不是 ODS 或 XLSX 試算表。
source-sheet-macros = 檔案含有巨集，未執行。
source-sheet-embedded = 檔案內嵌其他檔案，未開啟：{ $names }
source-inbox-missing = kind = "inbox" 的資料來源需要 [inbox]，並指定收受哪一機關的套件。
source-inbox-no-keys = [inbox] 要求簽章，但未列公鑰。請加入 keys，或設定 require_signature = false。
source-inbox-key-invalid = 金鑰「{ $key }」不是 base64 的 Ed25519 公鑰。
source-inbox-not-zip = 不是壓縮檔。套件應為含有 manifest.json 的資料夾或 zip 檔。
source-inbox-no-manifest = 套件沒有 manifest.json。現有檔案：{ $files }
source-inbox-manifest-too-large = 「{ $file }」超過 { $limit } 位元組。
source-inbox-manifest-broken = 無法讀取 manifest.json：{ $reason }
source-inbox-manifest-shape = manifest.json 內容不完整：{ $detail }
source-inbox-format = manifest 的 format 為 { $format }，僅支援 1。
source-inbox-agency = 套件來自機關「{ $agency }」，本資料來源僅收受「{ $expected }」的套件。
source-inbox-package-id = 「{ $id }」不可作為套件名稱。
source-inbox-created = 「{ $text }」不是時間；created 應寫成 2025-10-05T09:00:00+08:00。
source-inbox-future = 套件的製作時間 { $created } 尚未到來。請確認該機關及本機的時鐘。
source-inbox-no-files = manifest 未列任何檔案。
source-inbox-twice = 「{ $file }」重複，或與另一檔名僅大小寫不同。
source-inbox-nested = 「{ $file }」是套件中的壓縮檔。請直接放入其中的檔案。
source-inbox-extra = 「{ $file }」不在 manifest 中。
source-inbox-lacking = manifest 列有「{ $file }」，但套件中沒有。
source-inbox-size = 「{ $file }」為 { $bytes } 位元組，manifest 載明 { $named }。檔案在傳遞途中被更動或截斷。
source-inbox-hash = 「{ $file }」的雜湊值與 manifest 不符。檔案在傳遞途中被更動，請該機關以新名稱重送套件。
source-inbox-unsigned = 套件未簽章（manifest.sig），本資料來源僅收受已簽章的套件。
source-inbox-signature-unreadable = 無法讀取 manifest.sig：第一行應為金鑰代號，其後為 base64 的簽章。
source-inbox-key-unknown = 本資料來源不認得簽章所用的金鑰「{ $key }」。已知金鑰：{ $known }
source-inbox-signature-wrong = 以金鑰「{ $key }」驗證簽章失敗：manifest 被更動，或由他人簽章。
source-inbox-replay = 套件「{ $package }」先前已自 { $place } 收受，不重複收受。
source-inbox-same-id = 名為「{ $package }」的套件先前已收受，但內容不同。更正的套件應使用新的名稱。
source-inbox-old = 套件「{ $package }」製作於 { $created }，不晚於已收受的 { $newest }（{ $at }）。若為更正，製作時間須較晚。
source-inbox-no-file = 套件中沒有檔案「{ $file }」。現有檔案：{ $files }
source-inbox-which-file = 無法確定應讀取套件中的哪個檔案。請為各對應設定指定 file。現有檔案：{ $files }
source-inbox-file-kind = 無法讀取「{ $file }」：套件應含 CSV、ODS 或 XLSX。
source-inbox-file-refused = { $file }：{ $reason }

source-health-aggregate = 欄位 { $column } 不能如此彙總：up 不設 aggregate；elapsed_ms 可用 mean、max 或 last；certificate_days_left 可用 last。
source-health-certificate-ended = 服務的憑證已於 { $days } 天前到期。
source-health-certificate-ends = 服務的憑證將於 { $days } 天後到期。
source-health-column = 探測紀錄沒有欄位 { $column }；可用欄位為 { $known }。
source-health-map = health 類型的對應僅指定一個序列與一個欄位，不得有篩選、分組、代入欄位或期間；期間為探測當季。
source-health-no-certificate = http:// 開頭的網址沒有憑證；請刪除此對應或改用 https://。
source-health-record = 這不是探測紀錄。請重新介接；若持續發生，請將此訊息交給系統維護人員。
source-health-slow = 服務回應耗時 { $elapsed } 毫秒；超過 { $limit } 毫秒視為緩慢。
source-health-text-missing = 服務回應的前 64 KiB 沒有文字「{ $text }」，視為無法使用。
source-key-not-for-kind = { $key } 不適用於 { $kind } 類型，請刪除。
source-sql-empty = 查詢為空；請寫一個 SELECT。
source-sql-function = 查詢呼叫 { $function }，其作用不只是取值；請刪除。
source-sql-not-select = 查詢以「{ $word }」開頭；僅接受 SELECT、WITH 或 VALUES。
source-sql-parameter = 查詢使用 :{ $name }；是否為 :{ $near }？可用參數為 { $known }。
source-sql-several = 查詢含有多個敘述；請只寫一個，中間不得有分號。
source-sql-user = 查詢資料庫伺服器須有帳號：請於 [sql] 以參照方式填寫 user，例如 env:KPI_DB_USER。
source-sql-url = 資料庫位址寫成 sqlite:檔案 或 postgres://主機:連接埠/資料庫名稱。
source-sql-url-account = 資料庫位址不得含帳號、密碼或選項：請於 [sql] 以參照方式填寫 user、password 與 tls。
source-sql-writes = 查詢含有「{ $word }」，會寫入或鎖定資料。若為欄位名稱，請加雙引號。
source-table-missing = 缺少 [{ $table }] 表。
source-table-other-kind = [{ $table }] 表不屬於 { $kind } 類型；請刪除，或更正 kind。
source-hmac-missing = kind = "gdb" 須有 [hmac] 表，內含 username 與 secret，均寫成 env:名稱 或 file:路徑。
source-key-of-kind = [{ $key }] 表只適用於 kind = "{ $kind }"。
source-not-xml = 來源回傳的不是 XML（內容類型 { $sent_as }）。
source-sdmx-dimension = 回傳資料沒有維度「{ $dimension }」，無從判斷其觀測值是否為所要求者。最接近：{ $near }。現有欄位：{ $columns }。請修正 [sdmx] 的 key。
source-sdmx-filter-ignored = 伺服器未依要求篩選：{ $of } 筆觀測值中有 { $rows } 筆不符，例如 { $example }，均未採用。
source-sdmx-index = 回傳資料指向「{ $key }」，但其結構中沒有此項，未採用任何數值。
source-sdmx-nothing-left = { $rows } 筆觀測值均非所要求者：{ $key } 筆 key 不符，{ $time } 筆不在 { $start } 至 { $end } 之間。請修正 [sdmx]；若確屬正常，請設 allow_empty = true。
source-sdmx-personal = 統計資料不含個人資料：kind = "sdmx" 不得使用 personal_fields。
source-sdmx-range = [sdmx] 的結束（{ $end }）早於開始（{ $start }）。
source-sdmx-shape = 回傳內容不是 SDMX 資料，其中為：{ $there }。請修正網址：結構定義與錯誤訊息屬其他訊息。
source-sdmx-time-ignored = { $of } 筆觀測值中有 { $rows } 筆不在 { $start } 至 { $end } 之間，未採用。
source-xml-attributes = XML 有元素的屬性超過 { $limit } 個。
source-xml-doctype = XML 含文件類型宣告（DOCTYPE），可能夾帶會擷取外部內容或倍增文字的實體，因此拒收。請洽入口網站維運單位提供單純的 XML。
source-xml-entity = XML 引用「&{ $name };」，此處無對應內容，因此拒收。
source-xml-invalid = XML 在位元組 { $byte } 附近有誤。
source-xml-no-rows = XML 沒有元素 { $row }。現有元素：{ $seen }。請修正 [procurement] 的 row。
source-xml-row-too-long = XML 有一列超過 { $limit } 位元組：很可能有元素未結束。
source-xml-too-deep = XML 巢狀超過 { $limit } 層。
source-xml-too-long = XML 的名稱、屬性或文字在 4 MiB 內未結束（位元組 { $byte } 附近）。
source-xml-truncated = XML 在位元組 { $byte } 處即結束，尚未完整：傳輸中斷。未採用任何數值，請重新介接。
source-own-characters = 文字含 { $count } 個位於 Big5 造字區的字元，可能被讀成其他字，含這些字的標籤可能比對不到。請改要 UTF-8。

source-preview-blank = 空白
source-preview-number = 數字
source-preview-percent = 百分比
source-preview-money = 金額
source-preview-date = 日期
source-preview-quarter = 期間
source-preview-text = 文字
source-preview-html = 這個網址回應的是網頁「{ $excerpt }」，不是資料。請改用其下載或 API 的網址。
source-preview-archive = 這個網址回應的是壓縮檔，不是試算表。請取出其中的檔案放入資料夾，改用 file 或 inbox 類型。
source-preview-unknown = 無法判斷回應的類型：{ $reason }請自行指定類型後再試。
source-preview-no-shape = 既非 JSON、XML、指標，也不是表格；開頭為「{ $excerpt }」。
source-json-too-many-values = JSON 含有過多細小的值，讀入後將超過 { $bytes } 位元組的記憶體。請減少每次取得的筆數（page_size 或網址中的條件），或提高來源檔的 max_bytes。
source-figure-twice = 同一份回應中，{ $series }（{ $period }）出現不同數值：{ $first }（{ $first-at }）與{ $second }（{ $second-at }）。無法判斷何者為準，均不採計。請在對應加上篩選條件或彙總方式，或洽資料提供者。
source-separator = 第一列只有一欄「{ $columns }」，其中有「{ $sign }」，應為分隔符號。請在來源檔寫 delimiter = "{ $sign }"。
source-separator-tab = 第一列只有一欄「{ $columns }」，其中有定位字元（Tab），應為分隔符號。請在來源檔寫 delimiter = "\t"。
source-html-login = 資料來源送來登入頁，而非 { $wanted }（標示為 { $sent_as }）。入口網站要求登入：請申請金鑰，於 [headers] 以參照（env:名稱）填寫，或洽詢免登入的網址。
source-html-login-titled = 資料來源送來登入頁「{ $title }」，而非 { $wanted }（標示為 { $sent_as }）。入口網站要求登入：請申請金鑰，於 [headers] 以參照（env:名稱）填寫，或洽詢免登入的網址。
source-header-elsewhere = 第{ $line }列不是欄名（內容為「{ $columns }」）：欄位「{ $column }」在第{ $row }列。請在來源檔填 header_row = { $row }。
source-header-title = 第一列（「{ $columns }」）看似標題，欄名似在第{ $row }列。請在來源檔填 header_row = { $row }；第一列確為欄名者，請填 header_row = 1。
source-header-beyond = 依 header_row，欄名應在第{ $row }列，但回應在此之前已結束。請查看來源是否少送資料，或修正 header_row。
source-key-header-row = 設定鍵「header_row」只適用於 kind = "csv" 或 "file"；試算表請寫在 [sheet] 之下。
source-targets-kind = targets 只適用於各次回應獨立的來源（{ $known }），不適用於 kind = "{ $kind }"。請為每個位址各寫一個來源檔。
source-targets-column = targets_column 是 targets_file 的欄位名稱，但未設定 targets_file。
source-targets-missing = 位址中有 { "{target}" }，但沒有說明代入什麼。請加上 targets = ["..."] 或 targets_file = "....csv"。
source-targets-no-place = 各個 targets 的位址都相同。請把 { "{target}" } 放在各自代碼的位置。
source-targets-place = { "{target}" } 只能放在位址的路徑或查詢字串，任何代碼都不得指向其他主機。
source-targets-series = 所有 targets 的數值會成為同一個序列。請在 series 加上 { "{target}" }，例如 P12/usage.{ "{target}" }。
source-targets-both = targets 與 targets_file 只能擇一。
source-targets-none = targets_file 中沒有任何代碼。
source-targets-file-name = 「{ $file }」不能作為代碼清單。清單為放在來源檔旁邊的 .csv 或 .txt 檔，只寫檔名，不含資料夾。
source-targets-file-missing = 無法讀取代碼清單 { $file }。請放在來源檔旁邊（sources 資料夾）。
source-targets-text = 代碼清單不是 UTF-8 編碼，請另存為 UTF-8。
source-targets-line = 代碼清單在第 { $line } 列之後有一列過長。
source-targets-no-column = 代碼清單沒有「{ $column }」欄；最接近：{ $near }。現有欄位：{ $columns }
source-targets-many = { $targets } 個代碼超過一個來源的上限 { $limit } 個。請分成數個來源。
source-target-bad = 「{ $target }」不能作為代碼（共 { $count } 個不合規則）。代碼只含文字、數字及 - _ .，最多 60 位元組，首尾須為文字或數字，且不得為全形。
source-target-twice = 代碼 { $target } 重複（共 { $count } 個重複）。
source-target-series = 代碼 { $target } 代入「{ $series }」後不是序列，應為 SCOPE/NAME[.PART]；句點只能出現在 PART。
source-sheet-json-instead = 此檔為 JSON，此處應為試算表。若無誤，請設 kind = "json"。

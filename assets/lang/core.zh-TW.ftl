# Texts of the room core.

# 工作資料夾：尋找、載入與建立。
workspace-not-here = { $folder } 並非工作資料夾：其中沒有 quarterdeck.toml。請以「qd init 資料夾」建立，或以 --workspace 指定其他資料夾。
workspace-not-found = { $folder } 及其上層資料夾均無工作資料夾。
workspace-unreadable = 無法讀取 { $place }：{ $reason }
workspace-too-many-files = 工作資料夾檔案過多：{ $files } 個，至多讀取 { $limit } 個。
workspace-too-large = 工作資料夾檔案合計過大：至多讀取 { $limit } 位元組。
workspace-file-too-large = { $place } 過大：至多讀取 { $limit } 位元組。
workspace-link-outside = { $place } 連結至工作資料夾以外，不予讀取。請將檔案複製至工作資料夾內。
workspace-not-a-file = { $place } 並非一般檔案，不予讀取。
workspace-newer = 此工作資料夾之格式為 { $format }，本程式僅支援至 { $known }。請安裝建立該資料夾之較新版本 Quarterdeck。
workspace-bad-format = 沒有工作資料夾格式 { $format }。
workspace-problem = { $file }：{ $problem }
workspace-problem-at-line = { $file } 第 { $line } 行：{ $problem }
workspace-unknown-language = 沒有語言 { $language }。可用：zh-TW、en。
workspace-not-made = 未能於 { $folder } 建立工作資料夾，亦未留下任何檔案：{ $reason }
workspace-folder-not-empty = { $folder } 並非空資料夾。請選擇新的或空的資料夾。
workspace-not-editable = 檔案中 { $key } 之寫法無法自動附加。請直接編輯檔案。
workspace-bad-path = 並非工作資料夾檔案之名稱：{ $place }
workspace-not-written = 未寫入 { $place }，原檔案維持不變：{ $reason }

# 檢查：檔案之問題。
check-not-utf8 = 檔案並非 UTF-8 文字。請以 UTF-8 存檔。
check-syntax = 此行無法依 TOML 讀取：{ $detail }
check-unknown-key = 不明的鍵 { $key }。
check-unknown-word = 不明的字詞 { $key }。
check-missing-key = 缺少鍵 { $key }。
check-unreadable = 與預期不符：{ $value }
check-bad-number = 並非數字：{ $value }。請以數字及小數點填寫，例如 75.3。
check-bad-period = 並非期間：{ $value }。請填寫例如 2025Q3、114Q3、2025 或 2025-09。
check-bad-date = 並非日期：{ $value }。請填寫例如 2025-09-30 或 114/09/30。
check-bad-instant = 並非時點：{ $value }。請填寫例如 2026-01-20T09:00:00+08:00。
check-nearest = 是否為 { $word }？
check-known-words = 可用：{ $words }
check-unknown-file = 此處沒有以此為名之檔案用途，不予讀取。
check-file-name = 代碼 { $id } 應置於同名檔案：{ $file }
check-duplicate = { $id } 重複使用；首見於 { $first }。
check-unknown-plan = 沒有代碼為 { $id } 的推動計畫。
check-unknown-node = 架構中沒有代碼為 { $id } 的節點。
check-unknown-agency = 沒有代碼為 { $id } 的機關。
check-unknown-programme = 沒有代碼為 { $id } 的計畫。
check-unknown-level = 沒有管制級別 { $id }。
check-unknown-unit = 單位 { $unit } 於語言檔中沒有對應字詞。
check-unknown-series = 沒有名為 { $series } 的指標。
check-bad-series = 並非序列名稱：{ $series }
check-series-scope = 此序列屬於其他檔案之計畫或節點。請僅填寫名稱。
check-not-fed = { $series } 應由資料來源介接，但沒有資料來源提供。
check-bands = 狀態門檻須依序：0 < at_risk <= on_track <= 1。
check-executed = 執行數至少須有一項組成，且不得重複。
check-due-days = 期末後超過 366 日，不宜作為填報期限。
check-proxy = 代理伺服器並非有效位址，例如 http://proxy.example.gov.tw:8080
check-secret = 檔案中之位址不得含帳號或密碼。
check-host = 並非主機名稱：{ $host }。請僅填寫名稱，不含通訊協定、連接埠或路徑。
check-no-ca-file = 沒有憑證檔 { $place }。
check-no-roles = { $person } 未設定角色，僅能讀取。
check-no-account = { $person } 未對應作業系統帳號，無法執行動作。
check-no-name = 機關沒有名稱。
check-years = 起始年不得晚於結束年。
check-name-dates = 機關名稱之日期重疊或前後顛倒。
check-parent = 上層節點須為同一推動計畫之其他節點。
check-node-plan = 該節點屬於其他推動計畫。
check-weight = 權重不得為負數。
check-no-weight = 所有指標權重均為 0，該計畫將無法評定狀態。
check-valid-dates = valid_from 晚於 valid_to。
check-target-band = 區間目標須有下限與上限；其他目標僅有一個數值。
check-target-outside = 目標期間不在推動計畫年度（{ $first } 至 { $last }）內。
check-computed = road = "computed" 與 computed_from 須同時設定。
check-unit-differs = 單位為 { $unit }，但指標單位為 { $expected }。
check-parts = numerator 與 denominator 須同時填寫。
check-line-incomplete = 預算列須填寫 period 與 span。
check-line-owner = 每列須有機關、計畫，或兩者皆有。
check-total = { $amount } 各列合計為 { $sum }，但所載合計為 { $printed }。
check-total-count = 子計畫項數合計為 { $sum }，但所載合計為 { $printed }。

### 網路、機密、介接

net-bad-url = 無法解讀資料來源的網址（{ $place }）：{ $detail }。{ $next }
net-bad-url-next = 請更正來源檔中的 url。
net-scheme = { $place }：不介接 { $scheme } 類型的網址。{ $next }
net-scheme-next = 僅接受 http 與 https；請更正來源網址，或通知入口網站維運單位其轉址有誤。
net-private = { $place } 指向私有網路（{ $address }），此來源不得存取。{ $next }
net-private-next = 如確有需要，請在來源檔寫入最終網址，並設定 allow_private = true。
net-not-allowed = { $place } 不在允許介接的主機清單內。{ $next }
net-not-allowed-proxy = { $place } 不在允許經由代理伺服器介接的主機清單內。{ $next }
net-not-allowed-next = 請將主機加入 quarterdeck.toml 中 [network] 的 allow_hosts。
net-name = { $place } 的主機查無位址：{ $detail }。{ $next }
net-name-next = 請檢查主機名稱的拼寫與本機的名稱解析服務。
net-connect = { $place } 沒有回應：{ $detail }。{ $next }
net-connect-timeout = { $place } 在 { $seconds } 秒內未能建立連線。{ $next }
net-connect-next = 先前的數值保留不變。請稍後再試；若持續發生，請檢查網址、防火牆與代理伺服器。
net-certificate = { $place } 的憑證未獲接受：{ $detail }。{ $next }
net-certificate-next = 若為機關自有憑證機構，請將其檔案加入 [network] 的 ca_files；若已知入口網站憑證鏈有誤，請在來源檔以 insecure_certificate 載明理由。
net-head-timeout = { $place } 在 { $seconds } 秒內沒有回覆。{ $next }
net-idle-timeout = { $place } 傳送 { $bytes } 位元組後停頓超過 { $seconds } 秒。{ $next }
net-whole-timeout = { $place } 全程超過 { $seconds } 秒。{ $next }
net-timeout-next = 先前的數值保留不變。請稍後再試，或提高來源檔中的 timeout_seconds。
net-status = { $place } 回覆 HTTP { $status }。{ $next }
net-status-next = 請以瀏覽器查看該網址；若此類回覆帶有有效資料，請將狀態碼加入來源檔的 accept_status。
net-status-access-next = 入口網站要求金鑰或拒絕目前的金鑰；請檢查來源檔中的 headers。
net-status-gone-next = 該網址已無資料；請查明新網址並更正來源檔中的 url。
net-status-busy-next = 入口網站要求降低查詢頻率；先前的數值保留不變，請稍後再試。
net-status-server-next = 入口網站本身發生錯誤；先前的數值保留不變，請稍後再試。若此類回覆帶有有效資料，請將狀態碼加入 accept_status。
net-redirects = { $place } 轉址超過 { $limit } 次。{ $next }
net-bad-redirect = { $place } 轉址到無法解讀的網址：{ $detail }。{ $next }
net-redirect-next = 請在來源檔寫入最終網址，或通知入口網站維運單位。
net-too-large = { $place } 的內容超過 { $limit } 位元組。{ $next }
net-too-large-next = 如屬正常，請提高來源檔中的 max_bytes。
net-bomb = { $place } 的內容由 { $sent } 位元組解壓縮為超過 { $unpacked } 位元組，已退回。{ $next }
net-bomb-next = 正常的回覆不會如此壓縮；請洽入口網站維運單位。
net-truncated = { $place } 的內容在 { $expected } 位元組中只收到 { $bytes } 位元組即中斷。{ $next }
net-truncated-open = { $place } 的內容在 { $bytes } 位元組後、結束之前中斷。{ $next }
net-truncated-next = 未儲存任何部分內容，先前的數值保留不變。請稍後再試。
net-unpack = 無法解壓縮 { $place } 的內容：{ $detail }。{ $next }
net-encoding = { $place } 使用了未要求的壓縮方式：{ $name }。{ $next }
net-encoding-next = 請洽入口網站維運單位；僅接受 gzip、br、zstd 或不壓縮。
net-ca-file = 無法使用憑證檔 { $file }：{ $detail }。{ $next }
net-ca-file-empty = 憑證檔 { $file } 中沒有憑證。{ $next }
net-ca-file-next = 請更正 quarterdeck.toml 中 [network] 的 ca_files；檔案須為 PEM 格式。
net-settings = 無法使用網路設定（{ $place }）：{ $detail }。{ $next }
net-settings-next = 請更正 [network] 的 proxy，或來源檔中的 headers。
net-interrupted = 與 { $place } 的傳輸已停止。{ $next }
net-interrupted-next = 已回報儲存者均不會遺失；可隨時重新介接。
net-broken = 與 { $place } 的傳輸失敗：{ $detail }。{ $next }
net-file-held-open = { $file } 正由其他程式開啟。{ $next }
net-file-held-open-next = 請先在該程式中關閉後再試。
net-file-disk-full = 無法寫入 { $file }：磁碟空間已滿。{ $next }
net-file-disk-full-next = 請清出空間後再試；已儲存者不會遺失。
net-file-read-only = 無法寫入 { $file }：{ $detail }。{ $next }
net-file-read-only-next = 請申請此資料夾的寫入權限，或改用其他資料夾。
net-file-failed = 無法寫入 { $file }：{ $detail }。{ $next }
net-file-failed-next = 請確認資料夾存在且可寫入。

secret-env-missing = 找不到機密 { $reference }：沒有此環境變數。{ $next }
secret-file-unreadable = 無法讀取機密 { $reference }：{ $detail }。{ $next }
secret-empty = 機密 { $reference } 是空的。{ $next }
secret-keyring = { $reference }：此版本無法讀取金鑰圈中的機密。{ $next }
secret-next = 請在本機以 env:名稱 或 file:路徑 設定；機密本身不得寫入來源檔。

collect-unknown-source = 沒有資料來源 { $source }。
collect-unknown-source-near = 沒有資料來源 { $source }；是否為 { $near }？
collect-disabled = 資料來源 { $source } 已停用：{ $reason }
collect-refused = { $reason } 內容開頭為：{ $excerpt }
collect-some-rejected = 退回的數值：{ $total } 筆中有 { $rejected } 筆
collect-too-many-pages = 資料來源沒有結尾：已讀取 { $pages } 頁。請檢查來源檔的分頁設定。
collect-store-broken = 無法儲存收到的內容：{ $detail }。請檢查磁碟後重新介接。
collect-folder-outside = 資料來源 { $source }：資料夾「{ $folder }」必須位於工作區內，不得含「..」或使用絕對路徑。請更正來源檔中的 folder。
collect-folder-unreadable = 資料來源 { $source }：無法讀取資料夾 { $folder }：{ $detail }。請建立該資料夾，或更正來源檔中的 folder。
collect-folder-empty = 資料來源 { $source }：資料夾 { $folder } 中沒有符合 { $pattern } 的檔案。請放入檔案後重新介接。
collect-file-unreadable = 無法讀取檔案 { $file }：{ $detail }。若正由其他程式開啟，請關閉後重新介接。
collect-file-too-large = 檔案 { $file } 超過 { $limit } 位元組。如屬正常，請提高來源檔中的 max_bytes。
collect-link-escapes = 資料來源 { $source }：指向資料夾之外的連結未予讀取：{ $files }
collect-insecure-certificate = 資料來源 { $source }：未檢查其憑證。載明理由：{ $reason }
collect-money-not-whole = { $series }：「{ $printed }」不是新臺幣整數元。
collect-money-owner = { $series }：計畫清冊中沒有此金額所屬的計畫、機關或推動計畫（{ $printed }）。


## 命令列、工作區與填報

cli-about = Quarterdeck：數位政府計畫績效監測
cli-usage = 用法：
cli-commands = 指令
cli-arguments = 引數
cli-options = 選項
cli-global-options = 共用選項（可放在指令之前或之後）
cli-after-help =
    不加指令時開啟終端機畫面。
    QUARTER：2025Q3、114Q3（年份小於1000為民國年）、114年第3季。AS_OF：日期或 RFC 3339 時間。
    FIGURE：範圍/名稱[.部分][@期間]，例如 P12/budget.paid@2025Q3。「-」為標準輸入或標準輸出。
    結束碼：0 完成，1 部分完成或符合 --fail-on，2 用法或設定有誤，3 無法執行，
    4 驗證不符，5 工作區使用中，130 已中斷。
cli-demo = 建立虛構數字的示範工作區，完成介接並產出季報
cli-init = 建立起始工作區，內含29列計畫清冊與實際資料來源的預設檔
cli-check = 離線列出工作區檔案的所有問題
cli-collect = 介接各資料來源並儲存
cli-sources = 顯示資料來源是否回應、資料新舊
cli-status = 顯示各計畫執行情形
cli-enter = 填報一項數字
cli-correct = 更正一項數字並說明理由
cli-withdraw = 依填報編號撤回人工填報的數字並說明理由
cli-report = 產出季報
cli-completions = 輸出指令列自動補全設定
cli-arg-workspace = 工作區資料夾（未指定時依序採用 $QD_WORKSPACE、最近一層含 quarterdeck.toml 的上層資料夾）
cli-arg-lang = zh-TW 或 en（未指定時依序採用 $QD_LANG、工作區設定）
cli-arg-json = 輸出 JSON，格式定義見 assets/schema
cli-arg-quiet = 不顯示進度與訊息
cli-arg-verbose = 於標準錯誤輸出紀錄：時間、等級、批次、來源、訊息
cli-arg-color = auto（自動）、always（一律）或 never（不用）顏色
cli-arg-read-only = 完全不寫入
cli-arg-help = 顯示說明
cli-arg-version = 顯示版本
cli-arg-demo-dir = 示範資料夾，預設 quarterdeck-demo
cli-arg-serve = 完成後繼續在本機此連接埠提供示範入口，按 Ctrl-C 結束
cli-arg-init-dir = 空的或尚不存在的資料夾
cli-arg-source = 僅此資料來源，可重複
cli-arg-dry-run = 僅查詢與解讀，不儲存
cli-arg-quarter = 季別，預設為最近結束的一季
cli-arg-as-of = 以該日結束時或該時間點所知為準，預設為現在
cli-arg-programme = 僅此計畫，可重複
cli-arg-fail-on = 計畫或指標屬於所列狀態時以1結束：behind、at_risk、late、stale、rejected 等
cli-arg-figure = 數字位址，未寫期間時為最近結束的一期
cli-arg-value = 以該數字單位表示的值，例如 75.3% 或 1,234；工作項目填1或0；風險填高、中或低
cli-arg-evidence = 佐證資料檔案，依雜湊值儲存
cli-arg-note = 備註；若數字已存在，作為更正理由
cli-arg-reason = 理由，留存於歷程
cli-arg-entry = 填報編號，即 enter 所顯示者
cli-arg-out = 檔案輸出的資料夾
cli-arg-format = pdf、csv 或兩者，預設兩者
cli-arg-shell = bash、zsh、fish、powershell 或 elvish

cli-unknown-language = 沒有「{ $language }」這種語言。
cli-unknown-language-next = 請用 zh-TW 或 en。
cli-unknown-argument = 此處沒有「{ $argument }」。
cli-unknown-command = 沒有「{ $command }」這個指令。
cli-value-missing = { $argument } 需要一個值。
cli-bad-value = 「{ $value }」不能作為 { $argument } 的值。
cli-argument-missing = 缺少：{ $argument }
cli-argument-twice = { $argument } 不能用在此處，或不能重複。
cli-wrong-use = 無法理解此命令列。
cli-did-you-mean = 是否為「{ $suggestion }」？
cli-see-help = 請見 qd --help。
cli-no-terminal = 終端機畫面需要終端機。
cli-no-terminal-next = 請試 qd status。
cli-no-workspace-next = 請以 --workspace 或 $QD_WORKSPACE 指定資料夾，以 qd init DIR 建立，或以 qd demo 觀看示範。
cli-output-failed = 無法輸出：{ $detail }
cli-bad-quarter = 「{ $text }」不是季別。
cli-bad-quarter-next = 請寫 2025Q3、114Q3 或 114年第3季。
cli-bad-as-of = 「{ $text }」不是日期或時間。
cli-bad-as-of-next = 請寫日期如 114.10.20 或 2025-10-20，或時間如 2025-10-20T09:00:00+08:00。
cli-bad-figure = 「{ $figure }」不是數字位址。
cli-bad-figure-next = 請寫 範圍/名稱@期間，例如 P01/gold-share@2025Q3。
cli-unknown-status = 「{ $word }」不是狀態。
cli-known-words = 可用：{ $words }
cli-unknown-programme = 沒有計畫 { $programme }。
cli-unknown-programme-next = qd status 列出各計畫。
cli-unknown-source = 沒有資料來源 { $source }。
cli-unknown-source-next = qd sources 列出各資料來源。
cli-severity-error = 錯誤
cli-severity-warning = 警告
cli-severity-info = 提示
cli-check-summary = 計畫：{ $programmes }，資料來源：{ $sources }。錯誤：{ $errors }，警告：{ $warnings }。
cli-init-done = 已建立 { $folder }，檔案數：{ $files }
cli-init-next = 接著請在 { $folder }/register/people.toml 加入您自己（帳號為 { $account }），再執行 qd check 與 qd status。
cli-collect-started = { $source }：查詢中（第{ $position }項，共{ $of }項）
cli-collect-reading = { $source }：{ $kib } KiB
cli-collect-page = { $source }：目前列數 { $rows }
cli-collect-retrying = { $source }：再試一次。{ $message }
cli-collect-source = { $source }：{ $outcome }，列數 { $rows }，數字 { $readings }，新增 { $new }
cli-collect-source-said = { $source }：{ $outcome }，列數 { $rows }，數字 { $readings }，新增 { $new }。{ $message }
cli-collect-done = { $quarter }：{ $of }個資料來源中{ $good }個完成介接，新增數字：{ $new }
cli-collect-dry = { $quarter }：{ $of }個資料來源中{ $good }個有回應；未儲存任何資料。
cli-collect-interrupted = 已中斷。已回報儲存者均已儲存，新增數字：{ $new }
cli-collect-no-sources = 沒有啟用的資料來源。請見工作區的 sources 資料夾；qd check 會指出問題。
cli-outcome-good = 正常
cli-outcome-partial = 有檢核提示
cli-outcome-rejected = 退回
cli-outcome-failed = 無回應
cli-outcome-stopped = 已中止
cli-outcome-never = 尚未查詢
cli-outcome-disabled = 停用
cli-column-source = 資料來源
cli-column-kind = 種類
cli-column-outcome = 最近結果
cli-column-last-attempt = 時間
cli-column-newest-data = 資料日期
cli-column-age = 距今
cli-column-rows = 列數
cli-column-message = 訊息
cli-column-id = 編號
cli-column-status = 狀態
cli-column-programme = 計畫
cli-column-lead = 主辦
cli-column-indicators = 達標數
cli-column-variance = 進度差異（百分點）
cli-column-execution = 執行率
cli-column-oldest = 最舊資料
cli-sources-none = 此工作區沒有資料來源。
cli-status-heading = { $quarter }（{ $id }），資料時點 { $as-of }
cli-status-demo = 示範：所有數字均為虛構。
cli-status-running = 本季未結束，第{ $day }／{ $days }日。
cli-status-programmes = 計畫數 { $programmes }
cli-status-exceptions = 例外清單（{ $shown }／{ $of }），依金額、落後程度與時間排序：
cli-status-problems = 工作區檔案的問題：{ $problems }。請執行 qd check。
cli-entered = { $figure } 已填報，編號 { $row }。撤回：qd withdraw { $row } --reason 理由
cli-corrected = { $figure } 已更正，編號 { $row }。
cli-withdrawn = 填報 { $figure } 已撤回，編號 { $row }。
cli-report-making = 正在產出{ $quarter }季報
cli-report-done = 已產出{ $quarter }季報，檔案數：{ $files }
cli-report-written = 已產出{ $quarter }季報於 { $folder }，檔案數：{ $files }
cli-report-stdout = 標準輸出只能容納一個檔案：請加 --format pdf。
cli-report-published = 此資料夾為已發布的季報，不得覆寫。請指定其他資料夾。
cli-demo-step = 已介接{ $quarter }（{ $done }／{ $of }）
cli-demo-interrupted = 已中斷。請再執行 qd demo 重新建立 { $folder }。
cli-demo-serving = 示範入口於 { $origin } 提供服務，按 Ctrl-C 結束。
cli-demo-next =
    示範工作區位於 { $folder }，儲存數字：{ $readings }。所有數字均為虛構。
    季報：{ $report }
    接著可試：
      cd { $folder }
      qd                                        終端機畫面
      qd status --quarter 114Q3 --json          供程式讀取
      qd status --as-of 113.8.1                 當日所知的情形
      qd sources                                資料來源是否回應
      qd collect                                再介接一次
      DEMO.md                                   埋設情節與位置

session-read-only-asked = 已指定 --read-only，不寫入任何資料。
session-read-only-asked-next = 如需寫入，請勿加 --read-only。
session-read-only-as-of = 檢視先前資料時點時不能填報。
session-nobody-mapped = 帳號 { $account } 未列於 register/people.toml，故此工作區僅能檢視，不能變更。
session-nobody-mapped-next = 請在 register/people.toml 加入 accounts = ["{ $account }"] 及 roles = ["enter"] 的人員。
session-role-missing = { $person } 沒有 { $role } 權限。
session-role-missing-next = 人員權限列於 register/people.toml。
session-no-database = 此工作區尚無資料庫。
session-no-workspace = 尚未開啟工作區。
session-run-check = 請執行 qd check 檢視所有問題。
session-failed-at = { $place }：{ $what }

entry-already-there = { $figure } 已有數字：{ $value }（填報編號 { $row }）。
entry-already-there-next = 請用 qd correct 更正，或以 --note 說明理由。
entry-nothing-to-correct = { $figure } 從未記錄，無從更正。
entry-nothing-to-correct-next = 請用 qd enter。文獻所載數請於計畫清冊檔案更正。
entry-no-such-row = 沒有編號 { $row } 的填報。
entry-not-by-person = 編號 { $row } 來自資料來源或文獻，並非人工填報。
entry-not-by-person-next = 請用 qd correct 以其他數值取代。
entry-withdrawn-already = 編號 { $row } 已不採計：已撤回，或本身即為撤回。
entry-future-period = { $period }尚未開始（今日為 { $today }）。
entry-evidence-unreadable = 無法讀取佐證資料 { $file }。{ $detail }
entry-evidence-too-large = 佐證資料 { $file } 超過 { $limit } 位元組。
entry-reason-missing = 請填理由。
entry-road-source = { $figure } 由資料來源介接，不由人工填報。如數值有誤，請用 qd correct。
entry-road-document = { $figure } 為文獻所載數，無須填報。如需填報，請於計畫清冊設定 road = "entry"。
entry-road-computed = { $figure } 由其他數字計算而得。
entry-empty = 未填數值。
entry-too-long = 數值過長。
entry-not-done-word = 「{ $text }」不是完成與否：請填1或0。
entry-not-risk-word = 「{ $text }」不是風險等級：請填高、中或低。
entry-percent-unexpected = 「{ $text }」為百分比，但單位是{ $unit }。
entry-not-whole-ntd = 「{ $text }」不是新臺幣整數金額。
entry-not-whole = 「{ $text }」不是整數。
entry-unknown-figure = 沒有可填報的數字 { $figure }。
entry-unknown-figure-nearest = 沒有可填報的數字 { $figure }。是否為 { $nearest }？
status-json-portfolio = 整體計畫

session-target-dropped = { $title }：{ $period }之目標值 { $value }（{ $set }訂定）於{ $day }由{ $person }自計畫清冊刪除。
session-target-dropped-undated = { $title }：{ $period }之目標值 { $value } 於{ $day }由{ $person }自計畫清冊刪除。
cli-collect-running = 介接中：{ $of }個資料來源已完成{ $done }個，已接收 { $kib } KiB（{ $source }）
collect-refused-status = 以 HTTP { $status } 回應，且內容無法採用：{ $reason }
collect-file-refused = { $file } 已退回：{ $reason }
collect-folder-many = 資料來源 { $source }：資料夾中另有 { $count } 個較舊的檔案不再檢視。請將已讀取的檔案移到其他資料夾。
cli-collect-broken-file = { $place }：未介接此資料來源。{ $problem }
cli-collect-broken-source = 資料來源 { $source } 的檔案無法讀取，因此未介接。{ $problem }
cli-collect-broken-source-next = 請更正 { $place } 後重新介接；qd check 會列出所有問題。
cli-two-sentences = { $first }{ $second }
check-cumulative-step = 累計指標每年自零起算，但其年度目標值自第1季即以全年計。
check-cumulative-step-next = 請設定 trajectory = "linear"，或逐季訂定目標值。
entry-period-frequency = { $figure } 不以{ $period }填報，應填期間為{ $expected }。
entry-period-outside = { $figure } 於{ $period }無須填報，最近之應填期間為{ $expected }。
entry-progress-range = 累計進度應介於0至100%，{ $text }不在此範圍。
session-chain-broken = 人員作業紀錄自第{ $act }筆起與前筆不相連，可能遭程式外修改。請與最近一次印出之季報所載雜湊值比對，並由備份還原。
cli-withdrawn-now = 目前數值為 { $value }（第{ $row }列）。
cli-withdrawn-nothing = 此數值已無紀錄，須重新填報。
collect-inbox-empty = 資料來源 { $source }：資料夾 { $folder } 中沒有套件（資料夾或符合 { $pattern } 的檔案）。請放入後重新介接。
collect-package-link = 「{ $file }」是捷徑連結或不是一般檔案。請將檔案本身放入套件。
collect-package-many = 套件內檔案超過 { $limit } 個，或資料夾層數過多。
collect-package-too-large = 套件超過 { $limit } 位元組。若大小無誤，請調高資料來源檔案的 max_bytes。

collect-probe-down = { $source } 無法使用：{ $reason }
collect-probe-not-counted = { $source } 與中立網址皆無法連線：本機網路似已中斷，本次探測不計。{ $reason }
collect-sql-account = { $place } 不接受帳號或密碼（{ $code }）。請檢查 [sql] 的 user 與 password 及其所指密鑰。
collect-sql-busy = { $place } 目前無法連線（{ $code }）。先前的數值保留不變，請稍後重新介接。
collect-sql-database = { $place } 沒有這個資料庫（{ $code }）。請更正 url。
collect-sql-denied = 此帳號無權讀取查詢所需的 { $place } 資料（{ $code }）。請申請讀取權限，僅此即可。
collect-sql-locked = { $place } 正有他人寫入而鎖定（{ $code }）。先前的數值保留不變，請稍後重新介接。
collect-sql-no-tls = { $place } 未提供加密連線。請開啟加密；若線路安全，可於 [sql] 設定 tls = "prefer" 或 "off"。
collect-sql-outside = 檔案 { $file } 位於工作區之外；如確有需要，請寫完整路徑。
collect-sql-refused = { $place } 無法執行查詢（{ $code }）：{ $detail }。請更正 [sql] 的 query。
collect-sql-timeout = 對 { $place } 的查詢超過 { $seconds } 秒，已終止（{ $code }）。請縮小查詢範圍，或提高 statement_timeout_seconds。
collect-sql-too-many = 對 { $place } 的查詢結果超過 { $limit } 列。請於查詢中彙總，或提高 row_cap。
collect-sql-writes = 對 { $place } 的查詢不是單一且僅供讀取的 SELECT，資料未經任何變更。請更正 [sql] 的 query。
secret-literal = 簽章金鑰必須是參照，不得為機密本身。{ $next }
secret-unusable = { $reference } 的內容含引號或控制字元，不能作為帳號名稱。{ $next }
collect-no-thread = 無法開始介接：{ $detail }。請關閉其他程式後重新介接。

collect-held = 該平臺要求於 { $until } 之前勿再查詢。
collect-limit-day = 24小時內可呼叫的{ $calls }次已用完，下次可於 { $until } 查詢。
collect-limit-pause = 兩次呼叫須間隔{ $seconds }秒，下次可於 { $until } 查詢。
collect-unchanged = 該平臺表示內容未變更。
collect-unchanged-since = 該平臺表示內容自 { $since } 起未變更。
check-at-once = { $key } 須為1至{ $most }的整數。
cli-collect-began = 開始介接
cli-outcome-too-early = 未查詢
cli-arg-watch = 持續執行，依各資料來源的排程查詢
cli-arg-openmetrics = 以 OpenMetrics 文字輸出資料來源健康狀態
cli-arg-log-format = stderr 紀錄的格式：text 或 json
cli-upgrade = 備份舊版資料庫並升級
cli-upgraded = 資料庫已由結構{ $from }升級至{ $to }，舊檔保留為 { $backup }。
cli-upgrade-nothing = 無須升級：資料庫的結構為{ $to }。
cli-watch-demo = 示範工作區的時鐘固定不動，排程永遠不會到期。
cli-watch-demo-next = 請在示範工作區使用 qd collect，或在 qd init 建立的工作區使用 --watch。
cli-column-next-run = 下次查詢
cli-source-due = 已到期
cli-source-calls-left = （剩餘{ $calls }次）
openmetrics-up = 最近一次查詢是否取得數字。
openmetrics-last-attempt = 最近一次查詢的時間。
openmetrics-last-success = 最近一次取得數字的時間。
openmetrics-age = 最新資料距今的時間。
openmetrics-rows = 最近一次回應的列數。
openmetrics-calls-left = 該平臺24小時內仍允許的呼叫次數。
openmetrics-next-run = 下次查詢的時間。
watch-plans = 開始值守，有排程的資料來源：{ $sources }個
watch-plans-next = 開始值守，有排程的資料來源：{ $sources }個，最近一個於 { $next } 到期
watch-schedule-unknown = { $source } 不會被查詢：無法理解其排程，詳見 qd check。
watch-asks = 查詢中
watch-reloaded = 已重新讀取檔案並生效。
watch-kept-old = 仍沿用先前的檔案內容。請更正檔案，下次變更或收到 SIGHUP 時會重新讀取。
watch-job-broken = 一次執行中斷。{ $detail }
watch-stopped = 已停止。已回報儲存者均已儲存。
check-expression-operand = 「{ $value }」既非數字亦非指標名稱。指標請寫如 P12/budget.paid，數字不加千分號。
check-expression-operator = 「{ $value }」不是運算符號。兩個指標之間請以空白隔開，並用 +、- 或 *。
check-expression-period = 「{ $value }」載有期間。檢核規則之指標均屬同一季，請刪去 @ 及其後文字。
check-expression-end = 算式不完整（{ $value }）：其後應有指標或數字。
check-expression-long = 算式逾 2000 字元，請拆成數條規則。
check-validation-id = 規則編號限用英文字母、數字、- 與 _，至多 60 字元。
check-validation-say = 規則未載明應如何處理：say 須有 zh-TW 與 en 兩種文字。
check-validation-numbers = 此規則未提及任何指標，無從檢核。
check-validation-for-missing = 使用 { "{" }programme{ "}" } 時，須加上 for = "each programme"。
check-validation-for-unused = 規則載有 for，惟兩側均未使用 { "{" }programme{ "}" }。請改用 { "{" }programme{ "}" }/指標，或刪去 for。
check-validation-reject = reject = true 僅適用於 importance = "error"，且左式為單一填報指標之規則；金額與計算指標無法退回。
check-quality-range = { $key } 須介於 { $least } 與 { $most } 之間；0 為不檢核。
check-z-score = z_score 不得為負；0 為不檢核。

trial-good = 已讀懂：{ $rows }列、{ $readings }個數值。未儲存任何資料。
trial-no-figure = 已讀取，但沒有得到任何數值。請修改欄位、路徑或期間。

catalogue-no-address = 請填寫網址或資料夾。
catalogue-bad-id = 代碼「{ $id }」只能使用小寫英文字母、數字及連字號，最多60字。
catalogue-exists = 已有檔案 sources/{ $id }.toml，未覆寫任何內容。
catalogue-exists-next = 請改用其他代碼。
catalogue-kind-unknown = 沒有「{ $kind }」這種類型。可用類型：{ $known }。
catalogue-not-a-number = 「{ $text }」不是天數。
catalogue-line-wrong = 來源檔內容有誤：{ $problem }
catalogue-not-written = 未能寫入 sources/{ $id }.toml：{ $reason }
catalogue-saved = 已儲存為 sources/{ $id }.toml，將依排程介接，也可在其列立即介接。
catalogue-remark = 由 { $place } 新增。
catalogue-heading-columns = { $source } 的欄位
catalogue-heading-rows = 前幾列
catalogue-heading-paths = 回應中的路徑
catalogue-heading-map = 可能適用的對應；請確認後再寫入 sources/{ $source }.toml
catalogue-heading-figures = 將會儲存的數值
catalogue-column = 欄位
catalogue-guess = 類型
catalogue-blank = 空白 %
trial-stopped = 在收到回應之前已停止。

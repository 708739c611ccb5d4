# 資料庫、鎖定與檢核；該怎麼做見同名加 -next 之句。

store-busy = 另一個程序正在寫入資料庫 { $file }（{ $detail }）。
store-busy-next = 未儲存任何資料，請待其完成後再試一次。
store-corrupt = 資料庫檔案 { $file } 已損壞或不是資料庫（{ $detail }）。
store-corrupt-next = 請保留原檔，並將工作區最近一次備份還原至另一個資料夾。
store-newer = 資料庫 { $file } 由較新版本建立：結構版本為 { $schema }，本程式支援至 { $known }。
store-newer-next = 請安裝支援結構版本 { $schema } 的程式；未變更任何資料。
store-older = 資料庫 { $file } 由較舊版本建立：結構版本為 { $schema }，本程式使用 { $known }。
store-older-next = 請在工作區執行 qd upgrade，會先保留備份。資料未變更。
store-full = 資料庫 { $file } 已無儲存空間（{ $detail }）。
store-full-next = 請騰出空間後再執行一次；已回報儲存的資料均完整。
store-read-only = 資料庫 { $file } 無法寫入（{ $detail }）。
store-read-only-next = 請取消 --read-only，或為您的帳號開放該資料夾的寫入權限。
store-missing = 找不到資料庫 { $file }。
store-missing-next = 請檢查工作區路徑，或以 qd init 建立新的工作區。
store-empty = 資料庫 { $file } 是空的。
store-foreign = 檔案 { $file } 是其他程式的資料庫。
store-foreign-next = 請檢查工作區路徑；未變更任何資料。
store-log-pending = 資料庫 { $file } 旁有中斷寫入所留下、尚未併入的日誌，讀取前必須先寫入。
store-log-pending-next = 請先不加 --read-only 開啟工作區一次。
store-other = 無法使用資料庫 { $file }（{ $detail }）。
store-other-next = 請再執行一次；若仍失敗，請將此訊息交給系統管理人員。
store-backup-exists = 備份檔 { $file } 已存在。
store-backup-exists-next = 請改用其他檔名，或先移開該檔案。

store-network-share = 資料庫 { $file } 位於網路共用資料夾（{ $kind }）：改用回復日誌而非預寫日誌，寫入較慢。

store-no-such-row = 資料庫 { $file } 沒有第 { $row } 筆紀錄，無法更正或撤回。
store-no-such-row-next = 紀錄編號於執行 qd enter 及 qd correct 時顯示。
store-bad-series = 數列 { $series } 含有數值位址不允許的字元（{ $file }）。
store-bad-series-next = 請寫成「範圍/名稱」，僅使用文字、數字、連字號與底線。
store-too-wide = { $series } 的數值 { $value } 位數過多，無法精確儲存（{ $file }）。
store-too-wide-next = 請輸入 18 位以內的數值，或改用較大的單位。
store-rejected-too-wide = 數值 { $value } 位數過多，無法精確儲存。
store-capture-hash = 擷取內容的雜湊值與所宣告者不符（{ $sha256 }，{ $file }）。

store-row-damaged = 資料庫第 { $row } 筆紀錄與其檢查碼不符，不予採計。請更正數值或由備份還原。
store-rows-missing = 資料庫缺少第 { $first } 至 { $last } 筆紀錄。

store-lock-busy = 工作區使用中：{ $host } 上的程序 { $pid } 自 { $since } 起執行 { $command }（{ $file }）。
store-lock-busy-unnamed = 工作區正由另一個程序使用（{ $file }）。
store-lock-busy-next = 請待其完成後再執行一次。
store-lock-unwritable = 鎖定檔 { $file } 無法寫入（{ $detail }）。
store-lock-unwritable-next = 請為您的帳號開放該資料夾的寫入權限，或使用 --read-only。

store-query-blob = { $file } 第 { $row } 列的 { $column } 欄為位元組而非文字：請自查詢移除該欄，或於查詢中轉換。{ $next }
store-query-changed = 讀取 { $file } 期間，另一程式變更了檔案。{ $next }
store-query-damaged = { $file } 已損毀，或不是 SQLite 資料庫（{ $detail }）。{ $next }
store-query-encoding = { $file } 第 { $row } 列的 { $column } 欄文字不是 UTF-8，請由原程式改以 UTF-8 寫入。{ $next }
store-query-locked = { $file } 正由另一程式寫入而鎖定。{ $next }
store-query-next = 先前的數值保留不變；請重新介接。
store-query-refused = { $file } 無法執行查詢：{ $detail }。請更正 [sql] 的 query。{ $next }
store-query-stopped = 對 { $file } 的查詢已停止。{ $next }
store-query-timeout = 對 { $file } 的查詢超過 { $seconds } 秒，已終止。請縮小查詢範圍，或提高 statement_timeout_seconds。{ $next }
store-query-too-large = { $file } 的查詢結果超過 { $limit } 位元組。請縮小查詢範圍，或提高 max_bytes。{ $next }
store-query-too-many = 對 { $file } 的查詢結果超過 { $limit } 列。請於查詢中彙總，或提高 row_cap。{ $next }
store-query-unreadable = 無法開啟 { $file } 讀取（{ $detail }）。請檢查路徑與權限。{ $next }
store-query-writes = 對 { $file } 的查詢不是單一且僅供讀取的 SELECT，未予執行。請更正 [sql] 的 query。{ $next }

store-pruned = 原始回應 { $sha256 } 已由人員清理；其雜湊值及取得紀錄仍在。
store-pruned-next = qd log 可查何人何時清理；此前之備份仍存有該回應。
store-act-unsigned = { $file }：此動作載為已簽章，但無該人員之金鑰，未儲存任何資料。{ $next }
store-act-unsigned-next = 請重新指定金鑰後再試。
store-original-missing = 此原始回應之檔案遺失：{ $file }。
store-original-missing-next = 請自備份取回該檔案；qd verify 可列出所有遺失之回應。
store-original-not-a-file = 此原始回應之檔案並非一般檔案：{ $file }。

# Texts of the room kpi: rules, findings, numbers, exceptions, and the field's words for amounts and ratios.

## Words

stage-provisional = 初步值
stage-revised = 修正值
stage-final = 確定值

unit-year = 年

amount-budget = 法定預算數
amount-available = 可支用預算數
amount-planned-spend = 累計預定支用數
amount-allotted = 累計分配數
amount-paid = 實支數
amount-payable = 應付未付數
amount-saved = 節餘數
amount-carried-over = 保留數
amount-settled = 決算數
amount-executed = 執行數

ratio-execution-rate = 執行率
ratio-disbursement-ratio = 支用比
ratio-attainment = 經費達成率
ratio-settlement-ratio = 決算數占預算數

## Numbers that could not be read

number-empty = 儲存格空白。請填入數值，或不填此項。
number-no-value = 「{ $text }」表示無數值。請填入數值，或不填此項。
number-unreadable = 「{ $text }」不是數值。請寫成1234.5、75.3 %或1.2億。
number-commas = 「{ $text }」的千分位逗號位置不對。請寫成1,234或1234。
number-digits = 「{ $text }」超過{ $most }位數。請確認數值及單位。
number-decimals = 「{ $text }」小數超過{ $most }位。請依公布位數四捨五入。

## Rules of an indicator

rule-quantity = { $number } { $unit }
rule-quantity-bound = { $sign } { $number }
rule-quantity-bound-unit = { $sign } { $number } { $unit }
rule-met-higher = 實際值{ $actual }，已達目標值{ $target }。
rule-met-lower = 實際值{ $actual }，在目標值{ $target }以內（愈低愈好）。
rule-met-band = 實際值{ $actual }，介於{ $target }與{ $upper }之間。
rule-on-track = 實際值{ $actual }、目標值{ $target }，達成率{ $achievement }，在{ $edge }以上。
rule-at-risk = 實際值{ $actual }、目標值{ $target }，達成率{ $achievement }，未達{ $above }，在{ $edge }以上。
rule-behind = 實際值{ $actual }、目標值{ $target }，達成率{ $achievement }，未達{ $edge }。
rule-missed = 實際值{ $actual }，未達目標值{ $target }。此指標無達成率，以比較判定。
rule-missed-band = 實際值{ $actual }，不在{ $target }至{ $upper }之間。此指標無達成率，以比較判定。
rule-bound-undecided = { $actual }不足以判定是否達到目標值{ $target }，須有更確定的數值。
rule-milestone-done = 已完成。
rule-milestone-undated = 尚未完成。文件未載日期，不列為逾期。
rule-milestone-overdue = 尚未完成，應於{ $day }前完成。
rule-open-until = 期限為{ $day }，尚未屆期。
rule-not-due = 尚未屆期，應於{ $due }前填報。
rule-period-running = 尚未屆期，期間未結束。
rule-first-expected = 尚未屆期，首次應填報期間為{ $period }。
rule-ended = 此定義適用至{ $day }，其後不再填報。
rule-no-data = 尚未收到數值，亦無逾期。
rule-zero-denominator = 分母為零，無法計算比率。
rule-late = 未收到數值，應於{ $due }前填報。
rule-stale = 數值已{ $age }天，上限{ $most }天。
rule-rejected = 「{ $text }」已退回。{ $reason }
rule-rejected-without-text = 收到之數值已退回。{ $reason }
rule-broken-row = 第{ $row }列與其檢核碼不符；更正或由備份還原前，不顯示此數值。
rule-no-target = 無目標值，僅列示，不評定。
rule-formula-actual-over-target = { $actual }／{ $target }＝{ $achievement }
rule-formula-target-over-actual = { $target }／{ $actual }＝{ $achievement }（愈低愈好）
rule-formula-from-baseline = （{ $actual }－{ $baseline }）／（{ $target }－{ $baseline }）＝{ $achievement }

## Rule of a programme

rule-programme-behind = 落後：{ $of }項指標中有{ $behind }項落後（worst-known@1）。
rule-programme-at-risk = 預警（worst-known@1）：預警{ $at-risk }項、逾期未報{ $late }項、資料過舊{ $stale }項、退回{ $rejected }項。
rule-programme-unknown = 未知：已知權重{ $known }，未達半數（worst-known@1）；其餘多為{ $cause }。
rule-programme-on-track = 符合進度：已知指標無落後或預警，已知權重{ $known }（worst-known@1）。
rule-programme-met = 達標：應評定之{ $of }項指標全數達標（worst-known@1）。
rule-programme-no-indicators = 未知：本計畫尚無指標（worst-known@1）。
rule-programme-no-targets = 未知：各指標均無目標值，僅列示，不評定（worst-known@1）。

## Lagging plans

rule-lagging-ndc-110q2 = NDC 110Q2
rule-lagging-ly-80 = 立法院80 %
rule-lagging-no-value = 未知

## Findings

finding-printed-ratio = 所載{ $printed }，惟其分子分母{ $numerator }／{ $denominator }＝{ $given }，兩者不符。{ $base }
finding-printed-ratio-zero = 所載{ $printed }，惟其分母為{ $denominator }，無法計算比率。
finding-printed-ratio-base = 所載比率之分母應為{ $least }至{ $most }，文件未載。
finding-printed-ratio-no-base = 無任何整數分母可得所載比率。
finding-target-changed = 目標值於{ $day }由{ $former }調整為{ $target }。
finding-target-changed-undated = 目標值由{ $former }調整為{ $target }，未載調整日期。
finding-value-jump = { $quarter }為{ $before }，本季為{ $now }，相差十倍以上，請確認單位。
finding-partial-sum = 整體執行率涵蓋{ $all }項計畫中之{ $known }項；其餘資料不足，未知數不以零計。

## Exceptions

exception-first = 首次
exception-running = 連{ $quarters }季
exception-what-both = 執行率{ $execution }，差異{ $points }百分點，{ $since }
exception-what-execution = 執行率{ $execution }，{ $since }
exception-what-variance = 差異{ $points }百分點，{ $since }
exception-what-indicators = { $of }項指標中有{ $good }項符合進度，{ $since }
exception-what-unknown = { $of }項指標中有{ $missing }項無可用數值，{ $since }
exception-why-indicator = { $indicator }：{ $rule }
exception-why-lagging = 依{ $rule }為落後計畫，{ $conditions }項條件皆符
rule-sum-running = 尚未屆期，期間未結束；目前累計值僅供參考，不予評定。
rule-month-late = 缺{ $month }之數值，應於{ $due }前填報；已有之數值僅供參考，不予評定。
rule-validation-broken = 規則 { $rule }：{ $left }應 { $operator } { $right }
rule-validation-side = { $expression }（{ $value }）
finding-validation = { $broken }，與檢核規則不符。{ $say }
finding-validation-as-zero = { $broken }，與檢核規則不符（{ $missing } 無資料，依規則以零計）。{ $say }
finding-validation-refused = { $broken }，與檢核規則不符，依規則退回，保留原填報值。{ $say }
finding-validation-missing = 規則 { $rule } 無法檢核：{ $missing } 無確切數值。{ $say }
finding-validation-too-large = 規則 { $rule } 無法檢核：數值位數過多，無法精確計算。請檢查各數值。
finding-unit-factor = { $quarter }為{ $before }，本季為{ $now }，相差約{ $factor }倍。請確認單位（例如千元與元），有誤請更正。
finding-negative = 本季為{ $now }，惟此類數值不應為負。請向填報機關確認，有誤請更正。
finding-negative-amount = 金額為負（{ $now }）。請確認是否為收回款項，有誤請更正。
finding-sign-change = { $quarter }為{ $before }，本季為{ $now }，正負號改變。請確認，有誤請更正。
finding-share-range = 本季為{ $now }，逾0至100 %之範圍{ $parts }。請確認分子與分母；此指標得逾100 %者，請於指標檔註明 share = false。
finding-share-parts = （{ $numerator }／{ $denominator }）
finding-cumulative-falls = 累計數由{ $quarter }之{ $before }降為{ $now }。累計數不應減少，請確認，有誤請更正。
finding-numerator-falls = 累計分子由{ $quarter }之{ $before }降為{ $now }。累計數不應減少，請確認，有誤請更正。
finding-unchanged = 連續{ $quarters }季均為{ $now }。請確認資料是否更新，或沿用前季數值。
finding-z-score = 本季為{ $now }；前{ $readings }季介於{ $least }與{ $most }之間，本季偏離平均逾{ $limit }個標準差。請確認並於附註說明原因。
finding-target-lowered = 目標值於{ $day }由{ $former }調降為{ $target }（{ $by }決定），調降前已未達標：{ $quarter }實際{ $actual }，當時應達{ $asked }。
finding-target-nobody = 未載何人
finding-target-met-at-start = 起始時（{ $baseline }）即已達目標值{ $target }，此目標值無所要求。
finding-ratio-by-denominator = 比率由{ $quarter }之{ $before }升為{ $now }，僅因分母減少：由{ $numerator-before }／{ $denominator-before }變為{ $numerator }／{ $denominator }。
risk-reason-status = 計畫狀態為{ $status }
risk-reason-variance = 進度差異{ $points }百分點，門檻為落後{ $limit }百分點
risk-reason-execution = 執行率{ $rate }，低於{ $limit }
risk-reason-unusable = { $share }之權重無可用數值，逾{ $limit }
risk-reason-none = 規則之條件皆不成立
risk-reason-unknown = 已知資料不足以判定
forecast-none-too-few = 無法推估：連續數值僅{ $known }筆，方法至少須{ $needed }筆。
forecast-none-nothing-ahead = 無推估：其後已無目標值。
forecast-none-too-far = 無法推估：目標期別過遠，逾方法可及。
forecast-none-irregular = 無法推估：此非定期數值。
forecast-none-no-model = 無法推估：此方法對該數列找不到模型。
forecast-method = 指數平滑法，加法誤差，無趨勢（{ $method }），以{ $readings }筆數值配適
forecast-method-trend = 指數平滑法，加法誤差，含趨勢（{ $method }），以{ $readings }筆數值配適
forecast-backtest = 回溯檢驗（向前一期，{ $tries }次）：平均誤差{ $error }，「同上期」之誤差為{ $naive }；{ $inside }次落在區間內
forecast-backtest-none = 未回溯檢驗：數值過少

explain-target-of = { $what }，目標值
explain-achievement-of = { $what }，達成率
explain-status-of = { $what }，狀態
explain-actual = 實際值
explain-target = 目標值
explain-numerator = 分子
explain-denominator = 分母
explain-numerator-of = 分子：{ $what }
explain-denominator-of = 分母：{ $what }
explain-formula-percent = { $numerator } ÷ { $denominator } ＝ { $value }
explain-formula-ratio = { $numerator } ÷ { $denominator } ＝ { $value }
explain-formula-money = { $numerator }元 ÷ { $denominator }元 ＝ { $value }
explain-formula-ratio-of-sums = { $numerator }元 ÷ { $denominator }元 ＝ { $value }：分子與分母皆為兩者俱全的{ $programmes }項計畫合計
explain-formula-sum-of-programmes = { $programmes }項計畫合計
explain-formula-executed = 列為執行數的各項合計
explain-formula-unexecuted = 預定數減執行數
explain-formula-variance = { $actual } － { $planned }，單位百分點
explain-formula-weighted = { $programmes }項計畫以經費加權平均
explain-combine-last = { $rows }筆觀測值的最後一筆
explain-combine-sum = { $rows }筆觀測值合計
explain-combine-mean = { $rows }筆觀測值平均
explain-combine-max = { $rows }筆觀測值取最大
explain-combine-cumulative = 年初起{ $rows }筆觀測值累計
explain-of = { $owner }：{ $what }
explain-programme = { $id } { $title }
explain-portfolio = 整體計畫
explain-budget = 經費
explain-executed = 執行數
explain-planned = 預定數
explain-unexecuted = 未執行數
explain-execution-rate = 執行率
explain-disbursement-ratio = 支用比
explain-attainment = 經費達成率
explain-settlement-ratio = 決算數占預算數
explain-status = 狀態
explain-variance = 進度差異
explain-progress-planned = 預定進度
explain-progress-actual = 實際進度
explain-risk = 風險
explain-lagging = 落後計畫
explain-tasks = 重點工作
explain-done = 已完成
explain-open = 未完成
explain-done-of = { $done }／{ $of }
explain-yes = 是
explain-no = 否
explain-undecided = 無法判定
explain-count = 各狀態計畫數
explain-count-of = 計畫數：{ $what }
explain-source = 資料來源 { $source }
explain-source-outcome = 最近結果
explain-source-attempt = 最近介接
explain-source-rows = 讀取列數
explain-source-newest = 最新資料
explain-source-age = 資料天數
explain-outcome-good = 正常
explain-outcome-partial = 部分
explain-outcome-rejected = 退回
explain-outcome-failed = 未回應
explain-outcome-never = 尚未介接
explain-rule-year-to-date = 採年累計，取季內最後截止期：{ $period }
explain-rule-since-beginning = 採總累計，截止期 { $period }：無年累計
explain-rule-no-money = 未知任何金額
explain-rule-money-sum = 加總已知金額；比率只含分子與分母俱全的計畫
explain-rule-progress = 實際累計進度減預定累計進度，依填報數
explain-rule-risk = 採本季填報的等級；前季等級不延用
explain-rule-lagging = { $conditions }項條件中{ $hold }項成立；全部成立才列為落後計畫
explain-rule-task = 登錄數值1即為完成
explain-rule-count = 每項計畫依其狀態計一次
explain-rule-weighted = 各計畫以經費為權重；缺任一數者不計
explain-rule-target = 以最後一次核定為準
explain-rule-claim = 載於 { $source }
explain-rule-claim-dated = 載於 { $source }，{ $day }
explain-rule-source = 依最近一次介接
find-part-of = { $title }（{ $numerator }／{ $denominator }）
change-time = 時間經過
change-new-data = 新資料
change-denominator = 分母
change-correction = 更正
change-target = 目標值
change-definition = 定義
change-rule = 規則
explain-rule-progress-reported = 採本季填報數；未填報即無數值
## Control of money and progress

rate-disbursement = 支用比
rate-execution = 執行率
rate-attainment = 經費達成率
rate-realised = 實現數占累計分配數
rate-settlement = 決算數占預算數
rate-variance = 進度差異
comparison-under = 低於
comparison-at-most = 不超過
comparison-over = 高於
comparison-at-least = 達
progress-planned = 預定累計進度
progress-actual = 實際累計進度
span-year-to-date = 年累計
span-since-beginning = 總累計
control-level-ey = 行政院管制
control-level-ministry = 部會管制
control-level-self = 自行管制
rule-condition = { $measure }{ $value }，{ $comparison }{ $limit }（{ $over }／{ $base }）
rule-condition-variance = { $measure }{ $value }百分點，{ $comparison }{ $limit }百分點（{ $over }減{ $base }）
rule-source-ndc-110q2 = 國家發展委員會110年第2季執行情形季報（ndc.gov.tw，nc_1276_35355）
rule-source-ly-80 = 立法院及地方政府：實現數占累計分配數低於80 %
rule-not-in-season = 規則自{ $day }截止之資料起適用，本季不列落後計畫。
rule-not-this-level = 規則不適用於此管制級別（{ $level }）。
way-out-money = 至{ $day }前再執行{ $execute }元，{ $measure }即達{ $limit }（{ $base-name }{ $base }元，{ $assumed }）。
way-out-money-new-year = 新年度重新起算：至{ $day }前執行{ $execute }元，{ $measure }即達{ $limit }（{ $base-name }{ $base }元，{ $assumed }）。
way-out-progress = 或至{ $day }前實際累計進度達{ $percent } %，尚差{ $points }百分點（{ $assumed }）。
way-out-progress-new-year = 或至{ $day }前實際累計進度達{ $percent } %（{ $assumed }）。
way-out-none = 下次截止日之預定數未知，無法計算脫離落後所需。
way-out-planned = 該截止日之預定數
way-out-present-base = 該截止日之預定數未知，以本季數計，實際所需可能較高
way-out-last-year = 該截止日之預定數未知，以去年同季數計
list-one = { $a }
list-more = { $a }、{ $b }
finding-cause-missing = 執行率{ $rate }，低於{ $limit }，尚缺{ $missing }。請以qd enter { $programme }/narrative.reason等填報，或填入計畫檔案之[[narrative]]。
finding-cause-missing-lagging = 依{ $rule }列為落後計畫，尚缺{ $missing }。請以qd enter { $programme }/narrative.reason等填報，或填入計畫檔案之[[narrative]]。
finding-above-plan = 執行率{ $rate }，高於{ $limit }，請確認：qd enter { $programme }/confirm.execution_rate done。
finding-implausible-rate = 執行率{ $rate }，高於{ $limit }，金額有誤，常為單位錯置，請向資料來源更正。
finding-milestone-weights = 里程碑權重合計{ $sum }，不為100，加權進度不予計算。
finding-milestone-late = 里程碑「{ $title }」預定{ $day }完成，已逾{ $days }天。
finding-budget-change = 法定預算數上季{ $before }元，本季{ $now }元，增減{ $changed }元；已登載之流用及追加減為{ $decided }元。請於register/budget.toml之[[change]]補登。
milestone-late = 逾期
milestone-open = 未完成
milestone-done-late = 逾期完成
milestone-done = 完成
budget-change-transfer = 流用
budget-change-supplement = 追加預算
budget-change-cut = 追減預算
explain-rule-milestone = 登錄數值1即為完成；逾現行預定日為落後
# 季報核定
signoff-unknown = 無可採計之數值：{ $status }。
signoff-stale = 最新資料為 { $day }，最多容許 { $limit } 天。
signoff-no-cause = 「{ $programme }」落後，未填落後原因及改善措施。
signoff-no-reason = 「{ $programme }」落後，未填落後原因。
signoff-no-measure = 「{ $programme }」落後，未填改善措施。
signoff-changed = 自 { $person } 於 { $at } 簽署後，{ $count } 個數值已異動：{ $figures }
signoff-clock = 有資料之登錄時間（{ $at }）晚於目前時鐘，不予採計。請檢查電腦時鐘。
signoff-published-already = { $quarter } 已發布並鎖定。
signoff-published-already-next = 其後之異動列於修正對照表：qd report --quarter { $quarter } --out 資料夾
signoff-not-complete = { $quarter } 尚未結束，不得簽核。
signoff-not-complete-next = 請待該季結束。
signoff-not-prepared = { $quarter } 尚未由承辦人簽署。
signoff-not-prepared-next = 請承辦人先執行 qd prepare { $quarter }
signoff-not-reviewed = { $quarter } 尚未複核。
signoff-not-reviewed-next = 請另一人先執行 qd review { $quarter }
signoff-same-person = { $person } 為 { $quarter } 之承辦人，不得複核或核定。
signoff-same-person-next = 須由另一人辦理。
signoff-same-account = { $quarter } 係以帳號 { $account } 承辦，下一步須以另一作業系統帳號辦理。
signoff-same-account-next = 請以自己的帳號登入。
signoff-open = { $quarter } 尚有 { $count } 項未處理。
signoff-open-next = 請修正，或逐項附理由接受：--accept "項目=理由"。--dry-run --json 可列出全部項目。

# 已發布季別之異動
restate-corrected = 更正：{ $reason }
restate-withdrawn = 撤回：{ $reason }
restate-collected = 重新介接自 { $source }
restate-entered = 補登
restate-document = 來自文件：{ $title }
restate-register = 目標值、定義或規則已變更
restate-follows = 隨其他數值變動
explain-confirmed = 執行率確認
explain-milestone-days = { $state }，較預定{ $days }天
explain-milestone-plan-set = { $date }核定之預定日期
explain-milestone-plan = 原預定日期
explain-budget-change = { $date }{ $kind }，{ $document }
explain-formula-changed = 原列數＋其日期後之經費異動{ $changed }元
explain-count-all = 全部
explain-count-agencies = 主辦機關
explain-count-good = 達標或符合進度
explain-count-not-known = 未能評定
explain-count-lagging = 依現行規則列為落後計畫
explain-count-unexplained = 落後計畫尚無原因或措施
explain-count-without-rate = 無執行率
explain-rule-total = 採總累計，取最後截止期：{ $period }

# 簽核之數位簽章
proof-unsigned = 未簽章
proof-holds = 已簽章，金鑰 { $key }
proof-unknown-key = 以未登錄之金鑰 { $key } 簽章
proof-broken = 簽章不符，金鑰 { $key }
proof-missing = 載為已簽章，實無簽章

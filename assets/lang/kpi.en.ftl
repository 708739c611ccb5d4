# Texts of the room kpi: rules, findings, numbers, exceptions, and the field's words for amounts and ratios.

## Words

stage-provisional = Provisional
stage-revised = Revised
stage-final = Final

unit-year = years

amount-budget = Budget
amount-available = Available budget
amount-planned-spend = Planned spending, cumulative
amount-allotted = Cumulative allotment
amount-paid = Paid
amount-payable = Payable
amount-saved = Saving
amount-carried-over = Carry-over
amount-settled = Settled
amount-executed = Executed amount

ratio-execution-rate = Execution rate
ratio-disbursement-ratio = Disbursement ratio
ratio-attainment = Budget attainment
ratio-settlement-ratio = Settlement ratio

## Numbers that could not be read

number-empty = The cell is empty. Enter a number, or leave the figure out.
number-no-value = "{ $text }" says that there is no value. Enter a number, or leave the figure out.
number-unreadable = "{ $text }" is not a number. Write it like 1234.5, 75.3 % or 1.2億.
number-commas = "{ $text }": a comma is not between groups of three digits. Write 1,234 or 1234.
number-digits = "{ $text }" has more than { $most } digits. Check the number and its unit.
number-decimals = "{ $text }" has more than { $most } decimals. Round it as published.

## Rules of an indicator

rule-quantity = { $number } { $unit }
rule-quantity-bound = { $sign } { $number }
rule-quantity-bound-unit = { $sign } { $number } { $unit }
rule-met-higher = Actual { $actual } reaches the target { $target }.
rule-met-lower = Actual { $actual } is within the target { $target }; lower is better.
rule-met-band = Actual { $actual } lies between { $target } and { $upper }.
rule-on-track = Actual { $actual } against target { $target }: achievement { $achievement }, at least { $edge }.
rule-at-risk = Actual { $actual } against target { $target }: achievement { $achievement }, under { $above }, at least { $edge }.
rule-behind = Actual { $actual } against target { $target }: achievement { $achievement }, under { $edge }.
rule-missed = Actual { $actual } does not reach the target { $target }. There is no achievement rate here; the comparison decides.
rule-missed-band = Actual { $actual } lies outside { $target } to { $upper }. There is no achievement rate here; the comparison decides.
rule-bound-undecided = { $actual } leaves open whether the target { $target } is met. A firmer figure is needed.
rule-milestone-done = Done.
rule-milestone-undated = Not done. No date is printed, so it is not overdue.
rule-milestone-overdue = Not done; it was due by { $day }.
rule-open-until = Open until { $day }.
rule-not-due = Not due yet: the figure is due on { $due }.
rule-period-running = Not due yet: the period has not ended.
rule-first-expected = Not due yet: the first figure expected is that of { $period }.
rule-ended = The definition ended on { $day }; nothing further is expected.
rule-no-data = No figure was received, and nobody is late.
rule-zero-denominator = The denominator is zero, so there is no ratio.
rule-late = No figure; it was due on { $due }.
rule-stale = The figure is { $age } d old; the most allowed is { $most } d.
rule-rejected = "{ $text }" was refused. { $reason }
rule-rejected-without-text = A reading was refused. { $reason }
rule-broken-row = Row { $row } does not match its checksum. The figure is not shown until the row is corrected or restored from a backup.
rule-no-target = A value without a target is shown, not rated.
rule-formula-actual-over-target = { $actual } / { $target } = { $achievement }
rule-formula-target-over-actual = { $target } / { $actual } = { $achievement } (lower is better)
rule-formula-from-baseline = ({ $actual } - { $baseline }) / ({ $target } - { $baseline }) = { $achievement }

## Rule of a programme

rule-programme-behind = Behind: { $behind } of { $of } indicators are behind (worst-known@1).
rule-programme-at-risk = At risk (worst-known@1): indicators at risk: { $at-risk }, late: { $late }, stale: { $stale }, rejected: { $rejected }.
rule-programme-unknown = Unknown: { $known } of the weight is known, under half (worst-known@1); most of the rest: { $cause }.
rule-programme-on-track = On track: no known indicator is behind or at risk; { $known } of the weight is known (worst-known@1).
rule-programme-met = Met: every rated indicator is met, { $of } in all (worst-known@1).
rule-programme-no-indicators = Unknown: the programme has no indicators (worst-known@1).
rule-programme-no-targets = Unknown: no indicator has a target; values are shown, not rated (worst-known@1).

## Lagging plans

rule-lagging-ndc-110q2 = NDC 110Q2
rule-lagging-ly-80 = Legislative Yuan 80 %
rule-lagging-no-value = unknown

## Findings

finding-printed-ratio = Printed { $printed }, but its own parts give { $numerator } / { $denominator } = { $given }. { $base }
finding-printed-ratio-zero = Printed { $printed }, but its printed base is { $denominator }, so there is no ratio.
finding-printed-ratio-base = The printed rate needs a base of { $least } to { $most }, which is not printed.
finding-printed-ratio-no-base = No whole base gives the printed rate.
finding-target-changed = The target was changed on { $day } from { $former } to { $target }.
finding-target-changed-undated = The target was changed from { $former } to { $target }; the day is not recorded.
finding-value-jump = From { $before } in { $quarter } to { $now }: ten times more or less. Check the unit.
finding-partial-sum = The portfolio's execution rate covers { $known } of { $all } programmes; the others report too little, and unknown is not counted as zero.

## Exceptions

exception-first = first quarter
exception-running = { $quarters } quarters running
exception-what-both = Execution { $execution }, variance { $points } pp, { $since }
exception-what-execution = Execution { $execution }, { $since }
exception-what-variance = Variance { $points } pp, { $since }
exception-what-indicators = { $good } of { $of } indicators on track, { $since }
exception-what-unknown = { $missing } of { $of } indicators without a usable figure, { $since }
exception-why-indicator = { $indicator }: { $rule }
exception-why-lagging = Lagging under { $rule }: all conditions hold ({ $conditions })
rule-sum-running = Not due yet: the period has not ended. The sum so far is shown and not rated.
rule-month-late = The figure of { $month } is missing; it was due on { $due }. What is there is shown and not rated.
rule-validation-broken = Rule { $rule }: { $left } should be { $operator } { $right }
rule-validation-side = { $expression } ({ $value })
finding-validation = { $broken }; it is not. { $say }
finding-validation-as-zero = { $broken }; it is not ({ $missing } has no data and counts as zero under this rule). { $say }
finding-validation-refused = { $broken }; it is not, and the rule refuses the reading. What was received is kept. { $say }
finding-validation-missing = Rule { $rule } cannot be checked: no exact figure of { $missing }. { $say }
finding-validation-too-large = Rule { $rule } cannot be checked: its numbers have too many digits to be computed exactly. Check the figures.
finding-unit-factor = From { $before } in { $quarter } to { $now }, about { $factor } times. Check the unit (thousands of NT$ taken for NT$, for example) and correct what is wrong.
finding-negative = { $now } this quarter, but such a figure cannot be negative. Ask the agency and correct what is wrong.
finding-negative-amount = The amount is negative ({ $now }). Check whether money was paid back; correct it if not.
finding-sign-change = From { $before } in { $quarter } to { $now }: the sign changed. Check it and correct what is wrong.
finding-share-range = { $now } this quarter, outside 0 to 100 %{ $parts }. Check numerator and denominator; if it may exceed 100 %, write share = false in the indicator's file.
finding-share-parts = { " " }({ $numerator } / { $denominator })
finding-cumulative-falls = The cumulative figure fell from { $before } in { $quarter } to { $now }. It should not; check it and correct what is wrong.
finding-numerator-falls = The cumulative numerator fell from { $before } in { $quarter } to { $now }. It should not; check it and correct what is wrong.
finding-unchanged = { $now } for { $quarters } quarters in a row. Check whether the data were updated or copied from the quarter before.
finding-z-score = { $now } this quarter; the { $readings } quarters before lay between { $least } and { $most }, and it is more than { $limit } standard deviations from their mean. Check it and note the reason.
finding-target-lowered = The target was lowered on { $day } from { $former } to { $target } (decided by { $by }) after it had been missed: in { $quarter } { $actual } was reached, { $asked } was asked for.
finding-target-nobody = nobody named
finding-target-met-at-start = The target { $target } was already met where the indicator started ({ $baseline }). It asks for nothing.
finding-ratio-by-denominator = The ratio rose from { $before } in { $quarter } to { $now } only because what it is counted out of fell: from { $numerator-before } / { $denominator-before } to { $numerator } / { $denominator }.
risk-reason-status = The programme is { $status }
risk-reason-variance = Progress { $points } percentage points against plan; limit { $limit } points behind
risk-reason-execution = Execution rate { $rate }, under { $limit }
risk-reason-unusable = { $share } of the weight has no usable figure, over { $limit }
risk-reason-none = None of the rule's conditions holds
risk-reason-unknown = Too little is known to say
forecast-none-too-few = No forecast: { $known } readings in a row are too few, the method needs { $needed }.
forecast-none-nothing-ahead = No forecast: no target lies ahead.
forecast-none-too-far = No forecast: the target lies too far ahead for the method.
forecast-none-irregular = No forecast: this is not a series of regular readings.
forecast-none-no-model = No forecast: the method found no model for these readings.
forecast-method = Exponential smoothing, additive, without trend ({ $method }), fitted on { $readings } readings
forecast-method-trend = Exponential smoothing, additive, with trend ({ $method }), fitted on { $readings } readings
forecast-backtest = Back-test one step ahead, { $tries } tries: mean error { $error }, against { $naive } for "as the last time"; { $inside } inside the band
forecast-backtest-none = Not back-tested: too few readings

explain-target-of = { $what }, target
explain-achievement-of = { $what }, achievement rate
explain-status-of = { $what }, status
explain-actual = Actual
explain-target = Target
explain-numerator = Numerator
explain-denominator = Denominator
explain-numerator-of = Numerator: { $what }
explain-denominator-of = Denominator: { $what }
explain-formula-percent = { $numerator } / { $denominator } = { $value }
explain-formula-ratio = { $numerator } / { $denominator } = { $value }
explain-formula-money = NT$ { $numerator } / { $denominator } = { $value }
explain-formula-ratio-of-sums = NT$ { $numerator } / { $denominator } = { $value }: both summed over the { $programmes } programmes that know both
explain-formula-sum-of-programmes = Sum of { $programmes } programmes
explain-formula-executed = Sum of the parts that count as executed
explain-formula-unexecuted = Planned less executed
explain-formula-variance = { $actual } - { $planned } in percentage points
explain-formula-weighted = Mean of { $programmes } programmes, weighted by budget
explain-combine-last = The last of { $rows } readings
explain-combine-sum = Sum of { $rows } readings
explain-combine-mean = Mean of { $rows } readings
explain-combine-max = The largest of { $rows } readings
explain-combine-cumulative = Sum of { $rows } readings since the start of the year
explain-of = { $owner }: { $what }
explain-programme = { $id } { $title }
explain-portfolio = All programmes
explain-budget = Money
explain-executed = Executed
explain-planned = Planned
explain-unexecuted = Not executed
explain-execution-rate = Execution rate
explain-disbursement-ratio = Disbursement ratio
explain-attainment = Budget attainment
explain-settlement-ratio = Settled of budget
explain-status = Status
explain-variance = Progress variance
explain-progress-planned = Planned progress
explain-progress-actual = Actual progress
explain-risk = Risk
explain-lagging = Lagging plan
explain-tasks = Key tasks
explain-done = Done
explain-open = Open
explain-done-of = { $done } of { $of }
explain-yes = Yes
explain-no = No
explain-undecided = Cannot be said
explain-count = Programmes by status
explain-count-of = Programmes: { $what }
explain-source = Data source { $source }
explain-source-outcome = Last outcome
explain-source-attempt = Last attempt
explain-source-rows = Rows read
explain-source-newest = Newest data
explain-source-age = Age in days
explain-outcome-good = Answered
explain-outcome-partial = Answered in part
explain-outcome-rejected = Rejected
explain-outcome-failed = No answer
explain-outcome-never = Never asked
explain-rule-year-to-date = Year-to-date amounts at the latest cut-off in the quarter: { $period }
explain-rule-since-beginning = Amounts since the beginning, at { $period }: there are none for the year
explain-rule-no-money = No amount is known
explain-rule-money-sum = Known amounts are summed; a ratio covers only programmes that know both its parts
explain-rule-progress = Actual less planned cumulative progress, as reported
explain-rule-risk = As reported for this quarter; an older level does not stand on
explain-rule-lagging = { $hold } of { $conditions } conditions hold; a plan lags only when all do
explain-rule-task = Done once a value of 1 is recorded
explain-rule-count = Each programme is counted once, by its status
explain-rule-weighted = Each programme weighs by its budget; those without either figure are left out
explain-rule-target = The decision made last is in force
explain-rule-claim = Printed in { $source }
explain-rule-claim-dated = Printed in { $source }, { $day }
explain-rule-source = By its last attempt
find-part-of = { $title } ({ $numerator } of { $denominator })
change-time = time
change-new-data = new data
change-denominator = denominator
change-correction = correction
change-target = target
change-definition = definition
change-rule = rule
explain-rule-progress-reported = As reported for this quarter; nothing stands in for a missing report
## Control of money and progress

rate-disbursement = Disbursement ratio
rate-execution = Execution rate
rate-attainment = Budget attainment
rate-realised = Paid of allotted
rate-settlement = Settled of budget
rate-variance = Progress variance
comparison-under = under
comparison-at-most = at most
comparison-over = over
comparison-at-least = at least
progress-planned = Planned cumulative progress
progress-actual = Actual cumulative progress
span-year-to-date = Year to date
span-since-beginning = Since the beginning
control-level-ey = Executive Yuan
control-level-ministry = ministry
control-level-self = own
rule-condition = { $measure } { $value }, { $comparison } { $limit } ({ $over } / { $base })
rule-condition-variance = { $measure } { $value } pp, { $comparison } { $limit } pp ({ $over } less { $base })
rule-source-ndc-110q2 = National Development Council, quarterly report of 2021Q2 (ndc.gov.tw, nc_1276_35355)
rule-source-ly-80 = Legislative Yuan and local governments: paid of allotted under 80 %
rule-not-in-season = The rule looks at cut-offs from { $day } on, so it names nobody this quarter.
rule-not-this-level = The rule does not look at this control level ({ $level }).
way-out-money = Execute NT${ $execute } more by { $day }: { $measure } then reaches { $limit } of { $base-name } NT${ $base } ({ $assumed }).
way-out-money-new-year = The year begins anew: execute NT${ $execute } by { $day }, and { $measure } reaches { $limit } of { $base-name } NT${ $base } ({ $assumed }).
way-out-progress = Or reach { $percent } of actual progress by { $day }, { $points } pp from now ({ $assumed }).
way-out-progress-new-year = Or reach { $percent } of actual progress by { $day } ({ $assumed }).
way-out-none = The plan of the next cut-off is not known, so the way out cannot be counted.
way-out-planned = as planned for that day
way-out-present-base = that day's plan is not known, counted on this quarter's; the need may be higher
way-out-last-year = that day's plan is not known, counted on the same quarter of last year
list-one = { $a }
list-more = { $a }, { $b }
finding-cause-missing = Execution rate { $rate }, under { $limit }. Still missing: { $missing }. Please enter { $programme }/narrative.reason and so on, or write them into the programme's file.
finding-cause-missing-lagging = Named as lagging under { $rule }. Still missing: { $missing }. Please enter { $programme }/narrative.reason and so on, or write them into the programme's file.
finding-above-plan = Execution rate { $rate }, above { $limit }. Please confirm it: enter "done" for { $programme }/confirm.execution_rate.
finding-implausible-rate = Refused: the amounts received ({ $received }) give a rate of { $rate }, above { $limit }. They are kept and do not count. An amount is wrong, often by its unit: correct it at its source.
finding-milestone-weights = The weights of the milestones add up to { $sum }, not 100. The weighted progress is not computed.
finding-milestone-late = Milestone "{ $title }" was planned for { $day } and is { $days } days late.
finding-budget-change = Budget of NT${ $before } the quarter before, NT${ $now } now: a change of NT${ $changed }. The transfers and supplementary budgets on file make NT${ $decided }. Add what is missing to register/budget.toml under [[change]].
milestone-late = Late
milestone-open = Open
milestone-done-late = Done late
milestone-done = Done
budget-change-transfer = Transfer
budget-change-supplement = Supplementary budget
budget-change-cut = Budget cut
explain-rule-milestone = Done once a value of 1 is recorded; late after the planned day in force
# Sign-off of a quarter.
signoff-unknown = No figure that counts: { $status }.
signoff-stale = The newest data are of { $day }; at most { $limit } days are allowed.
signoff-no-cause = { $programme } is behind, and neither cause nor measure is given.
signoff-no-reason = { $programme } is behind, and no cause is given.
signoff-no-measure = { $programme } is behind, and no measure is given.
signoff-changed = Values changed since it was signed on { $at }: { $count }. { $figures }
signoff-published-already = { $quarter } is published and locked.
signoff-published-already-next = Later changes appear in its restatement sheet: qd report --quarter { $quarter } --out DIR.
signoff-not-complete = { $quarter } has not ended; it cannot be signed.
signoff-not-complete-next = Wait for the end of the quarter.
signoff-not-prepared = { $quarter } is not prepared yet.
signoff-not-prepared-next = The person in charge prepares it first: qd prepare { $quarter }
signoff-not-reviewed = { $quarter } is not reviewed yet.
signoff-not-reviewed-next = A second person reviews it first: qd review { $quarter }
signoff-same-person = { $person } prepared { $quarter } and cannot review or approve it.
signoff-same-person-next = Another person has to do it.
signoff-same-account = { $quarter } was prepared from the account { $account }; the next step needs another account of the operating system.
signoff-same-account-next = Sign in with your own account.
signoff-open = Open items of { $quarter }: { $count }.
signoff-open-next = Fix them, or accept each with its reason: --accept "ITEM=REASON". --dry-run --json lists them all.

# What changed in a published quarter.
restate-corrected = Corrected: { $reason }
restate-withdrawn = Withdrawn: { $reason }
restate-collected = Collected again from { $source }
restate-entered = Entered later
restate-document = From a document: { $title }
restate-register = Target, definition or rule changed
restate-follows = Follows from other figures
explain-confirmed = Execution rate confirmed
explain-milestone-days = { $state }, { $days } days against plan
explain-milestone-plan-set = Plan set on { $date }
explain-milestone-plan = First plan
explain-budget-change = { $date } { $kind }, { $document }
explain-formula-changed = line + dated changes after its day, NT$ { $changed }
explain-count-all = all
explain-count-agencies = lead agencies
explain-count-good = met or on track
explain-count-not-known = not rated
explain-count-lagging = lagging under the rule in force
explain-count-unexplained = lagging, without reason or measure
explain-count-without-rate = without an execution rate
explain-rule-total = Since the beginning, at the latest cut-off: { $period }

# Signatures of acts
proof-unsigned = not signed
proof-holds = signed, key { $key }
proof-unknown-key = signed by a key not on file, { $key }
proof-broken = signature does not hold, key { $key }
proof-missing = says it is signed and is not
# Figures that are made of others
explain-agency-in-plan = { $agency } ({ $plan })
explain-changed = Dated changes added
explain-change-of = { $what }, change against last year
explain-since-beginning = { $what }, since the beginning
explain-budget-of-status = Budget of programmes: { $what }
explain-risk-moves = Programmes whose risk moved
explain-risk-by-rule = Risk by the rule
explain-tasks-done = Key tasks done
explain-tasks-of = Key tasks
explain-indicators-good = Indicators met or on track
explain-indicators-rated = Indicators that are rated or unknown
explain-progress-weighted-planned = Planned progress by the milestones' weights
explain-progress-weighted-actual = Actual progress by the milestones' weights
explain-way-out-execute = Still to execute to leave the list
explain-way-out-base = Amount it is counted on
explain-way-out-progress = Progress to reach to leave the list
explain-way-out-points = Progress still to make to leave the list
explain-exception-at-stake = Money at stake
explain-exception-points = Points off
explain-exception-quarters = Quarters before this one
explain-exception-score = Place in the order
explain-exception-median = Its own money is unknown: the median of all programmes
explain-exception-unexecuted = Planned less executed, not below zero
explain-exception-budget = Not executed is unknown: the budget
explain-unknown-price = Budget on missing figures
explain-oldest = Age of the oldest figure in use
explain-age-of = { $what }, age
explain-forecast-of = { $what }, forecast
explain-forecast-low-of = { $what }, forecast, low end
explain-forecast-high-of = { $what }, forecast, high end
explain-forecast-probability-of = { $what }, chance that the target is met
explain-forecast-target = Target for { $period }
explain-forecast-last = Last known quarter
explain-milestone-planned-of = { $what }, planned day
explain-milestone-actual-of = { $what }, actual day
explain-milestone-days-of = { $what }, days against plan
explain-milestone-weight-of = { $what }, weight
explain-milestone-partial-of = { $what }, completed in part
explain-milestone-weighs = { $weight }, { $state }
explain-evm-bac = BAC budget at completion
explain-evm-formula-bac = The year's available budget, else the budget
explain-evm-formula-pv = Planned progress x BAC
explain-evm-formula-ev = Actual progress x BAC
explain-evm-formula-ac = Paid + payable
explain-evm-formula-sv = EV - PV
explain-evm-formula-cv = EV - AC
explain-evm-formula-spi = EV / PV
explain-evm-formula-cpi = EV / AC
explain-evm-formula-eac = BAC x AC / EV
explain-evm-formula-vac = BAC - EAC
explain-evm-formula-tcpi = (BAC - EV) / (BAC - AC)
explain-formula-change = This quarter's rate less that of the same quarter last year, in percentage points
explain-formula-unknown-price = Budget x weight without a usable figure / all weight
explain-price-lost = Weight without a usable figure
explain-price-all = Weight of all that could be rated
explain-rule-change = Both year to date; unknown when either is
explain-rule-evm = Earned value (ANSI/EIA-748) from the year's money and progress
explain-rule-weighted-progress = Weights of the milestones; they must add up to 100
explain-rule-risk-moves = Risk of { $from } against { $to }
explain-rule-not-lagging = The plan is not named as lagging
explain-rule-exception = Money at stake x points off (at most 100) x (1 + quarters before)
explain-rule-age = Days from the day the figure was true to the day of reference
explain-rule-unknown-price = Each budget by the share of its indicators' weight that has no usable figure
finding-quality-refused = Refused by this office's settings ([quality] reject): { $reason }
clock-ahead = Something is recorded with the time { $at }, later than the clock shows now: it does not count until then. A clock stood ahead when it was recorded, or is behind now. Check the machine's clock, then collect or enter again.
clock-behind = The machine's clock is behind { $at }, when something was recorded last. Until it has caught up, everything is recorded with that time. Check the machine's clock.
progress-basis-reported = as reported for the quarter
progress-basis-milestones = by the weights of the milestones: no progress was reported
explain-rule-progress-milestones = No progress was reported for the quarter: the weights of the milestones stand in
finding-received-amount = { $kind } NT$ { $amount }
finding-observed-after = { $source }: figures that name no day: { $values }. Read up to { $days } days after the quarter's end ({ $end }), they may say how things were then.
finding-observed-late = { $source }: figures that name no day: { $values }. Read more than { $limit } days after the quarter's end ({ $end }); that they were true on that day cannot be shown. In the source's file name the column or path of the day, or write period = "{"{"}observed_quarter{"}"}" to file what is read now under its own quarter, or collect soon after the quarter's end (schedule = "quarter+5d").

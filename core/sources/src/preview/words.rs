//! Words in the names of columns that say what stands below them.

fn has(name: &str, words: &[&str]) -> bool {
    let lower = name.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// A person or how to reach one: what such a column holds is not shown before somebody says so.
pub(super) fn says_personal(name: &str) -> bool {
    has(
        name,
        &[
            "姓名",
            "聯絡人",
            "電話",
            "手機",
            "電子郵件",
            "信箱",
            "身分證",
            "提議者",
            "住址",
            "email",
            "e-mail",
            "phone",
            "person_name",
        ],
    )
}

/// A year, a quarter or a month.
pub(super) fn says_period(name: &str) -> bool {
    has(
        name,
        &[
            "年", "季", "月", "期", "日", "year", "quarter", "month", "period", "date",
        ],
    )
}

/// A day, as the name of a value in JSON.
pub(super) fn says_day(name: &str) -> bool {
    has(
        name,
        &[
            "日期", "時間", "更新", "date", "time", "updated", "modified", "as_of",
        ],
    )
}

/// The day on which the data last changed, or of which they speak.
pub(super) fn says_changed(name: &str) -> bool {
    has(
        name,
        &[
            "更新",
            "異動",
            "基準",
            "資料日",
            "資料時間",
            "截至",
            "update",
            "modif",
            "changed",
            "as_of",
        ],
    )
}

/// A share.
pub(super) fn says_percent(name: &str) -> bool {
    has(name, &["率", "%", "％", "百分", "percent", "ratio"])
}

/// An amount of money.
pub(super) fn says_money(name: &str) -> bool {
    has(
        name,
        &[
            "元",
            "金額",
            "經費",
            "預算",
            "決算",
            "價",
            "amount_ntd",
            "budget",
            "price",
        ],
    )
}

/// A number that names something and counts nothing.
pub(super) fn says_id(name: &str) -> bool {
    let lower = name.to_lowercase();
    has(name, &["識別碼", "編號", "代碼", "序號", "統編"])
        || lower == "id"
        || lower == "no"
        || lower.ends_with("_id")
        || lower.ends_with("id)")
        || name.ends_with("Id")
        || name.ends_with("ID")
}

/// An amount written with its currency.
pub(super) fn shows_money(cell: &str) -> bool {
    cell.contains(['$', '元'])
}

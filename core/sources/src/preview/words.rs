//! Words in the names of columns that say what stands below them.

fn has(name: &str, words: &[&str]) -> bool {
    let lower = name.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// A person or how to reach one: what such a column holds is not shown before somebody says so.
pub(super) fn says_personal(name: &str) -> bool {
    let words = words_of(name);
    let any = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let next_to = |first: &[&str], second: &str| {
        words.windows(2).any(
            |pair| matches!(pair, [one, two] if first.contains(&one.as_str()) && two == second),
        )
    };
    // How many there are, and how content they are, names nobody.
    let counts = [
        "人數",
        "件數",
        "次數",
        "戶數",
        "數量",
        "率",
        "比例",
        "滿意度",
        "count",
        "total",
        "ratio",
        "percent",
    ];
    if has(name, &counts) || name.trim().ends_with('數') {
        return false;
    }
    has(
        name,
        &[
            "姓名",
            "承辦人",
            "經辦人",
            "填報人",
            "填表人",
            "聯絡人",
            "連絡人",
            "聯繫人",
            "申請人",
            "提議者",
            "負責人",
            "電話",
            "手機",
            "電子郵件",
            "電郵",
            "信箱",
            "郵箱",
            "地址",
            "住址",
            "身分證",
            "身份證",
            "出生",
            "生日",
            "護照",
            "email",
            "phone",
            "person_name",
        ],
    ) || any(&[
        "mail",
        "tel",
        "mobile",
        "fax",
        "address",
        "addr",
        "contact",
        "person",
        "applicant",
        "clerk",
        "officer",
        "surname",
        "birthday",
        "birthdate",
        "passport",
    ]) || next_to(
        &["first", "last", "full", "given", "family", "user", "staff"],
        "name",
    ) || next_to(
        &[
            "filled",
            "filed",
            "reported",
            "submitted",
            "prepared",
            "entered",
            "handled",
        ],
        "by",
    )
}

/// A name of something: of a person, where others of its table speak of one.
pub(super) fn may_name_a_person(name: &str) -> bool {
    words_of(name) == ["name"] || name.trim() == "名字"
}

/// The words of a name, in lower case: `contactName`, `contact_name` and `Contact name` have the same.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut is_inside, mut was_small) = (false, false);
    for c in name.chars() {
        if !c.is_ascii_alphabetic() {
            is_inside = false;
            continue;
        }
        let begins = !is_inside || was_small && c.is_ascii_uppercase();
        match words.last_mut().filter(|_| !begins) {
            Some(word) => word.push(c.to_ascii_lowercase()),
            None => words.push(c.to_ascii_lowercase().to_string()),
        }
        (is_inside, was_small) = (true, c.is_ascii_lowercase());
    }
    words
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_people_are_told_from_columns_that_count_them() {
        for name in [
            "承辦人",
            "承辦人員",
            "填報人",
            "聯絡人",
            "聯絡人姓名",
            "姓名",
            "地址",
            "聯絡電話",
            "電子郵件",
            "E-mail",
            "e mail",
            "Email",
            "emailAddress",
            "contact",
            "Contact person",
            "contactName",
            "TEL",
            "tel_no",
            "Mobile",
            "Phone number",
            "Address",
            "Full name",
            "lastName",
            "Filled by",
            "reported_by",
            "Birthday",
            "person",
        ] {
            assert!(says_personal(name), "{name}");
        }
        for name in [
            "機關名稱",
            "承辦機關",
            "網址",
            "申請人數",
            "電話件數",
            "name",
            "dataset name",
            "amount",
            "hotel",
            "Contact count",
            "電話服務滿意度",
            "件數",
            "title",
            "total",
            "聯絡率",
            "personnel budget",
            "mailing",
        ] {
            assert!(!says_personal(name), "{name}");
        }
        assert!(may_name_a_person("Name") && !may_name_a_person("dataset name"));
    }
}

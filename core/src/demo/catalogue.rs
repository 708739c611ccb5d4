//! The demo's data catalogue, in the national portal's own 22 columns.

use super::figures::Words;
use std::fmt::Write as _;

/// The 22 columns in their order, the official typo (資資料集上架方式) included.
pub const HEADER: &str = "資料集識別碼,資料集名稱,資料提供屬性,服務分類,品質檢測,檔案格式,資料下載網址,編碼格式,資資料集上架方式,資料集描述,主要欄位說明,提供機關,更新頻率,授權方式,相關網址,計費方式,提供機關聯絡人姓名,提供機關聯絡人電話,上架日期,詮釋資料更新時間,備註,資料量";

/// Rows of one answer.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Records.
    pub rows: usize,
    /// Of them with a gold or platinum label.
    pub gold: usize,
}

/// Writes records `from..to`; record 0 comes after the byte order mark and the header.
pub fn write_rows(out: &mut String, words: &Words, size: Size, from: usize, to: usize) {
    if from == 0 {
        out.push('\u{FEFF}');
        out.push_str(HEADER);
        out.push_str("\r\n");
    }
    for n in from..to.min(size.rows) {
        let number = format!("{:05}", n + 1);
        // Gold rows are spread evenly: row n is gold when the running share steps up.
        let step = |n: usize| (n * size.gold).checked_div(size.rows).unwrap_or(0);
        let label = if step(n + 1) > step(n) {
            if n % 5 == 0 { "白金" } else { "金" }
        } else {
            ["銀", "銅", "無(未做品檢)", "", "無(品檢未過)"][n % 5]
        };
        let agency = &words.agencies[(n / 7) % words.agencies.len()];
        let title = words.dataset_title.replace("{n}", &number);
        let description = words.dataset_description.replace('"', "\"\"");
        // Some records are long, as in the real catalogue: hundreds of download addresses in one cell.
        let links = if n % 40 == 0 { 40 } else { 3 };
        let urls: Vec<String> = (0..links)
            .map(|k| {
                format!(
                    "https://data.example.invalid/dataset/{number}/resource/{k}/download?format=csv"
                )
            })
            .collect();
        let _ = write!(
            out,
            "{number},{title},檔案資料,公共資訊,{label},CSV;JSON;XML,{},UTF-8;UTF-8;UTF-8,系統介接程式,\"{description}\",{},{agency},每1月,政府資料開放授權條款-第1版,https://data.example.invalid/dataset/{number},免費,{},{},2021-01-04 00:00:00,2025-12-30 10:00:19,,{}\r\n",
            urls.join(";"),
            words.fields,
            words.contact_name.replace("{n}", &number),
            words
                .contact_phone
                .replace("{n}", &format!("{:04}", n % 10_000)),
            n % 900,
        );
    }
}

//! Awards of government procurement, and XML that means harm.

#![allow(clippy::unwrap_used, clippy::panic)] // tests may; clippy sees helpers as other code

mod common;
use common::*;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_sources::{Decoded, RequestContext, SourceConfig, decode, first_request};
use std::io::Read;

const FIRST: &[u8] = include_bytes!("../fixtures/procurement/award_20250701.xml");
const SECOND: &[u8] = include_bytes!("../fixtures/procurement/award_20250702.xml");

fn awards(more: &str) -> SourceConfig {
    let filter = r#"filter = [{ column = "TENDER_ORG_NAME", op = "=", value = "數位發展部" }, { column = "TENDER_NAME", op = "contains", value = "開放資料" }]"#;
    let mut config = source(
        "procurement",
        &format!(
            "{more}\n[[map]]\nseries = \"P01/cases\"\naggregate = \"count\"\nunit = \"count\"\n{filter}\n[[map]]\nseries = \"P01/budget.paid\"\ncolumn = \"TENDER_AWARD_PRICE\"\naggregate = \"sum\"\nunit = \"ntd\"\n{filter}\n"
        ),
    );
    config.url = Some("https://example.gov.tw/downloadFile?fileName={file}".into());
    config
}

/// Reads files one after the other, as a collection does.
fn walk(config: &SourceConfig, bodies: &[&[u8]], fetched_at: &str) -> (Vec<String>, Decoded) {
    let quarter = Quarter::new(2025, 3).unwrap();
    let request = RequestContext {
        quarter,
        now: fetched_at.parse().unwrap(),
        target: None,
        origin: None,
    };
    let mut next = Some(first_request(config, &request).unwrap());
    let (mut asked, mut last): (Vec<String>, Option<Decoded>) = (Vec::new(), None);
    let mut rows = 0;
    while let Some(request) = next {
        let mut circumstances = context();
        circumstances.fetched_at = fetched_at.parse().unwrap();
        circumstances.url = Some(&request.url);
        circumstances.page = request.page;
        circumstances.rows_so_far = rows;
        circumstances.carried = last.as_ref().and_then(|page| page.carried.as_ref());
        let body = bodies
            .get(asked.len())
            .copied()
            .unwrap_or(b"<TENDER_LIST/>");
        let decoded = run_in(config, &circumstances, body)
            .0
            .unwrap_or_else(|e| panic!("{e}"));
        rows += decoded.rows;
        asked.push(request.url.rsplit('=').next().unwrap().to_owned());
        next = decoded.next.clone();
        last = Some(decoded);
    }
    (asked, last.unwrap())
}

#[test]
fn six_files_make_a_quarter() {
    let (asked, last) = walk(&awards(""), &[FIRST, SECOND], "2025-10-20T01:00:00Z");
    assert_eq!(
        asked,
        [
            "award_20250701.xml",
            "award_20250702.xml",
            "award_20250801.xml",
            "award_20250802.xml",
            "award_20250901.xml",
            "award_20250902.xml"
        ]
    );
    assert_eq!(figure(&last, "P01/cases"), "3");
    assert_eq!(figure(&last, "P01/budget.paid"), "15250000");
    assert_eq!(
        located(&last, "P01/cases").observation.period.to_string(),
        "2025Q3"
    );
}

#[test]
fn files_of_days_to_come_are_not_asked_for() {
    let (asked, last) = walk(&awards(""), &[FIRST], "2025-08-15T01:00:00Z");
    assert_eq!(
        asked,
        [
            "award_20250701.xml",
            "award_20250702.xml",
            "award_20250801.xml"
        ]
    );
    assert_eq!(figure(&last, "P01/cases"), "2");
    let (asked, _) = walk(&awards(""), &[FIRST], "2025-08-16T01:00:00Z");
    assert_eq!(asked.len(), 4);
}

#[test]
fn other_names_of_files_and_of_rows() {
    let config = awards("[procurement]\nfiles = [\"tender-{yyyymm}.xml\"]\nrow = \"CASE\"\n");
    let text = String::from_utf8(FIRST.to_vec()).unwrap();
    let body = text
        .replace("<TENDER id", "<CASE id")
        .replace("</TENDER>", "</CASE>");
    let (asked, last) = walk(&config, &[body.as_bytes()], "2025-10-20T01:00:00Z");
    assert_eq!(
        asked,
        [
            "tender-202507.xml",
            "tender-202508.xml",
            "tender-202509.xml"
        ]
    );
    assert_eq!(figure(&last, "P01/cases"), "2");
}

#[test]
fn a_column_renamed_in_one_file_spoils_the_sum_and_not_the_count() {
    let text = String::from_utf8(FIRST.to_vec()).unwrap();
    let renamed = text.replace("TENDER_AWARD_PRICE", "AWARD_PRICE");
    let (_, last) = walk(
        &awards(""),
        &[renamed.as_bytes(), SECOND],
        "2025-10-20T01:00:00Z",
    );
    assert_eq!(figure(&last, "P01/cases"), "3");
    let refused = figure(&last, "P01/budget.paid");
    assert!(refused.starts_with("!source-column-renamed"), "{refused}");
}

#[test]
fn nested_elements_attributes_and_repeated_ones_are_columns() {
    let config = source(
        "procurement",
        "[[map]]\nseries = \"P01/cases\"\naggregate = \"count\"\nunit = \"count\"\nfilter = [{ column = \"A/B@code\", op = \"=\", value = \"7\" }, { column = \"@id\", op = \"=\", value = \"x\" }]\n[[map]]\nseries = \"P01/downloads\"\ncolumn = \"PRICE\"\naggregate = \"sum\"\nunit = \"count\"\n",
    );
    let one = "<L><TENDER id=\"x\"><A><B code=\"7\"/></A><PRICE>1,2&#48;0</PRICE></TENDER></L>";
    let decoded = run(&config, one).unwrap();
    assert_eq!(figure(&decoded, "P01/cases"), "1");
    assert_eq!(figure(&decoded, "P01/downloads"), "1200");
    assert!(
        located(&decoded, "P01/cases")
            .at
            .starts_with("rows=TENDER; ")
    );
    // Two prices in one award are not one price.
    let two = one.replace("</PRICE>", "</PRICE><PRICE>5</PRICE>");
    let refused = figure(&run(&config, two).unwrap(), "P01/downloads");
    assert!(
        refused.starts_with("!source-bad-cell-in-aggregate"),
        "{refused}"
    );
}

#[test]
fn big5_is_read_whatever_the_declaration_says() {
    let mut config = awards("");
    config.url = Some("https://example.gov.tw/one.xml".into());
    let decoded = run(&config, SECOND).unwrap();
    assert_eq!(
        (figure(&decoded, "P01/cases").as_str(), decoded.encoding),
        ("1", "big5")
    );
    assert!(!rules(&decoded).contains(&"encoding-label@1"));
    let text = encoding_rs::BIG5.decode(SECOND).0.into_owned();
    let mut mislabelled = SECOND.to_vec();
    let at = mislabelled.windows(4).position(|w| w == b"Big5").unwrap();
    mislabelled.splice(at..at + 4, *b"UTF-8");
    for (label, body) in [
        ("big5 labelled UTF-8", mislabelled),
        ("utf-8 labelled Big5", text.clone().into_bytes()),
        ("utf-16", wide(&text, true)),
        ("utf-16 without a mark", wide(&text, false)),
    ] {
        let decoded = run(&config, body).unwrap_or_else(|e| panic!("{label}: {e}"));
        assert_eq!(figure(&decoded, "P01/cases"), "1", "{label}");
        assert!(rules(&decoded).contains(&"encoding-label@1"), "{label}");
    }
}

fn wide(text: &str, marked: bool) -> Vec<u8> {
    let mark = marked.then_some(0xFEFF);
    let units = mark.into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn personal_fields_are_blanked_and_nothing_else() {
    let mut config = awards("personal_fields = [\"SUPPLIER_NAME\", \"id\"]");
    config.url = Some("https://example.gov.tw/one.xml".into());
    let (outcome, stored) = run_in(&config, &context(), FIRST);
    let decoded = outcome.unwrap();
    assert_eq!(figure(&decoded, "P01/cases"), "2");
    assert_eq!(decoded.recipe.as_deref(), Some("xml-blank@1"));
    let stored = String::from_utf8(stored).unwrap();
    assert!(
        !stored.contains("丙顧問") && !stored.contains("甲資訊"),
        "{stored}"
    );
    assert!(stored.contains("<TENDER id=\"\">"), "{stored}");
    assert!(
        stored.contains("<SUPPLIER_NAME></SUPPLIER_NAME>"),
        "{stored}"
    );
    assert!(stored.contains("擴充 &amp; 維護"), "{stored}");
    // What was kept is XML and gives the same figures.
    let mut plain = awards("");
    plain.url.clone_from(&config.url);
    assert_eq!(
        figure(&run(&plain, stored).unwrap(), "P01/budget.paid"),
        "14300000"
    );
    let mut renamed = awards("personal_fields = [\"CONTACT\"]");
    renamed.url.clone_from(&config.url);
    assert!(run(&renamed, "<L><CONTACT/></L>").is_err());
    // In one row only, it may have come under another name in the others.
    let text = String::from_utf8(FIRST.to_vec()).unwrap();
    let in_part = text.replacen("<AWARD_DATE>", "<CONTACT>王小明</CONTACT><AWARD_DATE>", 1);
    let refused = refusal(run(&renamed, in_part));
    assert!(
        refused.contains("source-personal-column-missing"),
        "{refused}"
    );
    let refused = refusal(run(&renamed, FIRST));
    assert!(
        refused.contains("source-personal-column-missing"),
        "{refused}"
    );
}

#[test]
fn an_answer_that_is_no_list_of_tenders() {
    let config = awards("");
    for (body, id) in [
        ("<html><title>維護</title></html>", "source-html-titled"),
        (
            "<!DOCTYPE HTML PUBLIC \"x\"><html></html>",
            "source-html-instead",
        ),
        (
            "<?xml version=\"1.0\"?><html xmlns=\"x\"><head/></html>",
            "source-html-instead",
        ),
        ("{\"a\":1}", "source-not-xml"),
        ("  \r\n", "source-empty"),
        ("<L><AWARD/><OTHER/></L>", "source-xml-no-rows"),
        ("<L><TENDER>", "source-xml-truncated"),
        ("<L><TENDER></L>", "source-xml-invalid"),
        ("<L/><L/>", "source-xml-invalid"),
        ("<L>a</L>b", "source-xml-invalid"),
        ("<L a=\"1\" a=\"2\"/>", "source-xml-invalid"),
    ] {
        let mut one = config.clone();
        one.url = Some("https://example.gov.tw/one.xml".into());
        let refused = refusal(run(&one, body));
        assert!(refused.contains(id), "{body}: {refused}");
    }
}

/// XML that goes on for as long as it is read.
struct Endless {
    start: &'static [u8],
    again: &'static [u8],
    given: u64,
    most: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.given >= self.most {
            return Ok(0);
        }
        for byte in buffer.iter_mut() {
            let place = usize::try_from(self.given).unwrap();
            *byte = match self.start.get(place) {
                Some(byte) => *byte,
                None => self.again[(place - self.start.len()) % self.again.len()],
            };
            self.given += 1;
        }
        Ok(buffer.len())
    }
}

#[test]
fn bombs_and_floods_are_refused_early_and_in_words() {
    let mut config = awards("");
    config.url = Some("https://example.gov.tw/one.xml".into());
    let bomb = "<!DOCTYPE L [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><L><TENDER><N>&b;</N></TENDER></L>";
    let fetching = "<!DOCTYPE L [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><L><TENDER><N>&x;</N></TENDER></L>";
    let outside = "<!DOCTYPE L SYSTEM \"http://127.0.0.1/evil.dtd\"><L/>";
    let mut refused = 0;
    let mut expect = |body: String, id: &str| {
        let said = refusal(run(&config, body));
        assert!(said.contains(id), "{id}: {said}");
        assert!(!said.contains("passwd"), "{said}");
        refused += 1;
    };
    expect(bomb.to_owned(), "source-xml-doctype");
    expect(fetching.to_owned(), "source-xml-doctype");
    expect(outside.to_owned(), "source-xml-doctype");
    expect(
        "<L><TENDER><N>&b;</N></TENDER></L>".to_owned(),
        "source-xml-entity",
    );
    expect("<L><TENDER n=\"&b;\"/></L>".to_owned(), "source-xml-entity");
    expect(
        "<L><TENDER><N>&#0;</N></TENDER></L>".to_owned(),
        "source-xml-entity",
    );
    expect("<a>".repeat(100_000), "source-xml-too-deep");
    let many: String = (0..100_000).map(|n| format!(" a{n}=\"\"")).collect();
    expect(format!("<L><TENDER{many}/></L>"), "source-xml-attributes");
    expect(
        format!("<L><TENDER>{}</TENDER></L>", "<a/><b>x</b>".repeat(300_000)),
        "source-xml-row-too-long",
    );
    let columns: String = (0..2_000).map(|n| format!("<c{n}/>")).collect();
    expect(
        format!("<L><TENDER>{columns}</TENDER></L>"),
        "source-too-many-columns",
    );
    for (start, again, id) in [
        (&b"<L><TENDER><N>"[..], &b"x"[..], "source-xml-too-long"),
        (b"<L><TENDER n=\"", b"x", "source-xml-too-long"),
        (b"<L><", b"x", "source-xml-too-long"),
        (b"<L><!--", b"x", "source-xml-too-long"),
        (b"<L><![CDATA[", b"x", "source-xml-too-long"),
        (
            b"<!DOCTYPE L [",
            b"<!ENTITY a \"b\">",
            "source-xml-too-long",
        ),
        (
            b"<L><TENDER><N>",
            b"<![CDATA[xxxxxxxxxxxxxxxx]]>",
            "source-xml-row-too-long",
        ),
    ] {
        let most = 16 << 20;
        let mut body = Endless {
            start,
            again,
            given: 0,
            most,
        };
        let outcome = decode(&config, &context(), &mut body, &mut std::io::sink());
        let said = refusal(outcome);
        assert!(
            said.contains(id),
            "{}: {said}",
            String::from_utf8_lossy(start)
        );
        refused += 1;
    }
    eprintln!("XML refused: {refused}");
}

#[test]
fn problems_of_the_file_are_found_offline() {
    let mut config = awards("");
    config.procurement = Some(toml::from_str("files = [\"award.xml\"]\nrow = \" \"").unwrap());
    let problems = format!("{:?}", config.problems());
    assert!(problems.contains("procurement.files") && problems.contains("procurement.row"));
    config.procurement = Some(toml::from_str("files = [\"{yyyymm}{quater}.xml\"]").unwrap());
    assert!(format!("{:?}", config.problems()).contains("procurement.files"));
}

#[test]
fn a_key_in_the_file_of_a_signed_source_is_refused_and_not_repeated() {
    let sound = |secret: &str| {
        let text = format!(
            "id = \"s\"\nkind = \"gdb\"\nschedule = \"daily\"\nurl = \"https://example.gov.tw/a\"\nrows = \"$.result[*]\"\ncalls_per_day = 100\nseconds_between_calls = 60\n[hmac]\nusername = \"env:GDB_ID\"\nsecret = \"{secret}\"\n[[map]]\nseries = \"P01/cases\"\naggregate = \"count\"\nunit = \"count\"\n"
        );
        toml::from_str::<SourceConfig>(&text).unwrap()
    };
    assert_eq!(sound("file:/run/credentials/gdb").problems(), vec![]);
    let config = sound("hunter2-hunter2");
    let problems = format!("{:?}", config.problems());
    assert!(problems.contains("source-literal-secret") && !problems.contains("hunter2"));
    let mut unsigned = sound("env:A");
    unsigned.hmac = None;
    unsigned.calls_per_day = Some(0);
    let problems = format!("{:?}", unsigned.problems());
    assert!(problems.contains("source-hmac-missing") && problems.contains("calls_per_day"));
    let body = include_bytes!("../fixtures/gdb/plans.json");
    assert_eq!(
        figure(&run(&sound("env:A"), body).unwrap(), "P01/cases"),
        "2"
    );
}

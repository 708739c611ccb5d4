//! CSV answers that are not what they should be: each says what is wrong.

mod common;
use common::*;
use quarterdeck_sources::SourceConfig;

fn counting() -> SourceConfig {
    source(
        "csv",
        "[[map]]\nseries = \"P01/open-datasets\"\naggregate = \"count\"\n",
    )
}

fn gold(extra: &str) -> SourceConfig {
    source(
        "csv",
        &format!(
            "{extra}[[map]]\nseries = \"P01/gold-share\"\naggregate = \"share\"\nshare_of = [{{ column = \"品質檢測\", op = \"in\", values = [\"白金\", \"金\"] }}]\n"
        ),
    )
}

fn downloads() -> SourceConfig {
    source(
        "csv",
        "[[map]]\nseries = \"P01/downloads\"\ncolumn = \"下載次數\"\naggregate = \"sum\"\n",
    )
}

#[test]
fn blank_labels_stay_in_the_denominator() {
    let decoded = run(
        &gold(""),
        "id,品質檢測\n1,金\n2,\n3,白金\n4,銀\n5,無(未做品檢)\n6, \n7,\"金\"\n",
    )
    .unwrap();
    assert_eq!(figure(&decoded, "P01/gold-share"), "42.857143");
    let parts = located(&decoded, "P01/gold-share")
        .observation
        .parts
        .unwrap();
    assert_eq!((parts.numerator, parts.denominator), (3.into(), 7.into()));
}

#[test]
fn fewer_rows_than_last_time_are_noticed_and_far_fewer_refused() {
    let body = "id\n1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    let mut circumstances = context();
    circumstances.previous_rows = Some(10);
    let few = run_in(&counting(), &circumstances, body.as_bytes())
        .0
        .unwrap();
    assert_eq!(figure(&few, "P01/open-datasets"), "9");
    assert!(finding(&few, "row-count-drop@1").starts_with("source-rows-fewer"));
    circumstances.previous_rows = Some(11);
    let too_few = run_in(&counting(), &circumstances, body.as_bytes())
        .0
        .unwrap();
    assert!(figure(&too_few, "P01/open-datasets").starts_with("!source-rows-dropped"));
    assert_eq!(
        located(&too_few, "P01/open-datasets")
            .observation
            .printed
            .as_deref(),
        Some("9")
    );
}

#[test]
fn an_answer_cut_in_a_row_is_refused() {
    for body in ["id,名稱\n1,a\n2,\"半截", "id,名稱,x\n1,a,b\n2,c"] {
        let message = refusal(run(&counting(), body));
        assert_eq!(message, "source-csv-truncated row=2", "{body}");
    }
}

#[test]
fn a_stray_quote_does_not_swallow_the_rows_after_it() {
    let message = refusal(run(
        &counting(),
        "id,n\n1,5\" disk\n2,b\n3,\"c\"\n4,d\n5,e\n",
    ));
    assert!(message.starts_with("source-quotes row=1"), "{message}");
}

#[test]
fn columns_that_are_gone_renamed_or_doubled_are_named() {
    let renamed = refusal(run(
        &gold(""),
        "識別碼,品質檢測結果,提供機關\n1,金,內政部\n",
    ));
    assert!(renamed.starts_with("source-column-renamed"), "{renamed}");
    assert!(
        renamed.contains("near=\"品質檢測結果\"")
            && renamed.contains("識別碼, 品質檢測結果, 提供機關")
    );
    let gone = refusal(run(&gold(""), "a,b\n1,2\n"));
    assert!(gone.starts_with("source-column-missing"));
    let doubled = refusal(run(&gold(""), "品質檢測,品質檢測\n金,銀\n"));
    assert!(doubled.starts_with("source-column-twice"));
    let harmless = run(&gold(""), "品質檢測,備註,備註\n金,,\n").unwrap();
    assert_eq!(figure(&harmless, "P01/gold-share"), "100");
    assert!(finding(&harmless, "duplicate-columns@1").contains("備註"));
}

#[test]
fn one_map_that_cannot_be_followed_leaves_the_others_alone() {
    let config = source(
        "csv",
        "[[map]]\nseries = \"P01/open-datasets\"\naggregate = \"count\"\n[[map]]\nseries = \"P01/downloads\"\ncolumn = \"下載次數\"\naggregate = \"sum\"\n",
    );
    let decoded = run(&config, "id,下載數\n1,5\n").unwrap();
    assert_eq!(figure(&decoded, "P01/open-datasets"), "1");
    assert!(figure(&decoded, "P01/downloads").starts_with("!source-column-renamed"));
}

#[test]
fn a_bad_cell_rejects_the_sum_and_is_named() {
    let decoded = run(&downloads(), "下載次數\n5\nabc\n\n7\n> 8\n").unwrap();
    let said = figure(&decoded, "P01/downloads");
    assert!(
        said.starts_with("!source-bad-cell-in-aggregate row=2 bad=2"),
        "{said}"
    );
    assert_eq!(
        located(&decoded, "P01/downloads")
            .observation
            .printed
            .as_deref(),
        Some("abc")
    );
}

#[test]
fn sums_beyond_the_limit_are_rejected_not_rounded() {
    let decoded = run(&downloads(), "下載次數\n999999999999999999\n1\n").unwrap();
    assert!(figure(&decoded, "P01/downloads").starts_with("!source-number-too-large"));
}

#[test]
fn encodings_are_measured() {
    let (big5, _, _) = encoding_rs::BIG5.encode("品質檢測,提供機關\r\n金,內政部\r\n銀,財政部\r\n");
    let mut circumstances = context();
    circumstances.content_type = Some("text/csv; charset=utf-8");
    let (outcome, stored) = run_in(&gold(""), &circumstances, &big5);
    let decoded = outcome.unwrap();
    assert_eq!(stored, big5.as_ref());
    assert_eq!(
        (
            decoded.encoding,
            figure(&decoded, "P01/gold-share").as_str()
        ),
        ("big5", "50")
    );
    assert!(finding(&decoded, "encoding-label@1").contains("measured=\"big5\""));
    let wide: Vec<u8> = "\u{feff}品質檢測\r\n金\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let decoded = run(&gold(""), &wide).unwrap();
    assert_eq!(
        (
            decoded.encoding,
            figure(&decoded, "P01/gold-share").as_str()
        ),
        ("utf-16le", "100")
    );
    let message = refusal(run(&gold(""), b"abc,\xff\xfe\xfd\n1,2\n"));
    assert_eq!(message, "source-text-unreadable byte=4");
}

#[test]
fn a_wrong_byte_late_in_a_long_file_is_found_with_its_row() {
    let mut body = String::from("品質檢測,備註\n").into_bytes();
    for _ in 0..20_000 {
        body.extend_from_slice("金,說明文字\n".as_bytes());
    }
    let mut in_use = body.clone();
    in_use.extend_from_slice(b"\xff,x\n");
    let message = refusal(run(&gold(""), &in_use));
    assert_eq!(
        message,
        format!("source-text-unreadable-row row=20001 byte={}", body.len())
    );
    body.extend_from_slice("銀,".as_bytes());
    body.extend_from_slice(b"\xff\n");
    let decoded = run(&gold(""), &body).unwrap();
    assert!(finding(&decoded, "garbled-text@1").contains("row=20001"));
    assert_eq!(decoded.rows, 20_001);
}

#[test]
fn nul_bytes_and_binary_files_are_noticed() {
    let decoded = run(&gold(""), "品質檢測\n金\n金\0\n").unwrap();
    assert!(finding(&decoded, "nul@1").contains("row=2"));
    assert_eq!(figure(&decoded, "P01/gold-share"), "50");
    assert!(refusal(run(&gold(""), "PK\u{3}\u{4}\0\0,x\n1,2\n")).starts_with("source-binary"));
}

#[test]
fn ragged_rows_are_left_out_and_too_many_refuse_the_answer() {
    let mut body = String::from("id,品質檢測\n");
    (0..200).for_each(|_| body.push_str("1,金\n"));
    let decoded = run(&gold(""), format!("{body}共 200 筆\n")).unwrap();
    assert_eq!(
        (decoded.rows, figure(&decoded, "P01/gold-share").as_str()),
        (200, "100")
    );
    assert!(finding(&decoded, "ragged-rows@1").contains("row=201"));
    assert!(
        refusal(run(&gold(""), "id,品質檢測\n1,金\n1,2,3\n")).starts_with("source-ragged-refused")
    );
}

#[test]
fn wide_long_and_empty_files_end_with_a_sentence() {
    let wide = vec!["a"; 1001].join(",");
    assert!(refusal(run(&counting(), format!("{wide}\n"))).starts_with("source-too-many-columns"));
    let endless = format!("a,b\n1,\"{}", "x\n".repeat(4 << 20));
    assert!(refusal(run(&counting(), endless)).starts_with("source-record-too-long"));
    assert!(refusal(run(&counting(), " \n")).starts_with("source-"));
    assert!(refusal(run(&counting(), "")).starts_with("source-empty"));
    assert!(refusal(run(&counting(), "id,名稱\r\n")).starts_with("source-no-rows"));
}

#[test]
fn personal_columns_never_leave_the_decoder() {
    let config = gold("personal_fields = [\"聯絡人\"]\n");
    let good = "品質檢測,聯絡人,備註\r\n金,\"王\"\"小\"\"明\",\"a,\r\nb\"\r\n銀,陳,\r\n";
    let (outcome, stored) = run_in(&config, &context(), good.as_bytes());
    assert_eq!(outcome.unwrap().recipe.as_deref(), Some("csv-blank@1"));
    let expected = "品質檢測,聯絡人,備註\r\n金,,\"a,\r\nb\"\r\n銀,,\r\n";
    assert_eq!(String::from_utf8(stored).unwrap(), expected);
    for bad in [
        "品質檢測,聯絡窗口\r\n金,王小明\r\n",
        "金,王小明\r\n銀,王小明\r\n",
        "品質檢測,聯絡人\r\n金,\"王小明\r\n",
        "品質檢測,聯絡人\r\n金,王小明,王小明\r\n",
    ] {
        let (outcome, stored) = run_in(&config, &context(), bad.as_bytes());
        let refused = outcome.unwrap_err();
        assert!(!format!("{refused:?}").contains("王小明"), "{refused:?}");
        assert!(
            !String::from_utf8_lossy(&stored).contains("王小明"),
            "{bad}"
        );
    }
}

#[test]
fn periods_group_aggregates_and_lies_are_left_out() {
    let config = source(
        "csv",
        "[[map]]\nseries = \"P29/suggestions\"\naggregate = \"count\"\nperiod_column = \"日期\"\nperiod_kind = \"quarter\"\n",
    );
    let decoded = run(
        &config,
        "日期\n2025-07-01\n114/08/09\n1140630\n112/02/29\n2999-01-01\n無\n",
    )
    .unwrap();
    let found: Vec<(String, String)> = decoded
        .readings
        .iter()
        .map(|l| {
            (
                l.observation.period.to_string(),
                l.observation.value().unwrap().to_string(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [("2025Q3".into(), "2".into()), ("2025Q2".into(), "1".into())]
    );
    let said = finding(&decoded, "bad-period@1");
    assert!(
        said.contains("rows=3") && said.contains("source-no-such-day"),
        "{said}"
    );
}

#[test]
fn an_impossible_day_in_a_row_of_its_own_is_a_rejected_reading() {
    let config = source(
        "csv",
        "[[map]]\nseries = \"{計畫}/satisfaction\"\ncolumn = \"值\"\nperiod_column = \"日期\"\ncalendar = \"roc\"\n",
    );
    let decoded = run(
        &config,
        "計畫,日期,值\nP12,112/02/29,75\nP13,112/02/28,76\n",
    )
    .unwrap();
    assert!(figure(&decoded, "P12/satisfaction").starts_with("!source-no-such-day"));
    assert_eq!(
        located(&decoded, "P12/satisfaction")
            .observation
            .printed
            .as_deref(),
        Some("112/02/29")
    );
    assert_eq!(
        located(&decoded, "P13/satisfaction")
            .observation
            .period
            .to_string(),
        "2023-02-28"
    );
}

#[test]
fn a_filtered_count_of_nothing_is_a_real_zero() {
    let config = source(
        "csv",
        "[[map]]\nseries = \"P29/cases\"\naggregate = \"count\"\nfilter = [{ column = \"附議\", op = \">=\", value = \"5000\" }]\n",
    );
    let decoded = run(&config, "附議\n\"4,999\"\n無\n").unwrap();
    assert_eq!(figure(&decoded, "P29/cases"), "0");
    assert!(finding(&decoded, "not-comparable@1").contains("example=\"無\""));
}

#[test]
fn json_or_xml_in_place_of_csv_is_named() {
    assert!(refusal(run(&counting(), r#"{"a":1}"#)).starts_with("source-json-instead-of-csv"));
    assert!(
        refusal(run(&counting(), "<?xml version=\"1.0\"?><a/>")).starts_with("source-xml-instead")
    );
}

#[test]
fn mean_max_and_last_agree_with_a_pocket_calculator() {
    let map = |a: &str| {
        source(
            "csv",
            &format!(
                "[[map]]\nseries = \"K1/satisfaction\"\ncolumn = \"v\"\naggregate = \"{a}\"\n"
            ),
        )
    };
    let body = "v\n75.3\n80\n77.7\n";
    for (aggregate, value) in [
        ("mean", "77.666667"),
        ("max", "80"),
        ("last", "77.7"),
        ("sum", "233.0"),
    ] {
        assert_eq!(
            figure(&run(&map(aggregate), body).unwrap(), "K1/satisfaction"),
            value
        );
    }
}

#[test]
fn a_map_cannot_look_at_a_personal_column() {
    let text = "id = \"s\"\nkind = \"csv\"\nschedule = \"daily\"\nurl = \"https://example.gov.tw\"\npersonal_fields = [\"電話\"]\n[[map]]\nseries = \"P01/downloads\"\ncolumn = \"電話\"\naggregate = \"sum\"\n";
    let config: SourceConfig = toml::from_str(text).unwrap();
    assert!(
        config.problems()[0]
            .to_string()
            .contains("source-map-personal")
    );
    let message = refusal(run(&config, "電話,n\n0212345678,1\n"));
    assert!(message.starts_with("source-map-personal") && !message.contains("0212345678"));
}

#[test]
fn a_source_file_is_checked_before_anything_is_asked() {
    let base = "id = \"s\"\nkind = \"csv\"\nschedule = \"daily\"\nurl = \"https://example.gov.tw/{yaer}\"\n";
    let config: SourceConfig = toml::from_str(base).unwrap();
    let said: Vec<String> = config.problems().iter().map(ToString::to_string).collect();
    assert!(said[0].contains("near=\"year\""), "{said:?}");
    assert!(said.iter().any(|s| s.starts_with("source-no-maps")));
    let error = toml::from_str::<SourceConfig>(&format!("{base}licences = \"x\"\n")).unwrap_err();
    assert!(error.message().contains("licences") && error.message().contains("licence"));
    let map = |keys: &str| {
        let text = format!("{base}[[map]]\nseries = \"P01/x\"\n{keys}\n");
        let config: SourceConfig = toml::from_str(&text).unwrap();
        config
            .problems()
            .iter()
            .skip(1)
            .map(ToString::to_string)
            .collect::<String>()
    };
    assert!(map("").contains("source-map-column-missing"));
    assert!(map("aggregate = \"share\"").contains("source-map-share-of"));
    assert!(map("at = \"$.x\"").contains("source-key-json-only"));
    assert!(map("aggregate = \"count\"\ngroup_by = \"a\"").contains("source-map-group-missing"));
    assert!(
        map("aggregate = \"count\"\nfilter = [{ column = \"a\", op = \">=\", value = \"x\" }]")
            .contains("source-filter-value-unordered")
    );
}

#[test]
fn a_share_says_which_rows_cannot_be_compared() {
    let config = source(
        "csv",
        "[[map]]\nseries = \"P01/gold-share\"\naggregate = \"share\"\nshare_of = [{ column = \"n\", op = \">=\", value = \"5\" }]\n",
    );
    let decoded = run(&config, "n,x\n7,a\nmany,b\n3,c\n,d\n").unwrap();
    assert_eq!(figure(&decoded, "P01/gold-share"), "25");
    let said = finding(&decoded, "not-comparable@1");
    assert!(
        said.contains("rows=1 row=2") && said.contains("many"),
        "{said}"
    );
}

#[test]
fn characters_that_an_office_made_itself_are_named() {
    let config = source(
        "csv",
        "[[map]]\nseries = \"P01/cases\"\naggregate = \"count\"\nunit = \"count\"\n",
    );
    // 機關 and a row whose label ends in a character of the office's own.
    let mut body = b"\xbe\xf7\xc3\xf6\r\n\xbe\xf7\xfa\x40\r\n".to_vec();
    let decoded = run(&config, &body).unwrap();
    assert_eq!(decoded.encoding, "big5");
    assert!(finding(&decoded, "own-characters@1").contains("count=1"));
    body.splice(8..10, *b"\xc3\xf6");
    assert!(!rules(&run(&config, &body).unwrap()).contains(&"own-characters@1"));
}

#[test]
fn utf_16_is_read_with_and_without_its_mark() {
    let config = source(
        "csv",
        "[[map]]\nseries = \"P01/cases\"\ncolumn = \"件數\"\naggregate = \"sum\"\nunit = \"count\"\n",
    );
    let text = "機關,件數\r\n數位發展部,12\r\n內政部,30\r\n";
    let units = |mark: bool| {
        mark.then_some(0xFEFF)
            .into_iter()
            .chain(text.encode_utf16())
    };
    for mark in [true, false] {
        let le: Vec<u8> = units(mark).flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = units(mark).flat_map(u16::to_be_bytes).collect();
        for (body, encoding) in [(le, "utf-16le"), (be, "utf-16be")] {
            let decoded = run(&config, &body).unwrap();
            assert_eq!(
                (figure(&decoded, "P01/cases").as_str(), decoded.encoding),
                ("42", encoding)
            );
        }
    }
}

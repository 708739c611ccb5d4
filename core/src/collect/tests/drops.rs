//! What a later answer is compared with, and drop folders with good and bad files.

use super::*;

/// A CSV source that counts rows and adds up a column.
fn table(id: &str, url: &str, more: &str) -> String {
    format!(
        "id = \"{id}\"\nkind = \"csv\"\nurl = \"{url}\"\nschedule = \"daily\"\nallow_private = true\n{more}\n\
         [[map]]\nseries = \"P01/datasets\"\naggregate = \"count\"\n"
    )
}

fn rows_of(count: usize) -> Vec<Step> {
    let body = "n\n".to_owned() + &"1\n".repeat(count);
    answer("200 OK", "Content-Type: text/csv\r\n", body.as_bytes())
}

fn outcome(summary: &CollectSummary) -> &'static str {
    summary.sources[0].outcome.map_or("none", Outcome::id)
}

fn good_values(office: &Office) -> Vec<i64> {
    let rows = office.rows();
    rows.observations
        .iter()
        .filter_map(|row| row.item.value())
        .map(|value| value.try_into().unwrap())
        .collect()
}

#[test]
fn a_refused_drop_never_becomes_what_the_next_answer_is_compared_with() {
    let server = Server::start(|_, earlier| rows_of(if earlier == 0 { 100 } else { 40 }));
    let mut office = Office::new(&[table("list", &server.url("/"), "")]);
    assert_eq!(outcome(&office.collect_on(1)), "good");
    // Longer than the attempts that are kept at hand.
    for day in 2..17 {
        let summary = office.collect_on(day);
        assert_eq!(outcome(&summary), "rejected", "day {day}");
        assert!(summary.is_nothing() && !summary.is_complete());
        let said = message_of(&summary, 0);
        assert!(said.contains("rows=40 before=100"), "{said}");
    }
    assert_eq!(good_values(&office), [100]);
    // Refused figures keep what was received.
    let refused = office.rows().observations[1].item.clone();
    assert_eq!(refused.printed.as_deref(), Some("40"));
    office.workspace.sources[0].min_rows_percent = Some(30);
    assert_eq!(outcome(&office.collect_on(18)), "partial");
    assert_eq!(good_values(&office), [100, 40]);
}

#[test]
fn answers_to_another_question_are_not_compared() {
    let server = Server::start(|path, _| match path.contains("2025") {
        true => rows_of(100),
        false => rows_of(7),
    });
    let mut office = Office::new(&[table("list", &server.url("/?year={year}"), "")]);
    assert_eq!(outcome(&office.collect_on(1)), "good");
    let first_of_2026 = |options: &mut CollectOptions<'_>| {
        options.quarter = Quarter::new(2026, 1).unwrap();
    };
    let stop = AtomicBool::new(false);
    let summary = office.collect_with(2, first_of_2026, &mut |_| {}, &stop);
    assert_eq!(outcome(&summary), "good", "{summary:?}");
    assert_eq!(good_values(&office), [100, 7]);
    // Back at the old question the old yardstick counts.
    assert_eq!(outcome(&office.collect_on(3)), "good");
}

#[test]
fn a_drop_refuses_the_figures_of_every_page() {
    let total = Arc::new(std::sync::atomic::AtomicU32::new(6));
    let said = Arc::clone(&total);
    let server = Server::start(move |path, _| {
        let total = said.load(Ordering::SeqCst);
        let offset: u32 = path.rsplit("offset=").next().unwrap().parse().unwrap();
        let records: Vec<String> = (offset..total.min(offset + 2))
            .map(|n| format!("{{\"q\":\"{}Q{}\",\"v\":{n}}}", 2024 + n / 4, n % 4 + 1))
            .collect();
        ok(&format!(
            "{{\"success\":true,\"result\":{{\"records\":[{}],\"total\":{total}}}}}",
            records.join(",")
        ))
    });
    let source = format!(
        "id = \"store\"\nkind = \"datastore\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\npage_size = 2\n\
         [[map]]\nseries = \"P01/datasets\"\ncolumn = \"v\"\nperiod_column = \"q\"\n",
        server.url("/r")
    );
    let mut office = Office::new(&[source]);
    assert_eq!(outcome(&office.collect_on(1)), "good");
    let before = good_values(&office);
    total.store(4, Ordering::SeqCst);
    let summary = office.collect_on(2);
    assert_eq!(
        (outcome(&summary), summary.sources[0].rejected),
        ("rejected", 4)
    );
    assert_eq!(good_values(&office), before, "no page was taken");
}

const DROP: &str = "id = \"drop\"\nkind = \"file\"\nfolder = \"inbox\"\npattern = \"*.csv\"\nschedule = \"manual\"\n\
                    [[map]]\nseries = \"P01/datasets\"\ncolumn = \"n\"\nperiod_column = \"q\"\n";

/// Puts a file into the drop folder, so many seconds old.
fn put(office: &Office, name: &str, text: &str, age: u64) {
    let inbox = office.path().join("inbox");
    std::fs::create_dir_all(&inbox).unwrap();
    let path = inbox.join(name);
    std::fs::write(&path, text).unwrap();
    let time = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000 - age);
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(time).unwrap();
}

#[test]
fn one_bad_file_in_a_folder_is_named_and_the_good_ones_are_read() {
    let mut office = Office::new(&[DROP.to_owned()]);
    put(&office, "1.csv", "q,n\n2025Q1,1\n", 40);
    put(&office, "2.csv", "<html><title>Sorry</title></html>", 30);
    put(&office, "3.csv", "q,n\n2025Q3,3\n", 20);
    put(&office, "4.csv", "q,count\n2025Q4,4\n", 10);
    let summary = office.collect_on(1);
    assert_eq!(good_values(&office), [1, 3], "{summary:?}");
    assert_eq!(
        (outcome(&summary), summary.is_complete()),
        ("partial", false)
    );
    assert_eq!(summary.sources[0].refused_files, 2);
    let said: Vec<String> = summary.sources[0]
        .findings
        .iter()
        .filter(|f| f.rule == "file-refused@1")
        .map(|f| f.text.to_string())
        .collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].contains("inbox/2.csv") && said[0].contains("Sorry"),
        "{said:?}"
    );
    assert!(
        said[1].contains("inbox/4.csv") && said[1].contains("count"),
        "{said:?}"
    );
    // Put right, in place and by name, the refused files are read although newer ones were.
    put(&office, "2.csv", "q,n\n2025Q2,2\n", 30);
    let summary = office.collect_on(2);
    assert_eq!(good_values(&office), [1, 3, 2], "{summary:?}");
    put(&office, "4.csv", "q,n\n2025Q4,4\n", 10);
    assert!(office.collect_on(3).is_complete());
    assert_eq!(good_values(&office), [1, 3, 2, 4]);
}

#[test]
fn files_that_the_source_file_could_not_read_are_read_once_it_can() {
    let mut office = Office::new(&[DROP.replace("column = \"n\"", "column = \"m\"")]);
    put(&office, "1.csv", "q,n\n2025Q1,1\n", 40);
    put(&office, "2.csv", "q,n\n2025Q2,2\n", 30);
    let summary = office.collect_on(1);
    assert_eq!(outcome(&summary), "rejected", "{summary:?}");
    assert!(summary.is_nothing());
    assert!(message_of(&summary, 0).contains("inbox/1.csv"));
    assert_eq!(
        office
            .store
            .fetches(&quarterdeck_store::sha256_hex(b"q,n\n2025Q1,1\n"))
            .unwrap()
            .len(),
        1,
        "kept as evidence"
    );
    office.workspace.sources = vec![toml::from_str(DROP).unwrap()];
    let summary = office.collect_on(2);
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(good_values(&office), [1, 2]);
    // What was read is not read again; a changed source file reads everything anew, and the
    // same figures are no new rows.
    assert_eq!(office.collect_on(3).sources[0].readings, 1);
    office.workspace.sources[0].encoding = Some("utf-8".to_owned());
    let summary = office.collect_on(4);
    assert_eq!(
        (summary.sources[0].readings, summary.new_readings()),
        (2, 0)
    );
}

#[test]
fn a_newest_file_with_far_fewer_rows_is_refused_again_and_again() {
    let mut office = Office::new(&[DROP.to_owned()]);
    put(&office, "1.csv", "q,n\n2025Q1,1\n2025Q2,2\n2025Q3,3\n", 40);
    assert!(office.collect_on(1).is_complete());
    put(&office, "1.csv", "q,n\n2025Q1,9\n", 30);
    for day in 2..4 {
        let summary = office.collect_on(day);
        assert_eq!(outcome(&summary), "rejected", "{summary:?}");
        assert!(message_of(&summary, 0).contains("source-rows-dropped"));
    }
    assert_eq!(good_values(&office), [1, 2, 3]);
}

#[test]
fn more_files_than_one_run_reads_are_read_in_order() {
    let mut office =
        Office::new(&[DROP.replace("column = \"n\"", "column = \"n\"\naggregate = \"last\"")]);
    for number in 0..130 {
        let text = format!("q,n\n2025Q3,{number}\n");
        put(&office, &format!("{number:03}.csv"), &text, 1000 - number);
    }
    office.collect_on(1);
    office.collect_on(2);
    let values = good_values(&office);
    assert_eq!(values.last(), Some(&129), "the newest has the last word");
    let place = |n: i64| values.iter().position(|v| *v == n).unwrap();
    assert!(place(3) < place(98) && place(98) < place(127), "{values:?}");
}

//! The statements of `sql/*.sql` by name; a name that is not there does not compile.

const fn matches_at(text: &[u8], at: usize, word: &[u8]) -> bool {
    if at + word.len() > text.len() {
        return false;
    }
    let mut i = 0;
    while i < word.len() {
        if text[at + i] != word[i] {
            return false;
        }
        i += 1;
    }
    true
}

const MARK: &[u8] = b"-- name: ";

/// The text after the line `-- name: NAME`, up to the next such line.
#[expect(clippy::panic, reason = "evaluated by the compiler only")]
const fn section(file: &'static str, name: &str) -> &'static str {
    let text = file.as_bytes();
    let word = name.as_bytes();
    let mut at = 0;
    while at < text.len() {
        let after = at + MARK.len() + word.len();
        if matches_at(text, at, MARK)
            && matches_at(text, at + MARK.len(), word)
            && after < text.len()
            && text[after] == b'\n'
        {
            let mut end = after + 1;
            while end < text.len() && !matches_at(text, end, MARK) {
                end += 1;
            }
            return file.split_at(end).0.split_at(after + 1).1;
        }
        at += 1;
    }
    panic!("no such statement")
}

macro_rules! statements {
    ($file:literal: $($name:ident)*) => {
        $(pub(crate) const $name: &str = section(include_str!($file), stringify!($name));)*
    };
}

statements! { "../sql/rows.sql":
    INSERT_RUN INSERT_RUN_END INSERT_BATCH INSERT_TEXT INSERT_SERIES INSERT_PERIOD INSERT_CAUSE CAUSE_ID
    INSERT_OBSERVATION INSERT_MONEY INSERT_FINDING INSERT_ATTEMPT NEXT_SEQUENCE
    TEXTS_AFTER SERIES_AFTER PERIODS_AFTER BATCH LAST_BLOCK INSERT_BLOCK BLOCKS_NEWEST_FIRST LAST_LOAD_BY
    OBSERVATIONS_BETWEEN MONEY_BETWEEN OBSERVATIONS_OF_SERIES MONEY_OF_PERIOD
    OBSERVATIONS_COUNT LAST_OBSERVATION_BY OBSERVATIONS_OF_SCOPE MONEY_OF_PROGRAMME MONEY_COUNT OBSERVATIONS OBSERVATION OBSERVATIONS_OF_FIGURE MONEY_LINES MONEY_LINE LAST_MONEY_BY MONEY_OF_YEARS MONEY_OF_PROGRAMMES MONEY_OF_AGENCY_BETWEEN PROGRAMMES_OF_AGENCY TOTALS_OF_PROGRAMMES OBSERVATIONS_OF_SOURCE MONEY_OF_SOURCE MONEY_OF_SOURCE_ONCE MONEY_OF_KEY
    FINDINGS ATTEMPT_SOURCES ATTEMPTS LAST_RECORDED MOMENTS_END MOMENTS
}
statements! { "../sql/rest.sql":
    SCHEMA_STATE CAPTURE_ID INSERT_CAPTURE CAPTURE_BODY INSERT_FETCH FETCHES LAST_FETCH FETCHES_BY LAST_TAKEN_ROWS LAST_ROWS_OF_TARGETS LAST_TARGET TAKEN_BY
    INSERT_EVIDENCE EVIDENCE
    REGISTER_LAST REGISTER_AS_OF REGISTER_VERSION REGISTER_SET REGISTER_VERSIONS REGISTER_FILES REGISTER_FILE_HISTORY REGISTER_BODY_ID REGISTER_HISTORY REGISTER_BODY
    INSERT_REGISTER_BODY INSERT_REGISTER_VERSION INSERT_REGISTER_FILE
    ACTS ACTS_OF HEAD HEAD_AS_OF INSERT_ACT LAST_MOMENTS
    LAST_ROW CAPTURES ALL_FETCHES EVIDENCE_HASHES
}
statements! { "../sql/asking.sql":
    INSERT_CALL CALLS_BETWEEN INSERT_HOLD HOLDS INSERT_REVISIT REVISIT REVISIT_SOURCES
    LAST_GOOD FINDINGS_OF_LOAD LAST_ATTEMPT ANSWERS_OF_TARGETS ATTEMPTS_AFTER NEWEST_PERIOD
}
statements! { "../sql/prune.sql":
    UNNEEDED_CAPTURES INSERT_PRUNED EMPTY_CAPTURE FILL_CAPTURE NEEDED_AND_GONE PRUNED_FILES
}

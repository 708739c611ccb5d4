//! Decodes a file with a source file and prints its figures: `decode SOURCE.toml ANSWER [QUARTER]`.
//! Used to measure decoding alone, without network and store.
#![expect(clippy::print_stdout, reason = "an example prints")]

use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::observation::Reading;
use quarterdeck_sources::{Context, Lookup, SourceConfig, decode};
use std::error::Error;
use std::fs::{File, read_to_string};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let usage = "decode SOURCE.toml ANSWER [QUARTER]";
    let config: SourceConfig = toml::from_str(&read_to_string(args.next().ok_or(usage)?)?)?;
    let mut body = File::open(args.next().ok_or(usage)?)?;
    let quarter = Quarter::parse(args.next().as_deref().unwrap_or("2025Q4"))?;
    let lookup = |_: &_| Lookup::Unlisted;
    let context = Context {
        quarter,
        fetched_at: quarterdeck_kpi::calendar::end_of_day(quarter.end()),
        http_status: 200,
        content_type: None,
        url: None,
        page: 0,
        previous_rows: None,
        rows_so_far: 0,
        carried: None,
        lookup: &lookup,
        earlier: &|_, _| None,
        preview: None,
    };
    let decoded = decode(&config, &context, &mut body, &mut std::io::sink())
        .map_err(|refusal| refusal.to_string())?;
    println!("rows {} encoding {}", decoded.rows, decoded.encoding);
    for located in &decoded.readings {
        let observation = &located.observation;
        let (series, period) = (&observation.series, observation.period);
        match &observation.reading {
            Reading::Value(value) => println!("{series}@{period} {value} {}", observation.unit),
            Reading::Rejected(reason) => println!("{series}@{period} rejected: {reason}"),
        }
    }
    for finding in &decoded.findings {
        println!("finding {}: {}", finding.rule, finding.text);
    }
    Ok(())
}

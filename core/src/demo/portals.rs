//! The demo's portals: a server on loopback that answers in the real portals' formats.
//!
//! It stands in for the outside world only; collection reaches it through the ordinary transport.
//! Every answer depends on nothing but the quarter it is asked in, so that a rerun gives equal bytes.

use super::catalogue::{self, Size};
use super::figures::{Figures, QUARTERS};
use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Frame;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value, json};
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Quarters in which the participation platform answers 503 with a valid body, as the real one does.
const SERVICE_UNAVAILABLE: [Quarter; 2] = [
    Quarter {
        year: 2023,
        number: 2,
    },
    Quarter {
        year: 2025,
        number: 4,
    },
];

/// Records of the full catalogue, and of the short one of earlier quarters.
const FULL_ROWS: usize = 53_000;
const SHORT_ROWS: usize = 500;

/// What the planted change of a unit makes of a value.
const UNIT: usize = 1_000;

/// Records of the data store's pages when the caller names no limit: it truncates, like the real one.
const DEFAULT_LIMIT: usize = 10;

/// Running portals; they stop when this is dropped.
pub struct Portals {
    address: SocketAddr,
    quarter: Arc<Mutex<Quarter>>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Portals {
    /// Starts them on a loopback port (0 = any free one).
    pub fn start(port: u16, quarter: Quarter) -> Result<Portals, Message> {
        let failed = |error: &dyn std::fmt::Display| {
            Message::new("demo-portals-failed").with("detail", error.to_string())
        };
        let figures = Arc::new(
            Figures::embedded()
                .ok_or_else(|| Message::new("demo-figures-broken").with("detail", ""))?,
        );
        let listener =
            std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|e| failed(&e))?;
        listener.set_nonblocking(true).map_err(|e| failed(&e))?;
        let address = listener.local_addr().map_err(|e| failed(&e))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| failed(&e))?;
        let quarter = Arc::new(Mutex::new(quarter));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let shared = Arc::clone(&quarter);
        let thread = std::thread::Builder::new()
            .name("demo-portals".to_owned())
            .spawn(move || runtime.block_on(serve(listener, figures, shared, stopped)))
            .map_err(|e| failed(&e))?;
        Ok(Portals {
            address,
            quarter,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where they listen, as an origin: `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on they answer as in this quarter.
    pub fn stand_at(&self, quarter: Quarter) {
        if let Ok(mut current) = self.quarter.lock() {
            *current = quarter;
        }
    }

    /// Serves until the process is told to stop (`qd demo --serve`).
    pub fn wait_until(&self, interrupted: &dyn Fn() -> bool) {
        while !interrupted() {
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
    }
}

impl Drop for Portals {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(
    listener: std::net::TcpListener,
    figures: Arc<Figures>,
    quarter: Arc<Mutex<Quarter>>,
    mut stopped: tokio::sync::oneshot::Receiver<()>,
) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stopped => return,
        };
        let Ok((stream, _)) = accepted else { continue };
        let (figures, quarter) = (Arc::clone(&figures), Arc::clone(&quarter));
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let now = quarter.lock().map_or(QUARTERS.1, |q| *q);
                let answer = answer(&figures, now, &request);
                async move { Ok::<_, Infallible>(answer) }
            });
            // No date of today in the headers: a rerun must record equal bytes.
            let _ = http1::Builder::new()
                .auto_date_header(false)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

fn answer(
    figures: &Arc<Figures>,
    quarter: Quarter,
    request: &Request<hyper::body::Incoming>,
) -> Response<Body> {
    if request.method() != Method::GET {
        return respond(StatusCode::METHOD_NOT_ALLOWED, "text/plain", String::new());
    }
    let query = request.uri().query().unwrap_or("");
    let number = |name: &str| {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .and_then(|(_, value)| value.parse::<usize>().ok())
    };
    match request.uri().path() {
        // The real portal serves its CSV as text/html.
        "/datasets/export/csv" => stream_catalogue(figures, quarter),
        "/statistics/datasets/datasets/export/csv" => respond(
            StatusCode::OK,
            "text/html; charset=UTF-8",
            statistics(figures, quarter),
        ),
        "/api/v2/rest/dataset/count" => as_json(StatusCode::OK, &dataset_count(figures, quarter)),
        "/gpmopenapi/api/v1/rest/datastore/A41000000G-000483-001" => {
            let (limit, offset) = (
                number("limit").unwrap_or(DEFAULT_LIMIT),
                number("offset").unwrap_or(0),
            );
            as_json(StatusCode::OK, &datastore(figures, quarter, limit, offset))
        }
        path if path.starts_with("/gpmopenapi/api/v1/rest/datastore/") => as_json(
            StatusCode::OK,
            &json!({"success": false, "error": {"message": "no such resource", "type": "ER0100"}}),
        ),
        "/toOpenData/v2/ey/idea" => {
            let status = if SERVICE_UNAVAILABLE.contains(&quarter) {
                StatusCode::SERVICE_UNAVAILABLE
            } else {
                StatusCode::OK
            };
            as_json(status, &ideas(figures, quarter))
        }
        "/services/usage" => as_json(StatusCode::OK, &services(figures, quarter, "svc")),
        "/services/cloud" => as_json(StatusCode::OK, &services(figures, quarter, "cloud")),
        "/services/scrap" => as_json(StatusCode::OK, &services(figures, quarter, "scrap")),
        "/services/imaging" => as_json(StatusCode::OK, &services(figures, quarter, "imaging")),
        _ => as_json(
            StatusCode::NOT_FOUND,
            &json!({"success": false, "error": {"error_type": "ER0001", "message": "not found"}}),
        ),
    }
}

fn respond(status: StatusCode, content_type: &str, body: String) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from(body)).boxed_unsync());
    *response.status_mut() = status;
    if let Ok(value) = content_type.parse() {
        response
            .headers_mut()
            .insert(hyper::header::CONTENT_TYPE, value);
    }
    response
}

fn as_json(status: StatusCode, value: &Value) -> Response<Body> {
    respond(status, "application/json; charset=utf-8", value.to_string())
}

fn stream_catalogue(figures: &Arc<Figures>, quarter: Quarter) -> Response<Body> {
    let rows = if quarter == QUARTERS.1 {
        FULL_ROWS
    } else {
        SHORT_ROWS
    };
    let size = Size {
        rows,
        gold: gold_rows(figures, quarter, rows),
    };
    let figures = Arc::clone(figures);
    const BLOCK: usize = 200;
    let blocks = stream::iter((0..rows).step_by(BLOCK).map(move |from| {
        let mut text = String::with_capacity(256 * 1024);
        catalogue::write_rows(&mut text, &figures.words, size, from, from + BLOCK);
        Ok::<_, Infallible>(Frame::data(Bytes::from(text)))
    }));
    let mut response = Response::new(StreamBody::new(blocks).boxed_unsync());
    response.headers_mut().insert(
        hyper::header::CONTENT_TYPE,
        hyper::header::HeaderValue::from_static("text/html; charset=UTF-8"),
    );
    response
}

fn gold_rows(figures: &Figures, quarter: Quarter, rows: usize) -> usize {
    figures
        .reading(quarter, "P01/gold-share")
        .and_then(|text| text.parse::<Decimal>().ok())
        .and_then(|share| {
            (share * Decimal::from(rows) / Decimal::ONE_HUNDRED)
                .round()
                .to_usize()
        })
        .unwrap_or(0)
}

fn whole(figures: &Figures, quarter: Quarter, series: &str) -> usize {
    figures
        .reading(quarter, series)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

/// Views and downloads per data set; the sum of the downloads is the figure.
fn statistics(figures: &Figures, quarter: Quarter) -> String {
    const ROWS: usize = 40;
    let total = whole(figures, quarter, "P01/downloads");
    let mut text =
        String::from("\u{FEFF}資料集識別碼,資料集名稱,提供機關,瀏覽次數,下載次數,意見數\r\n");
    for n in 0..ROWS {
        let downloads = total / ROWS + usize::from(n < total % ROWS);
        let title = figures
            .words
            .dataset_title
            .replace("{n}", &format!("{:05}", n + 1));
        let agency = &figures.words.agencies[n % figures.words.agencies.len()];
        text.push_str(&format!(
            "{},{title},{agency},{},{downloads},{}\r\n",
            n + 1,
            downloads * 7,
            n % 4
        ));
    }
    text
}

fn dataset_count(figures: &Figures, quarter: Quarter) -> Value {
    json!({"help": "https://data.example.invalid/help", "success": true,
           "result": {"count": whole(figures, quarter, "P01/open-datasets")}})
}

/// Plans under control with their money and progress; all values are strings.
fn datastore(figures: &Figures, quarter: Quarter, limit: usize, offset: usize) -> Value {
    const COLUMNS: [(&str, &str); 12] = [
        ("programme", "計畫編號"),
        ("budget_ntd", "法定預算數"),
        ("available_ntd", "可支用預算數"),
        ("planned_spend_ntd", "累計預定支用數"),
        ("allotted_ntd", "累計分配數"),
        ("paid_ntd", "實支數"),
        ("payable_ntd", "應付未付數"),
        ("saved_ntd", "節餘數"),
        ("carried_over_ntd", "保留數"),
        ("settled_ntd", "決算數"),
        ("planned_progress", "預定累計進度"),
        ("actual_progress", "實際累計進度"),
    ];
    const TOTALS: [(&str, &str); 4] = [
        ("planned_spend_ntd", "總累計預定支用數"),
        ("paid_ntd", "總累計實支數"),
        ("payable_ntd", "總累計應付未付數"),
        ("saved_ntd", "總累計節餘數"),
    ];
    let (columns, rows) = figures.money(quarter);
    let records: Vec<Value> = rows
        .iter()
        .skip(offset)
        .take(limit)
        .map(|row| {
            let mut record = Map::new();
            record.insert("年度".to_owned(), json!(quarter.roc_year().to_string()));
            record.insert("季別".to_owned(), json!(quarter.number.to_string()));
            for (ours, theirs) in COLUMNS {
                let cell = columns
                    .iter()
                    .position(|c| c == ours)
                    .and_then(|i| row.get(i));
                record.insert(theirs.to_owned(), json!(cell.map_or("", String::as_str)));
            }
            for (ours, theirs) in TOTALS {
                let total = figures.since_beginning(quarter, row.first(), ours);
                record.insert(theirs.to_owned(), json!(total));
            }
            record.insert(
                "風險".to_owned(),
                json!(row.last().map_or("", String::as_str)),
            );
            Value::Object(record)
        })
        .collect();
    let fields: Vec<Value> = ["年度", "季別"]
        .into_iter()
        .chain(COLUMNS.iter().chain(&TOTALS).map(|c| c.1))
        .map(|id| json!({"id": id, "type": "text"}))
        .collect();
    json!({"success": true, "result": {"resource_id": "A41000000G-000483-001", "fields": fields,
           "records": records, "limit": limit, "offset": offset, "total": rows.len()}})
}

/// Suggestions of the participation platform: numbers like "1,234", a threshold, a proposer.
fn ideas(figures: &Figures, quarter: Quarter) -> Value {
    let (count, cases) = (
        whole(figures, quarter, "P29/suggestions"),
        whole(figures, quarter, "P29/cases"),
    );
    let words = &figures.words;
    let rows: Vec<Value> = (0..count)
        .map(|n| {
            let reached = n < cases;
            let endorsed = if reached { 5_000 + n * 37 } else { (n * 13) % 4_900 };
            json!({
                "publishDate": format!("{}-{:02}-{:02} 00:01:18", quarter.year, n % 12 + 1, n % 28 + 1),
                "網址": format!("https://join.example.invalid/idea/detail/{n}"),
                "標題": words.idea_title.replace("{n}", &n.to_string()),
                "提議內容": words.idea_text,
                "附議數量": grouped(endorsed),
                "附議門檻": "5,000",
                "提送日期": if reached { format!("{}-{:02}-15", quarter.year, n % 12 + 1) } else { "無".to_owned() },
                "關注數量": grouped(endorsed / 3),
                "留言數量": grouped(endorsed / 11),
                "提議者": words.proposer.replace("{n}", &n.to_string()),
            })
        })
        .collect();
    Value::Array(rows)
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Figures of the services themselves, in the shapes such answers really have: numbers, "52.4%", "1,234".
fn services(figures: &Figures, quarter: Quarter, road: &str) -> Value {
    let last = quarter == QUARTERS.1;
    let mut figures_of_programmes = Map::new();
    for (index, reading) in figures.by_road(quarter, road).enumerate() {
        let Some((programme, name)) = reading.series.split_once('/') else {
            continue;
        };
        let value = match reading.series.as_str() {
            // Planted: what is not a number, in the last quarter.
            "P18/online-claims" if last => json!("NaN"),
            // Planted: single sets where sets were counted by the thousand; the demo's settings refuse that.
            "P06/linked-sets" if last => {
                json!(grouped(reading.value.parse().unwrap_or(0) * UNIT))
            }
            _ if index % 3 == 1 && !reading.value.contains('.') => {
                json!(grouped(reading.value.parse().unwrap_or(0)))
            }
            _ if index % 3 == 2 => json!(reading.value),
            _ => serde_json::from_str::<Value>(&reading.value)
                .unwrap_or_else(|_| json!(reading.value)),
        };
        // Planted: the imaging service starts to answer in months instead of hours.
        let unit = match (reading.series.as_str(), last) {
            ("P27/image-hours", true) => "month",
            ("P27/image-hours", false) => "hour",
            _ => "",
        };
        let programme = figures_of_programmes
            .entry(programme)
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(programme) = programme {
            programme.insert(name.to_owned(), json!({"value": value, "unit": unit}));
        }
    }
    // Planted: the cloud centres' answer stands still since the middle of the year.
    let data_day = if road == "cloud" && last {
        quarter.previous().previous().end()
    } else {
        quarter.end()
    };
    json!({"quarter": quarter.to_string(), "dataDate": data_day.to_string(), "figures": figures_of_programmes})
}

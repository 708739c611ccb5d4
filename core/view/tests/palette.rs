//! The palette keeps the contrasts and distances it promises.

use quarterdeck_kpi::status::Status;
use quarterdeck_view::palette::{Pair, Role, Vision, contrast, distance, look};

const NEAR: f64 = 0.06;

/// Lowest contrast of an ink on surfaces, in both themes.
fn lowest(ink: Pair, surfaces: &[Pair]) -> (f64, f64) {
    let of = |dark: bool| {
        surfaces
            .iter()
            .map(|s| contrast(ink.of(dark), s.of(dark)))
            .fold(f64::INFINITY, f64::min)
    };
    (of(false), of(true))
}

#[track_caller]
fn same(name: &str, (light, dark): (f64, f64), expected: (f64, f64)) {
    assert!(
        (light - expected.0).abs() < NEAR && (dark - expected.1).abs() < NEAR,
        "{name}: {light:.2}, {dark:.2} instead of {expected:?}"
    );
}

fn surfaces() -> Vec<Pair> {
    [Role::Rail, Role::Content, Role::Band, Role::Selection]
        .map(Role::pair)
        .to_vec()
}

#[test]
fn text_can_be_read_on_every_surface() {
    let surfaces = surfaces();
    let ink = |role: Role| lowest(role.pair(), &surfaces);
    same("t1", ink(Role::Text), (13.79, 10.85));
    same("t2", ink(Role::Label), (6.75, 6.69));
    let mut with_track = surfaces.clone();
    with_track.push(Role::Track.pair());
    same("t3", lowest(Role::Hint.pair(), &with_track), (4.60, 4.61));
    same("accent", ink(Role::Accent), (5.79, 5.98));
    same(
        "on accent",
        lowest(Role::OnAccent.pair(), &[Role::Accent.pair()]),
        (6.84, 8.60),
    );
    same(
        "demo",
        lowest(Role::DemoInk.pair(), &[Role::DemoFill.pair()]),
        (6.23, 9.47),
    );
    same(
        "ink on behind",
        lowest(Role::InkOnBehind.pair(), &[look(Status::Behind).ink]),
        (8.10, 7.38),
    );
}

#[test]
fn every_status_can_be_read() {
    let surfaces = surfaces();
    let tone = |status: Status| lowest(look(status).ink, &surfaces);
    same("on track", tone(Status::OnTrack), (4.91, 7.17));
    same("at risk", tone(Status::AtRisk), (4.52, 8.30));
    same("behind", tone(Status::Behind), (6.86, 5.14));
    same("missing", tone(Status::NoData), (5.80, 5.60));
    same("late", tone(Status::Late), (8.92, 6.54));
    same("rejected", tone(Status::Rejected), (13.57, 4.71));
    same("not due", tone(Status::NotDue), (4.68, 4.95));
    same("no target", tone(Status::NoTarget), (7.23, 10.16));
    let tints = Status::ALL.map(|s| lowest(look(s).ink, &[look(s).tint]));
    let least = tints.iter().fold((f64::INFINITY, f64::INFINITY), |a, b| {
        (a.0.min(b.0), a.1.min(b.1))
    });
    same("tone on its tint", least, (4.69, 5.29));
}

#[test]
fn lines_of_charts_can_be_seen() {
    let on = |role: Role| lowest(role.pair(), &[Role::Content.pair()]);
    same("control edge", on(Role::ControlEdge), (3.61, 4.02));
    same("actual", on(Role::Actual), (6.84, 7.96));
    same("target", on(Role::Target), (9.77, 10.55));
    same("former target", on(Role::FormerTarget), (3.08, 4.31));
}

fn least_distance(statuses: &[Status], dark: bool, vision: Vision) -> f64 {
    let mut least = f64::INFINITY;
    for (at, a) in statuses.iter().enumerate() {
        for b in &statuses[at + 1..] {
            let d = distance(look(*a).ink.of(dark), look(*b).ink.of(dark), vision);
            least = least.min(d);
        }
    }
    least
}

#[test]
fn tones_stay_apart_for_every_eye() {
    let main = [
        Status::OnTrack,
        Status::AtRisk,
        Status::Behind,
        Status::NoData,
    ];
    let all = [
        Status::OnTrack,
        Status::AtRisk,
        Status::Behind,
        Status::NoData,
        Status::Late,
        Status::Rejected,
        Status::NotDue,
        Status::NoTarget,
    ];
    let visions = [
        Vision::Normal,
        Vision::Protan,
        Vision::Deutan,
        Vision::Tritan,
    ];
    for (statuses, dark, expected) in [
        (&main[..], false, [33.6, 16.2, 11.4, 12.9]),
        (&all[..], false, [10.8, 8.9, 9.0, 11.0]),
        (&main[..], true, [34.6, 16.8, 13.3, 19.0]),
        (&all[..], true, [9.7, 8.8, 8.7, 9.1]),
    ] {
        for (vision, expected) in visions.into_iter().zip(expected) {
            let found = least_distance(statuses, dark, vision);
            assert!(
                (found - expected).abs() < NEAR,
                "{vision:?} dark={dark}: {found:.2} instead of {expected}"
            );
        }
    }
}

#[test]
fn only_behind_is_solid_and_the_unknown_are_dashed() {
    for status in Status::ALL {
        assert_eq!(look(status).solid, status == Status::Behind);
        assert_eq!(look(status).dashed, status.is_unknown(), "{status:?}");
    }
}

//! Refused requests are explained: a short form of `make diagnose`.

use imgferry_tests::diagnosis::Figure;

/// Causes that a request shows to somebody who has no secret.
const SHOWS: &[&str] = &[
    "authorization.form",
    "authorization.missing",
    "authorization.old",
    "authorization.scheme",
    "authorization.time",
    "authorization.twice",
    "clock.ahead",
    "clock.behind",
    "content_type.charset",
    "header.changed",
    "header.missing",
    "key.cloud",
    "key.quotes",
    "key.swapped",
    "payload.changed",
    "payload.cut",
    "query.double",
    "query.plus",
    "scope.day",
    "scope.region",
    "scope.service",
    "secret.other",
    "signed_headers.missing",
];

#[test]
fn refused_requests_are_explained() {
    let figure = Figure::of(100_000..101_000);
    let all = figure.all();
    assert_eq!((all.named, all.wrong), (all.echoed, 0), "{:#?}", figure.amiss);
    assert!(all.echoed > 300 && all.cases == 1_000);
    for (cause, row) in &figure.rows {
        // A body that was changed somehow looks like another secret: the second guess.
        let first = if *cause == "payload.changed" { row.second } else { row.first };
        assert_eq!(first, row.cases, "{cause}: {:#?}", figure.amiss);
        let shows = SHOWS.contains(cause);
        assert!(!shows || row.blind == row.cases, "{cause} shows without the secret: {row:?}, {:#?}", figure.amiss);
    }
    assert!(SHOWS.iter().all(|cause| figure.rows.contains_key(cause)), "{:?}", figure.rows.keys());
    assert!(all.first * 100 >= all.cases * 90 && all.second * 100 >= all.cases * 97, "{all:?}: {:#?}", figure.amiss);
}

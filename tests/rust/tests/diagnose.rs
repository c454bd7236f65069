//! Refused requests are explained: a short form of `make diagnose`.

use imgferry_tests::diagnosis::Figure;

#[test]
fn refused_requests_are_explained() {
    let figure = Figure::of(100_000..100_200);
    let all = figure.all();
    assert_eq!((all.named, all.wrong), (all.echoed, 0), "{:#?}", figure.amiss);
    assert!(all.echoed > 60 && all.cases == 200);
    assert!(all.first * 100 >= all.cases * 90 && all.second * 100 >= all.cases * 97, "{all:?}: {:#?}", figure.amiss);
}

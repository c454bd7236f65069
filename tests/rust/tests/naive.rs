//! The same replications carried out by imgferry and by what people write without it, in the same worlds: copies made
//! twice, and calls made for each finished copy at the same delay.

use imgferry_tests::harness::{Host, Mishaps, images_per_lane, plan, world};
use imgferry_tests::naive::Naive;
use imgferry_tests::story::{REGIONS, SOURCES, Told};
use serde_json::{Value, json};

/// Several images on each cloud to every region that the stories know.
fn many(images: usize) -> Value {
    let copies = SOURCES.iter().zip(REGIONS).flat_map(|((cloud, from, id), regions)| {
        (0..images).map(move |image| {
            let params = if cloud.as_str() == "huawei" { json!({"agency_name": "ims_copy_image"}) } else { json!({}) };
            json!({"cloud": cloud.as_str(), "image": format!("{id}{image}"), "from": from, "to": regions, "name": format!("golden-{image}"), "params": params})
        })
    });
    json!({"copies": copies.collect::<Vec<_>>()})
}

fn scenario(seed: u64, images: usize, faults: f64) -> Value {
    let sources = SOURCES.iter().flat_map(|(cloud, region, id)| {
        (0..images).map(
            move |image| json!({"cloud": cloud.as_str(), "region": region, "id": format!("{id}{image}"), "name": "source", "size_gib": 20}),
        )
    });
    json!({
        "seed": seed, "images": sources.collect::<Vec<_>>(), "copy_ms": [600_000, 2_400_000], "progress": "linear", "busy_source": false,
        "faults": {"lost_after": faults, "http_500_after": faults, "timeout_after": faults, "lost_before": faults}
    })
}

fn duplicates(host: &imgferry_sim::World) -> usize {
    images_per_lane(host).values().map(|images| images.saturating_sub(1)).sum()
}

fn median(mut delays_ms: Vec<i64>) -> i64 {
    delays_ms.sort_unstable();
    delays_ms.get(delays_ms.len() / 2).copied().unwrap_or(0)
}

#[test]
fn copies_made_twice_are_those_of_the_others() {
    let (mut ours, mut theirs, mut lanes) = (0, 0, 0);
    for seed in 0..20 {
        let mut host = Host::new(world(&scenario(seed, 2, 0.05)), seed);
        let report = host.run(plan(&many(2)), seed, 200_000);
        lanes += report.rows.len();
        ours += duplicates(&host.world);
        let mut same = world(&scenario(seed, 2, 0.05));
        Naive::run(&plan(&many(2)), &mut same, 15_000);
        theirs += duplicates(&same);
    }
    println!("{lanes} copies in storms: {ours} made twice by imgferry, {theirs} by a client that retries every failure");
    assert_eq!(ours, 0);
    assert!(theirs > 0, "storms without a victim prove nothing");
}

#[test]
fn calls_for_each_finished_copy() {
    let mut host = Host::new(world(&scenario(1, 4, 0.0)), 1);
    let report = host.run(plan(&many(4)), 1, 200_000);
    assert_eq!(report.exit_code(), 0, "{}", report.to_value());
    let (calls, lanes) = (host.requests, report.rows.len());
    let delay_ms = median(Told { host, report, mishaps: Mishaps::default() }.delays_ms());
    // Looking every so often, one is late by half of it in the middle.
    let mut same = world(&scenario(1, 4, 0.0));
    let naive = Naive::run(&plan(&many(4)), &mut same, (2 * delay_ms).max(1_000));
    let each = |calls: u64, copies: usize| calls as f64 / copies as f64;
    let (ours, theirs) = (each(calls, lanes), each(naive.calls, naive.finished));
    println!(
        "{lanes} copies of 10 to 40 minutes on a calm day: {ours:.1} calls a copy and {:.1} s late with imgferry,",
        delay_ms as f64 / 1e3
    );
    println!(
        "{theirs:.1} calls a copy and {:.1} s late with a client that looks at each alone: 1/{:.1}",
        median(naive.delays_ms) as f64 / 1e3,
        theirs / ours
    );
    assert_eq!(naive.finished, lanes);
    assert!(ours < theirs, "a careful client calls less");
}

use imgferry_tests::harness::*;
use imgferry::Millis;
use serde_json::json;
fn main() {
    let seeds: u64 = std::env::args().nth(1).map_or(2000, |s| s.parse().unwrap());
    let mut worst = 0;
    for seed in 0..seeds {
        let mut d = imgferry_tests::Seeded(seed);
        let mut r = |n: u64| (d.draw() % n) as i64;
        let mut host = Host::new(world(&json!({"copy_ms": 1500, "visible_after_ms": 50, "seed": seed})), seed);
        host.mishaps.way_ms = [(0, 5), (0, 60), (0, 400), (100, 1500), (0, 3000)][r(5) as usize];
        host.mishaps.cancel_at = Some(START.plus(r(8000)));
        let plan = plan(&json!({"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "name": "golden",
            "to": ["ap-shanghai", "ap-beijing", "ap-singapore", "ap-tokyo", "ap-seoul", "ap-bangkok"]}],
            "policy": {"poll": "100ms", "settle": "300ms", "visible": "2s", "backoff": "100ms", "backoff_max": "300ms"}}));
        let report = host.run(plan, seed, 100000);
        let first = (host.now, phases(&report));
        let began = host.now;
        let text = host.disk.clone();
        let report = host.resume(100000);
        let took = host.now.since(began);
        worst = worst.max(took);
        if took > 60_000 || report.exit_code() != 0 {
            println!("seed {seed} way {:?} first {:?} took {took} {:?}", host.mishaps.way_ms, first, phases(&report));
            if took > 60_000 { println!("{}\n{}", text.len(), host.disk); for e in host.events.iter().rev().take(30) { println!("{e}"); } std::process::exit(1); }
        }
    }
    println!("worst {worst}");
    let _ = Millis(0);
}

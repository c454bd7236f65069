//! The shape of the core, kept by reading its sources.

mod imports;
mod sizes;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};

const CLOUDS: [&str; 3] = ["tencent", "volcengine", "huawei"];

fn core() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core")
}

/// Every Rust source below a folder: its path and the code in it, without comments and tests.
fn sources(below: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![core().join("src").join(below)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("a readable file");
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
                found.push((path.display().to_string(), code.join("\n")));
            }
        }
    }
    assert!(!found.is_empty(), "no sources below {below}");
    found
}

#[test]
fn the_clouds_have_the_same_files() {
    let files = |cloud: &str| {
        let mut names: Vec<String> = fs::read_dir(core().join("src").join(cloud))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
            .collect();
        names.sort();
        names
    };
    assert_eq!(
        files("tencent"),
        ["errors.rs", "mod.rs", "regions.rs", "replication.rs", "request.rs", "response.rs", "rules", "scheme.rs"]
    );
    assert_eq!(files("tencent"), files("volcengine"));
    assert_eq!(files("tencent"), files("huawei"));
}

#[test]
fn no_cloud_knows_another_nor_the_job() {
    for cloud in CLOUDS {
        for (path, code) in sources(cloud) {
            for other in CLOUDS.into_iter().filter(|other| *other != cloud) {
                assert!(!code.contains(&format!("{other}::")), "{path} names {other}");
            }
            assert!(!code.contains("crate::job") && !code.contains("crate::plan"), "{path} knows the job");
        }
    }
}

#[test]
fn the_job_names_no_cloud() {
    for (path, code) in sources("job") {
        for cloud in CLOUDS {
            assert!(!code.contains(&format!("{cloud}::")), "{path} reaches into {cloud}");
            let variant = format!("Cloud::{}{}", cloud[..1].to_uppercase(), &cloud[1..]);
            assert!(!code.contains(&variant), "{path} names {variant}");
        }
    }
    for (path, code) in sources("job/machine") {
        let is_pure = !code.contains("Cloud") && !code.contains("Millis") && !code.contains("_ =>");
        assert!(is_pure, "{path}: phases, outcomes and a table of both, without a catch-all");
    }
}

/// The names of what is called, or defined, right behind `pattern`.
fn functions_after<'c>(code: &'c str, pattern: &str) -> Vec<&'c str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let name = |rest: &'c str| rest.split_once(|c: char| !is_part(c)).filter(|(name, _)| rest[name.len()..].starts_with('('));
    code.split(pattern).skip(1).filter_map(name).map(|(name, _)| name).collect()
}

/// The bodies of `impl` blocks of that type.
fn bodies<'c>(code: &'c str, of: &str) -> Vec<&'c str> {
    code.split(&format!("\nimpl {of} {{")).skip(1).map(|block| block.split("\n}").next().unwrap_or_default()).collect()
}

#[test]
fn no_stage_of_the_job_calls_another() {
    for (path, code) in sources("job/stages") {
        let is_a_stage = !path.ends_with("mod.rs");
        assert!(!is_a_stage || !(code.contains("stages::") || code.contains("super::")), "{path} reaches another stage");
    }
}

#[test]
fn no_circle_of_method_calls_in_the_job() {
    let files = sources("job");
    // What all stages share: its methods, with the file that has each.
    let mut methods: Vec<(usize, &str)> = Vec::new();
    for (file, (path, code)) in files.iter().enumerate() {
        let of_state = bodies(code, "State").into_iter().flat_map(|body| functions_after(body, " fn "));
        methods.extend(of_state.map(|name| (file, name)));
        let of_job = bodies(code, "Job").into_iter().flat_map(|body| functions_after(body, " fn ")).count();
        assert!(of_job <= if path.ends_with("job/mod.rs") { 20 } else { 0 }, "{path} has {of_job} methods of Job");
    }
    assert!(methods.iter().any(|(_, name)| *name == "source_image"), "{methods:?}");
    let mut calls: Vec<(usize, usize)> = Vec::new();
    for (file, (_, code)) in files.iter().enumerate() {
        let own = bodies(code, "State").into_iter().flat_map(|body| functions_after(body, "self."));
        for name in own.chain(functions_after(code, "state.")) {
            calls.extend(methods.iter().filter(|(of, method)| *of != file && *method == name).map(|(of, _)| (file, *of)));
        }
    }
    assert!(calls.len() > 50, "{calls:?}");
    // Files that call nobody who is left go; what remains is a circle.
    let mut left: Vec<usize> = (0..files.len()).collect();
    while let Some(place) = left.iter().position(|file| !calls.iter().any(|(from, to)| from == file && left.contains(to))) {
        left.remove(place);
    }
    let circle: Vec<&str> = left.iter().map(|file| files[*file].0.as_str()).collect();
    assert!(circle.is_empty(), "these call each other: {circle:#?}");
}

#[test]
fn only_provider_matches_over_clouds() {
    for (path, code) in sources("") {
        assert!(
            ["src/provider.rs", "base/cloud.rs"].iter().any(|file| path.ends_with(file)) || !code.contains("Cloud::Tencent =>"),
            "{path} matches over clouds"
        );
    }
}

#[test]
fn the_core_does_no_io_and_is_safe() {
    let banned = [
        "std::fs",
        "std::net::Tcp",
        "std::net::Udp",
        "std::env",
        "std::thread",
        "std::process",
        "std::io",
        "SystemTime",
        "Instant::",
        "unsafe ",
    ];
    for (path, code) in [sources(""), sources("../sim/src")].concat() {
        for word in banned {
            assert!(!code.contains(word), "{path} uses {word}");
        }
    }
    for library in ["src/lib.rs", "sim/src/lib.rs"] {
        assert!(fs::read_to_string(core().join(library)).expect("lib.rs").contains("#![forbid(unsafe_code)]"), "{library}");
    }
}

#[test]
fn every_dependency_of_the_core_is_accounted_for() {
    let manifest = fs::read_to_string(core().join("Cargo.toml")).expect("the manifest");
    let listed = manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next()).expect("a list of dependencies");
    let design = fs::read_to_string(core().join("../DESIGN.md")).expect("DESIGN.md");
    for line in listed.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
        assert!(design.contains(&format!("`{name}`")), "{name} is not justified in DESIGN.md");
    }
}

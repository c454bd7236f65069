//! The shape of the core, kept by reading its sources.

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
    let machine = fs::read_to_string(core().join("src/job/machine.rs")).expect("the transition table");
    assert!(
        !machine.contains("Cloud") && !machine.contains("Millis") && !machine.contains("_ =>"),
        "machine.rs is a table of phases and outcomes, without a catch-all"
    );
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

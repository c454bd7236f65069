//! The shape of the core, kept by reading its sources.

mod imports;
mod public_api;
mod sizes;
mod sources;

use sources::{Source, root, sources};
use std::fs;

const CLOUDS: [&str; 3] = ["tencent", "volcengine", "huawei"];

/// Every source of the core below a folder: its path and its code.
fn core(below: &str) -> Vec<(String, String)> {
    sources("core/src").iter().filter(|source| source.path.starts_with(below)).map(|source| (source.path.clone(), source.code())).collect()
}

#[test]
fn the_clouds_have_the_same_files() {
    let files = |cloud: &str| -> Vec<String> {
        core(&format!("{cloud}/")).into_iter().map(|(path, _)| path.trim_start_matches(&format!("{cloud}/")).to_owned()).collect()
    };
    let tencent = files("tencent");
    for file in ["errors.rs", "mod.rs", "regions.rs", "replication.rs", "request.rs", "response.rs", "rules/mod.rs", "scheme.rs"] {
        assert!(tencent.iter().any(|own| own == file), "{file} not in {tencent:?}");
    }
    assert_eq!(tencent, files("volcengine"));
    assert_eq!(tencent, files("huawei"));
}

#[test]
fn no_cloud_knows_another_nor_the_job() {
    for cloud in CLOUDS {
        for (path, code) in core(cloud) {
            for other in CLOUDS.into_iter().filter(|other| *other != cloud) {
                assert!(!code.contains(&format!("{other}::")), "{path} names {other}");
            }
            assert!(!code.contains("crate::job") && !code.contains("crate::plan"), "{path} knows the job");
        }
    }
}

#[test]
fn the_job_names_no_cloud() {
    for (path, code) in core("job/") {
        for cloud in CLOUDS {
            assert!(!code.contains(&format!("{cloud}::")), "{path} reaches into {cloud}");
            let variant = format!("Cloud::{}{}", cloud[..1].to_uppercase(), &cloud[1..]);
            assert!(!code.contains(&variant), "{path} names {variant}");
        }
    }
    for (path, code) in core("job/machine") {
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
    for (path, code) in core("job/stages") {
        let is_a_stage = !path.ends_with("mod.rs");
        assert!(!is_a_stage || !(code.contains("stages::") || code.contains("super::")), "{path} reaches another stage");
    }
}

#[test]
fn no_circle_of_method_calls_in_the_job() {
    let files = core("job/");
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
    for (path, code) in core("") {
        assert!(
            ["provider.rs", "base/cloud.rs"].contains(&path.as_str()) || !code.contains("Cloud::Tencent =>"),
            "{path} matches over clouds"
        );
    }
}

#[test]
fn the_name_of_a_cloud_stands_in_one_place_and_in_its_folder() {
    // Comments and examples count as well: what `rg '"tencent"' core/src` finds, but for tests.
    for Source { path, text, .. } in sources("core/src") {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for cloud in CLOUDS {
            let is_its_own = path == "base/cloud.rs" || path.ends_with("/tests.rs") || path.starts_with(&format!("{cloud}/"));
            let text = text.replace(&format!("feature = \"{cloud}\""), "");
            assert!(is_its_own || !text.contains(&format!("\"{cloud}\"")), "{path} names {cloud}");
        }
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
    for source in sources("core/src").iter().chain(&sources("core/sim/src")) {
        for word in banned {
            assert!(!source.code().contains(word), "{} uses {word}", source.path);
        }
    }
    for library in ["core/src/lib.rs", "core/sim/src/lib.rs"] {
        assert!(fs::read_to_string(root().join(library)).expect("lib.rs").contains("#![forbid(unsafe_code)]"), "{library}");
    }
}

#[test]
fn every_dependency_of_the_core_is_accounted_for() {
    let manifest = fs::read_to_string(root().join("core/Cargo.toml")).expect("the manifest");
    let listed = manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next()).expect("a list of dependencies");
    let design = fs::read_to_string(root().join("DESIGN.md")).expect("DESIGN.md");
    for line in listed.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
        assert!(design.contains(&format!("`{name}`")), "{name} is not justified in DESIGN.md");
    }
}

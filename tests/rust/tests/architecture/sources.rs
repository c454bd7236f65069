//! Sources, read and parsed.

use std::fs;
use std::path::{Path, PathBuf};

/// A source of a crate.
pub struct Source {
    /// Where it is, from the crate's `src` on: `sign/mod.rs`.
    pub path: String,
    /// The module it is: `["sign"]`; empty for the root.
    pub module: Vec<String>,
    pub text: String,
    pub file: syn::File,
}

impl Source {
    /// The code, without comments and tests.
    pub fn code(&self) -> String {
        let code = self.text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        code.join("\n")
    }
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every source of a crate, sorted by its path.
pub fn sources(src: &str) -> Vec<Source> {
    let src = root().join(src);
    let mut sources = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let file = entry.expect("a readable folder").path();
            if file.is_dir() {
                folders.push(file);
            } else if file.extension().is_some_and(|ending| ending == "rs") {
                sources.push(source(&src, &file));
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!sources.is_empty(), "no sources below {}", src.display());
    sources
}

fn source(src: &Path, file: &Path) -> Source {
    let text = fs::read_to_string(file).expect("a readable file");
    let path = file.strip_prefix(src).expect("it lies below").to_str().expect("UTF-8").to_owned();
    let mut module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    module.pop_if(|last| ["mod", "lib"].contains(&last.as_str()));
    let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    Source { path, module, text, file }
}

/// Whether an item is there for tests only.
pub fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_test = attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"));
        is_test || attribute.path().is_ident("test")
    })
}

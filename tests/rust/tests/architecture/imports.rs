//! Who imports whom: read from `use` lines, from paths, and from paths inside of macros.

use crate::sources::{Source, is_for_tests, sources};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};
use syn::{Item, UseTree};

/// What a folder or file may import: what stands before it. Those on one line know nothing of each other.
const RANKS: &[(&str, &[&[&str]])] = &[
    (
        "core/src",
        &[
            &["base"],
            &["sign"],
            &["api"],
            &["tencent", "volcengine", "huawei"],
            &["provider"],
            &["evidence", "listing", "plan"],
            &["job"],
            &["serialize"],
            &["lib"],
        ],
    ),
    (
        "core/sim/src",
        &[
            &["arrived", "faults", "image"],
            &["catalogue", "ledger", "turn"],
            &["config"],
            &["scenario", "world"],
            &["tencent", "volcengine", "huawei"],
            &["serve"],
            &["lib"],
        ],
    ),
    (
        "wasm/src",
        &[
            &["convert", "kept"],
            &["sign"],
            &["evidence", "sim", "verify"],
            &["operation"],
            &["job", "listing", "signer"],
            &["ask"],
            &["lib"],
        ],
    ),
];

type Module = Vec<String>;
/// For each module those that it imports.
type Imports = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn every_layer_imports_only_what_is_below_it() {
    for (src, ranks) in RANKS {
        let rank = |module: &Module| {
            let top = module.first().map_or("lib", String::as_str);
            let rank = ranks.iter().position(|rank| rank.contains(&top));
            (top.to_owned(), rank.unwrap_or_else(|| panic!("{src}/{top} has no rank: give it one")))
        };
        for (importer, imported) in imports(&sources(src)) {
            for other in imported {
                let ((from, own), (to, other_rank)) = (rank(&importer), rank(&other));
                assert!(from == to || own > other_rank, "{src}: {} imports {}", importer.join("::"), other.join("::"));
            }
        }
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    for (src, _) in RANKS {
        let imports = imports(&sources(src));
        if let Some(circle) = circle(&imports) {
            panic!("{src}: a circle of files: {}", told(&circle));
        }
    }
}

#[test]
fn no_folders_import_each_other_in_a_circle() {
    for (src, _) in RANKS {
        let imports = imports(&sources(src));
        let folders: BTreeSet<Module> =
            imports.keys().filter(|module| !module.is_empty()).map(|module| module[..module.len() - 1].to_vec()).collect();
        for folder in folders {
            // What lies in the folder, each as one: a file, or a folder with all that is in it.
            let entry =
                |module: &Module| (module.starts_with(&folder) && module.len() > folder.len()).then(|| module[..=folder.len()].to_vec());
            let mut between = Imports::new();
            for (importer, imported) in &imports {
                if let Some(from) = entry(importer) {
                    let others = imported.iter().filter_map(entry).filter(|to| *to != from);
                    between.entry(from.clone()).or_default().extend(others);
                }
            }
            if let Some(circle) = circle(&between) {
                panic!("{src}: a circle of folders: {}", told(&circle));
            }
        }
    }
}

fn told(circle: &[Module]) -> String {
    circle.iter().map(|module| module.join("::")).collect::<Vec<_>>().join(" -> ")
}

/// Some circle, from its first module to the same again.
fn circle(imports: &Imports) -> Option<Vec<Module>> {
    let mut done = BTreeSet::new();
    imports.keys().find_map(|start| walk(start, imports, &mut Vec::new(), &mut done))
}

fn walk(module: &Module, imports: &Imports, way: &mut Vec<Module>, done: &mut BTreeSet<Module>) -> Option<Vec<Module>> {
    if let Some(start) = way.iter().position(|earlier| earlier == module) {
        return Some(way[start..].iter().chain([module]).cloned().collect());
    }
    if done.contains(module) {
        return None;
    }
    way.push(module.clone());
    let found = imports.get(module).into_iter().flatten().find_map(|next| walk(next, imports, way, done));
    way.pop();
    done.insert(module.clone());
    found
}

/// The imports of a crate's modules from each other. Naming a child with `mod` is none; naming a parent's item is one,
/// and so is a re-export. What only tests import does not count.
fn imports(sources: &[Source]) -> Imports {
    let modules: BTreeSet<&Module> = sources.iter().map(|source| &source.module).collect();
    let found: Vec<(&Source, Found)> = sources.iter().map(|source| (source, Found::of(source, &modules))).collect();
    // Where a name that a module re-exports comes from.
    let mut exports: BTreeMap<(Module, String), Module> = BTreeMap::new();
    for (source, found) in &found {
        for path in &found.exported {
            let (module, rest) = resolve(path, &modules);
            if let (Some(name), true) = (rest.last(), module != source.module) {
                exports.insert((source.module.clone(), name.clone()), module);
            }
        }
    }
    let target = |path: &[String]| {
        let (mut module, mut rest) = resolve(path, &modules);
        while let Some(origin) = rest.first().and_then(|name| exports.get(&(module.clone(), name.clone()))) {
            module = origin.clone();
            rest.truncate(1);
        }
        module
    };
    let mut imports = Imports::new();
    for (source, found) in &found {
        let others = found.used.iter().map(|path| target(path)).filter(|module| *module != source.module);
        imports.entry(source.module.clone()).or_default().extend(others);
    }
    imports
}

/// Splits a path from the root of the crate into its module and what it names there.
fn resolve(path: &[String], modules: &BTreeSet<&Module>) -> (Module, Vec<String>) {
    let length = (0..=path.len()).rev().find(|length| modules.contains(&path[..*length].to_vec())).unwrap_or_default();
    (path[..length].to_vec(), path[length..].to_vec())
}

/// Paths from the root of the crate that a source names.
#[derive(Default)]
struct Found {
    module: Module,
    /// Modules that are known by one name here.
    known: BTreeMap<String, Module>,
    used: Vec<Module>,
    exported: Vec<Module>,
}

impl Found {
    fn of(source: &Source, modules: &BTreeSet<&Module>) -> Self {
        let mut found = Found { module: source.module.clone(), ..Found::default() };
        for item in &source.file.items {
            if let Item::Mod(child) = item {
                let path: Module = source.module.iter().cloned().chain([child.ident.to_string()]).collect();
                found.known.insert(child.ident.to_string(), path);
            }
        }
        let uses: Vec<&syn::ItemUse> =
            source.file.items.iter().filter_map(|item| if let Item::Use(item) = item { Some(item) } else { None }).collect();
        // Modules that are imported by name, before the paths that begin with them.
        for item in &uses {
            for path in leaves(&item.tree) {
                if let Some(path) = found.absolute(&path).filter(|path| modules.contains(path)) {
                    found.known.insert(path.last().cloned().unwrap_or_default(), path);
                }
            }
        }
        for item in uses.into_iter().filter(|item| !is_for_tests(&item.attrs)) {
            let paths: Vec<Module> = leaves(&item.tree).iter().filter_map(|path| found.absolute(path)).collect();
            if !matches!(item.vis, syn::Visibility::Inherited) {
                found.exported.extend(paths.iter().cloned());
            }
            found.used.extend(paths);
        }
        found.visit_file(&source.file);
        found
    }

    /// The path from the root of the crate; `None` for what is of another crate, or of this very file.
    fn absolute(&self, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let supers = path.iter().take_while(|name| *name == "super").count();
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some(self.module.iter().chain(rest).cloned().collect()),
            "super" => Some(self.module.iter().take(self.module.len().checked_sub(supers)?).chain(&path[supers..]).cloned().collect()),
            name => Some(self.known.get(name)?.iter().chain(rest).cloned().collect()),
        }
    }

    fn add(&mut self, path: &[String]) {
        if path.len() > 1
            && let Some(path) = self.absolute(path)
        {
            self.used.push(path);
        }
    }

    /// The paths between the tokens of a macro.
    fn add_tokens(&mut self, tokens: &proc_macro2::TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens.clone() {
            match token {
                proc_macro2::TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.add(&std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                proc_macro2::TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                other => {
                    self.add(&std::mem::take(&mut path));
                    colons = 0;
                    if let proc_macro2::TokenTree::Group(group) = other {
                        self.add_tokens(&group.stream());
                    }
                }
            }
        }
        self.add(&path);
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[syn::Attribute] = match item {
            Item::Mod(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Use(_) => return,
            _ => &[],
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&names);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, found: &'ast syn::Macro) {
        self.add_tokens(&found.tokens);
        visit::visit_macro(self, found);
    }

    // Links in comments are no imports.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

/// The paths of a `use` line.
fn leaves(tree: &UseTree) -> Vec<Vec<String>> {
    let after = |name: &syn::Ident, rest: Vec<Vec<String>>| {
        rest.into_iter().map(|path| std::iter::once(name.to_string()).chain(path).collect()).collect()
    };
    match tree {
        UseTree::Path(path) => after(&path.ident, leaves(&path.tree)),
        UseTree::Name(name) if name.ident == "self" => vec![Vec::new()],
        UseTree::Name(name) => vec![vec![name.ident.to_string()]],
        UseTree::Rename(rename) => vec![vec![rename.ident.to_string()]],
        UseTree::Glob(_) => vec![vec!["*".to_owned()]],
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
    }
}

//! The public items of the crate, as a committed list: what a change adds or takes away shows in review.
//!
//! An item is a module, type, trait, function or constant; it counts once, under its shortest name. Methods, fields and
//! variants belong to their type, and so does what `words!`, `record!` and `operation!` give each of theirs.

use crate::sources::{Source, is_for_tests, root, sources};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::{ImplItem, Item, UseTree, Visibility};

const SNAPSHOT: &str = "tests/snapshots/public_api.txt";
const MOST_ITEMS: usize = 220;
const MOST_MODULES: usize = 7;

#[test]
fn the_public_api_is_the_one_that_is_written_down() {
    let sources = sources("core/src");
    let crate_ = Crate::of(&sources);
    let mut items = Items::new();
    crate_.module(&[], "imgferry", &mut items);
    let mut named: Vec<&(String, Vec<String>)> = items.values().collect();
    named.sort();
    let text: String =
        named.iter().flat_map(|(line, members)| std::iter::once(line).chain(members)).map(|line| format!("{line}\n")).collect();
    let path = root().join(SNAPSHOT);
    if std::env::var_os("REFRESH").is_some() {
        std::fs::write(&path, &text).expect("a writable folder");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let changed: Vec<String> = {
        let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (written.lines().collect(), text.lines().collect());
        old.difference(&new).map(|line| format!("- {line}")).chain(new.difference(&old).map(|line| format!("+ {line}"))).collect()
    };
    assert!(changed.is_empty(), "the public items have changed; look at each, then run this test with REFRESH=1: {changed:#?}");
    assert!(items.len() <= MOST_ITEMS, "{} public items, of at most {MOST_ITEMS}", items.len());
    let modules = named.iter().filter(|(line, _)| line.starts_with("mod imgferry::") && line.matches("::").count() == 1).count();
    assert!(modules <= MOST_MODULES, "{modules} public modules, of at most {MOST_MODULES}");
}

/// Public items by where they are defined: the line that names each, and those of its members.
type Items = BTreeMap<(Vec<String>, String), (String, Vec<String>)>;

struct Crate {
    /// The items of each module, those within files and those in macros alike.
    modules: BTreeMap<Vec<String>, Vec<Item>>,
    /// Public methods and constants, by the name of their type.
    methods: BTreeMap<String, Vec<String>>,
}

impl Crate {
    fn of(sources: &[Source]) -> Self {
        let mut found = Self { modules: BTreeMap::new(), methods: BTreeMap::new() };
        for source in sources {
            let items: Vec<Item> = source.file.items.iter().flat_map(expand).collect();
            for item in &items {
                if let Item::Impl(block) = item
                    && block.trait_.is_none()
                    && !is_for_tests(&block.attrs)
                {
                    let name = block.self_ty.to_token_stream().to_string().split([' ', '<']).next().unwrap_or_default().to_owned();
                    found.methods.entry(name).or_default().extend(block.items.iter().filter_map(public_member));
                }
            }
            found.modules.insert(source.module.clone(), items);
        }
        found
    }

    /// Adds what is public in a module, under its public name.
    fn module(&self, module: &[String], name: &str, items: &mut Items) {
        for item in self.modules.get(module).into_iter().flatten() {
            match item {
                Item::Mod(child) if is_public(&child.vis) => {
                    let name = format!("{name}::{}", child.ident);
                    let path = [module, &[child.ident.to_string()]].concat();
                    add(items, (path.clone(), String::new()), format!("mod {name}"), Vec::new());
                    self.module(&path, &name, items);
                }
                Item::Use(line) if is_public(&line.vis) => {
                    for path in leaves(&line.tree) {
                        self.export(module, &path, name, items);
                    }
                }
                item => self.item(item, module, name, items),
            }
        }
    }

    /// Adds what a module re-exports: an item, or a whole module.
    fn export(&self, module: &[String], path: &[String], name: &str, items: &mut Items) {
        let mut from: Vec<String> = match path.first().map(String::as_str) {
            Some("crate") => path[1..].to_vec(),
            Some("super") => module[..module.len() - 1].iter().chain(&path[1..]).cloned().collect(),
            _ => module.iter().chain(path).cloned().collect(),
        };
        let last = from.last().cloned().unwrap_or_default();
        if self.modules.contains_key(&from) {
            let name = format!("{name}::{last}");
            add(items, (from.clone(), String::new()), format!("mod {name}"), Vec::new());
            return self.module(&from, &name, items);
        }
        from.pop();
        let there = self.modules.get(&from).unwrap_or_else(|| panic!("{name} re-exports {path:?}, which is not found"));
        let is_it = |item: &&Item| ident(item).is_some_and(|ident| ident == last);
        match there.iter().find(is_it) {
            Some(item) => self.item(item, &from, name, items),
            None => {
                let through = there.iter().find_map(|item| {
                    let Item::Use(line) = item else { return None };
                    leaves(&line.tree).into_iter().find(|path| path.last() == Some(&last))
                });
                self.export(&from, &through.unwrap_or_else(|| panic!("{name} re-exports {path:?}")), name, items);
            }
        }
    }

    fn item(&self, item: &Item, module: &[String], name: &str, items: &mut Items) {
        let (kind, vis) = match item {
            Item::Struct(item) => ("struct", &item.vis),
            Item::Enum(item) => ("enum", &item.vis),
            Item::Trait(item) => ("trait", &item.vis),
            Item::Type(item) => ("type", &item.vis),
            Item::Const(item) => ("const", &item.vis),
            Item::Static(item) => ("static", &item.vis),
            Item::Fn(item) => ("fn", &item.vis),
            _ => return,
        };
        let Some(ident) = ident(item).filter(|_| is_public(vis)) else { return };
        let key = (module.to_vec(), ident.clone());
        if let Item::Fn(function) = item {
            return add(items, key, format!("fn {name}::{}", signature(&function.sig)), Vec::new());
        }
        let mut members: Vec<String> = self.methods.get(&ident).cloned().unwrap_or_default();
        if let Item::Trait(item) = item {
            members.extend(item.items.iter().filter_map(|member| match member {
                syn::TraitItem::Fn(function) => Some(format!("fn {}", signature(&function.sig))),
                _ => None,
            }));
        }
        members.sort();
        add(items, key, format!("{kind} {name}::{ident}"), members.into_iter().map(|member| format!("  {member}")).collect());
    }
}

/// Adds an item, or gives one that is there a shorter name.
fn add(items: &mut Items, key: (Vec<String>, String), line: String, members: Vec<String>) {
    let length = |line: &str| (line.matches("::").count(), line.len());
    let is_better = items.get(&key).is_none_or(|(earlier, _)| length(&line) < length(earlier));
    if is_better {
        items.insert(key, (line, members));
    }
}

/// Items inside of the macros that make types.
fn expand(item: &Item) -> Vec<Item> {
    let Item::Macro(found) = item else { return vec![item.clone()] };
    match found.mac.path.to_token_stream().to_string().as_str() {
        "words" => vec![syn::parse2(found.mac.tokens.clone()).expect("words! holds an enum")],
        // Behind the comments: `Name = "Wire" {…}`, or `Name;`.
        "operation" | "record" | "policy" => {
            let name = found.mac.tokens.clone().into_iter().find_map(|token| match token {
                proc_macro2::TokenTree::Ident(name) => Some(name),
                _ => None,
            });
            let name = name.expect("a name");
            vec![syn::parse_quote!(pub struct #name {})]
        }
        _ => Vec::new(),
    }
}

fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

fn ident(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Struct(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Const(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// A public method or constant: its kind and what it is called with.
fn public_member(member: &ImplItem) -> Option<String> {
    match member {
        ImplItem::Fn(function) if is_public(&function.vis) => Some(format!("fn {}", signature(&function.sig))),
        ImplItem::Const(item) if is_public(&item.vis) => Some(format!("const {}", item.ident)),
        _ => None,
    }
}

/// A signature as it would be written.
fn signature(sig: &syn::Signature) -> String {
    let text = sig.to_token_stream().to_string();
    let text = text.split_once("fn ").map_or(text.as_str(), |(_, rest)| rest);
    [
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ,", ","),
        (",)", ")"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" :: ", "::"),
        ("& ", "&"),
        (" : ", ": "),
        ("- >", "->"),
        ("' ", "'"),
        (" ;", ";"),
        ("[ ", "["),
        (" ]", "]"),
        (" .", "."),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    .replace(")->", ") ->")
}

/// The paths of a `use` line, re-exported names last.
fn leaves(tree: &UseTree) -> Vec<Vec<String>> {
    let after = |name: &syn::Ident, rest: Vec<Vec<String>>| {
        rest.into_iter().map(|path| std::iter::once(name.to_string()).chain(path).collect()).collect()
    };
    match tree {
        UseTree::Path(path) => after(&path.ident, leaves(&path.tree)),
        UseTree::Name(name) => vec![vec![name.ident.to_string()]],
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
        other => panic!("a public name is re-exported as itself: {}", other.to_token_stream()),
    }
}

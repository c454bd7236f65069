//! No source that nobody reads to its end, no function that does not fit on a screen.

use crate::sources::{Source, is_for_tests, sources};
use std::collections::BTreeSet;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

const LONGEST_SOURCE: usize = 500;
const LONGEST_FUNCTION: usize = 60;

/// What is longer, and why it is one piece. What is not longer any more is to be struck off.
const LONGER: &[(&str, &str)] = &[
    ("core/src/evidence/tests.rs the_exceptions_of_every_client_are_understood", "a text for every client"),
    ("core/src/huawei/request.rs", "the table of all operations, a line for a parameter"),
    ("core/src/serialize/tests.rs every_record_has_the_shape_that_other_languages_see", "a line for a record"),
    ("core/src/sign/component.rs advice", "the table of causes and next steps"),
];

#[test]
fn sources_and_functions_are_short() {
    let mut longer = BTreeSet::new();
    for src in ["core/src", "core/sim/src", "py/src", "wasm/src"] {
        for source in sources(src) {
            let lines = source.text.lines().count();
            if lines > LONGEST_SOURCE {
                longer.insert((format!("{src}/{}", source.path), lines));
            }
            longer.extend(functions(&source).into_iter().map(|(name, lines)| (format!("{src}/{} {name}", source.path), lines)));
        }
    }
    let listed: BTreeSet<&str> = LONGER.iter().map(|(what, _)| *what).collect();
    let unlisted: Vec<&(String, usize)> = longer.iter().filter(|(what, _)| !listed.contains(what.as_str())).collect();
    assert!(unlisted.is_empty(), "too long, and not listed with a reason: {unlisted:#?}");
    let short: Vec<&&str> = listed.iter().filter(|what| !longer.iter().any(|(other, _)| other == **what)).collect();
    assert!(short.is_empty(), "listed, and not too long: {short:?}");
    assert!(LONGER.iter().all(|(_, reason)| !reason.is_empty()));
}

/// The functions that are too long, with their number of lines.
fn functions(source: &Source) -> Vec<(String, usize)> {
    struct Functions(Vec<(String, usize)>);

    impl Functions {
        fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
            let lines = block.span().end().line - signature.span().start().line + 1;
            if lines > LONGEST_FUNCTION {
                self.0.push((signature.ident.to_string(), lines));
            }
        }
    }

    impl<'ast> Visit<'ast> for Functions {
        fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
            self.add(&item.sig, &item.block);
            visit::visit_item_fn(self, item);
        }

        fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
            self.add(&item.sig, &item.block);
            visit::visit_impl_item_fn(self, item);
        }

        fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
            if !is_for_tests(&item.attrs) {
                visit::visit_item_mod(self, item);
            }
        }
    }

    let mut functions = Functions(Vec::new());
    functions.visit_file(&source.file);
    functions.0
}

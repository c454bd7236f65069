//! Puts many mutants into one build, each behind a switch: `tests/mutants/run.py`.
//!
//! Reads `{"root", "fixed", "mutants"}` from standard input: mutants as `cargo mutants --list --json` tells them, each with its `number`, and the
//! names of functions that must stay `const`. Changes the files below the root, and writes what it put where (`file`, `start`, `end` in
//! bytes, `number`), so that what a compiler says can be traced to its mutant. A mutant that it cannot put behind a switch has no place.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;

use proc_macro2::LineColumn;
use serde_json::{Value, json};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

struct Mutant {
    number: u64,
    genre: String,
    replacement: String,
    /// Where cargo-mutants would change the text.
    place: Range<usize>,
}

/// Text that is put before and after a part of the file, or in place of it.
struct Edit {
    part: Range<usize>,
    before: String,
    after: String,
    number: Option<u64>,
    removes: bool,
}

struct Switches<'a> {
    text: &'a str,
    mutants: &'a [Mutant],
    fixed: &'a [String],
    edits: Vec<Edit>,
}

fn main() {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).expect("standard input is text");
    let input: Value = serde_json::from_str(&input).expect("standard input is JSON");
    let fixed: Vec<String> = input["fixed"].as_array().expect("names").iter().map(string).collect();
    let mut by_file = BTreeMap::<String, Vec<&Value>>::new();
    for mutant in input["mutants"].as_array().expect("mutants") {
        by_file.entry(string(&mutant["file"])).or_default().push(mutant);
    }
    let mut places = Vec::new();
    for (file, listed) in by_file {
        let path = format!("{}/{file}", string(&input["root"]));
        let text = std::fs::read_to_string(&path).expect("a source file");
        let mutants: Vec<_> = listed.into_iter().map(|mutant| read(&text, mutant)).collect();
        let mut switches = Switches { text: &text, mutants: &mutants, fixed: &fixed, edits: Vec::new() };
        switches.visit_file(&syn::parse_file(&text).expect("Rust"));
        let (changed, put) = applied(&text, &switches.edits);
        std::fs::write(&path, changed).expect("a file that can be written");
        places
            .extend(put.into_iter().map(|(range, number)| json!({"file": file, "start": range.start, "end": range.end, "number": number})));
    }
    println!("{}", Value::from(places));
}

fn string(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn read(text: &str, mutant: &Value) -> Mutant {
    let at = |end: &str| {
        let number = |what: &str| mutant["span"][end][what].as_u64().expect("a number") as usize;
        offset(text, LineColumn { line: number("line"), column: number("column") - 1 })
    };
    Mutant {
        number: mutant["number"].as_u64().expect("a number"),
        genre: string(&mutant["genre"]),
        replacement: string(&mutant["replacement"]),
        place: at("start")..at("end"),
    }
}

fn offset(text: &str, at: LineColumn) -> usize {
    let line: usize = text.split_inclusive('\n').take(at.line - 1).map(str::len).sum();
    line + text[line..].chars().take(at.column).map(char::len_utf8).sum::<usize>()
}

/// The changed text, and where each mutant stands in it. What encloses other parts is put around them.
fn applied(text: &str, edits: &[Edit]) -> (String, Vec<(Range<usize>, u64)>) {
    // At one place: first what closes, the inner before the outer; then what opens, what surrounds nothing first, the outer before the inner.
    let mut marks = Vec::new();
    for (index, Edit { part, .. }) in edits.iter().enumerate() {
        if part.is_empty() {
            marks.push((part.start, true, 0, index));
        } else {
            marks.push((part.start, true, usize::MAX - part.end, index));
            marks.push((part.end, false, usize::MAX - part.start, usize::MAX - index));
        }
    }
    marks.sort_unstable();
    let (mut out, mut put, mut done) = (String::new(), Vec::new(), 0);
    for (at, opens, _, index) in marks {
        if done < at {
            out.push_str(&text[done..at]);
            done = at;
        }
        if !opens {
            out.push_str(&edits[usize::MAX - index].after);
            continue;
        }
        let (edit, start) = (&edits[index], out.len());
        out.push_str(&edit.before);
        if let Some(number) = edit.number {
            put.push((start..out.len(), number));
        }
        if edit.removes {
            done = edit.part.end;
        }
    }
    out.push_str(&text[done..]);
    (out, put)
}

impl Switches<'_> {
    fn of<'a>(&'a self, genre: &'a str, place: impl Fn(&Range<usize>) -> bool + 'a) -> Vec<&'a Mutant> {
        self.mutants.iter().filter(move |mutant| mutant.genre == genre && place(&mutant.place)).collect()
    }

    fn around(number: u64, part: Range<usize>, before: String, after: &str) -> Edit {
        Edit { part, before, after: after.to_owned(), number: Some(number), removes: false }
    }

    /// One expression, or the other.
    fn choose(number: u64, part: Range<usize>, other: &str) -> Edit {
        Self::around(number, part, format!("(if crate::mutant({number}) {{ {other} }} else {{ "), " })")
    }

    fn function(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let inside = body.span().byte_range();
        let has_some = self.mutants.iter().any(|mutant| inside.start <= mutant.place.start && mutant.place.end <= inside.end);
        if let Some(word) = signature.constness
            && has_some
        {
            self.edits.push(Edit {
                part: word.span().byte_range(),
                before: String::new(),
                after: String::new(),
                number: None,
                removes: true,
            });
        }
        if let Some(first) = body.stmts.first() {
            let start = first.span().byte_range().start;
            let edits: Vec<_> = self
                .of("FnValue", |place| place.start == start)
                .into_iter()
                .map(|mutant| {
                    let text = format!("if crate::mutant({}) {{ return {}; }} ", mutant.number, mutant.replacement);
                    Self::around(mutant.number, start..start, text, "")
                })
                .collect();
            self.edits.extend(edits);
        }
    }

    fn stays_const(&self, signature: &syn::Signature) -> bool {
        signature.constness.is_some() && self.fixed.iter().any(|name| signature.ident == name)
    }
}

impl<'ast> Visit<'ast> for Switches<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !self.stays_const(&item.sig) {
            self.function(&item.sig, &item.block);
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !self.stays_const(&item.sig) {
            self.function(&item.sig, &item.block);
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_expr_binary(&mut self, expr: &'ast syn::ExprBinary) {
        let (whole, operator) = (expr.span().byte_range(), expr.op.span().byte_range());
        let edits: Vec<_> = self
            .of("BinaryOperator", |place| place.start == operator.start)
            .into_iter()
            .map(|mutant| {
                let other =
                    format!("{}{}{}", &self.text[whole.start..operator.start], mutant.replacement, &self.text[operator.end..whole.end]);
                Self::choose(mutant.number, whole.clone(), &other)
            })
            .collect();
        self.edits.extend(edits);
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_unary(&mut self, expr: &'ast syn::ExprUnary) {
        let (whole, operand) = (expr.span().byte_range(), expr.expr.span().byte_range());
        let edits: Vec<_> = self
            .of("UnaryOperator", |place| place.start == whole.start)
            .into_iter()
            .map(|mutant| Self::choose(mutant.number, whole.clone(), &self.text[operand.clone()]))
            .collect();
        self.edits.extend(edits);
        visit::visit_expr_unary(self, expr);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let (whole, pattern) = (arm.span().byte_range(), arm.pat.span().byte_range());
        let guard = match &arm.pat {
            syn::Pat::Guard(guarded) => Some(guarded.guard.span().byte_range()),
            _ => None,
        };
        let mut edits = Vec::new();
        for mutant in self.of("MatchArm", |place| place.start == whole.start) {
            let number = mutant.number;
            edits.push(match &guard {
                Some(guard) => Self::around(number, guard.clone(), format!("(!crate::mutant({number}) && ("), "))"),
                None => Self::around(number, pattern.end..pattern.end, format!(" if !crate::mutant({number})"), ""),
            });
        }
        if let Some(guard) = guard {
            for mutant in self.of("MatchArmGuard", |place| place.start == guard.start) {
                let number = mutant.number;
                let before = if mutant.replacement == "true" {
                    format!("(crate::mutant({number}) || (")
                } else {
                    format!("(!crate::mutant({number}) && (")
                };
                edits.push(Self::around(number, guard.clone(), before, "))"));
            }
        }
        self.edits.extend(edits);
        visit::visit_arm(self, arm);
    }
}

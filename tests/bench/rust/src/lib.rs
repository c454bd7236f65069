//! Subjects of the bench that are measured in turns: a program says what it can do, and is told when its turn is.
//!
//! Each is built twice: here, and in a checkout of the commit that the bench compares with, whose `api` is replaced.

pub mod api;
pub mod copies;

use std::io::{BufRead, Write};

/// What can be measured: a name, and what a turn of it tells, in whatever unit.
pub type Subject<'a> = (String, Box<dyn FnMut() -> f64 + 'a>);

/// Takes the name of a subject from every line of standard input, gives it its turn and writes what it tells.
pub fn take_turns(mut subjects: Vec<Subject<'_>>) {
    if cfg!(debug_assertions) {
        eprintln!("this is a debug build: its figures mean nothing; build it with --release");
        std::process::exit(1);
    }
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let Some((_, turn)) = subjects.iter_mut().find(|(name, _)| *name == line) else {
            eprintln!("there is no subject {line:?}");
            std::process::exit(1);
        };
        let told = turn();
        if writeln!(out, "{told}").and_then(|()| out.flush()).is_err() {
            break;
        }
    }
}

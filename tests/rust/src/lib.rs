//! What the tests of the Rust core share. The tests themselves stand in `tests/`, one file a subject.

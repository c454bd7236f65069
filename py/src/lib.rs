//! The Python module: it converts, nothing else.

use pyo3::prelude::*;

mod convert;
mod error;
mod job;
mod operation;
mod sign;
mod sim;

/// The native half of `imgferry`.
#[pymodule]
mod _imgferry {
    #[pymodule_export]
    use super::job::{Done, Job, Plan, Send, Wait};
    #[pymodule_export]
    use super::operation::{At, Call, Request, build, check, explain, operations, read, regions};
    #[pymodule_export]
    use super::sign::{Credentials, Prepared, Signed, diagnose, finish, prepare, sign, verify};
    #[pymodule_export]
    use super::sim::{World, example_keys};
}

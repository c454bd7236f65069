//! The Python module: it converts, nothing else.

use pyo3::prelude::*;

mod convert;
mod error;
mod job;
mod operation;
mod rows;
mod sign;
mod sim;
mod to_python;

/// The native half of `imgferry`.
#[pymodule]
mod _imgferry {
    /// Whether the module was built without optimisation, which no figure should be taken from.
    #[pymodule_export]
    const DEBUG: bool = cfg!(debug_assertions);

    #[pymodule_export]
    use super::job::{Done, Job, Plan, Send, Wait};
    #[pymodule_export]
    use super::operation::{At, Call, Request, build, check, explain, is_loopback, operations, read, regions, shown_endpoint};
    #[pymodule_export]
    use super::sign::{Credentials, Prepared, Signed, diagnose, finish, prepare, sign, verify};
    #[pymodule_export]
    use super::sim::{World, example_keys};
}

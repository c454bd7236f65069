//! The Python module: it converts, nothing else.

use pyo3::prelude::*;

mod convert;
mod error;
mod job;
mod names;
mod operation;
mod rows;
mod sign;
mod sim;
mod text;
mod to_python;

/// The native half of `imgferry`.
#[pymodule]
mod _imgferry {
    /// Whether the module was built without optimisation, which no figure should be taken from.
    #[pymodule_export]
    const DEBUG: bool = cfg!(debug_assertions);

    /// The version of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use super::job::{Done, Job, Plan, Send, Wait, plan_schema};
    #[pymodule_export]
    use super::operation::{At, Call, Request, build, check, explain, is_loopback, operations, read, regions, rules, shown_endpoint};
    #[pymodule_export]
    use super::sign::{Credentials, Prepared, Signed, diagnose, finish, investigate, prepare, sign, verify};
    #[pymodule_export]
    use super::sim::{World, example_keys};
}

//! Why a signature was refused.

/// What is wrong with a refused signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Autopsy {
    /// The part of the canonical request that differs.
    pub component: &'static str,
}

/// Finds the part that differs.
pub fn autopsy(_ours: &str, _theirs: Option<&str>) -> Autopsy {
    Autopsy { component: "unknown" }
}

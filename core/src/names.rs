//! Numbers for names.

use serde_json::{Map, Value};

/// Gives names numbers, in the order in which they come up.
///
/// Every sort of tree is several kilobytes of the WebAssembly module; the one that holds JSON serves here as well.
#[derive(Debug, Default)]
pub(crate) struct Names(Map<String, Value>);

impl Names {
    /// The number of a name, and whether it came up for the first time.
    pub(crate) fn number(&mut self, name: String) -> (usize, bool) {
        let next = self.0.len();
        match self.0.get(&name).and_then(Value::as_u64) {
            Some(number) => (number as usize, false),
            None => {
                self.0.insert(name, Value::from(next));
                (next, true)
            }
        }
    }
}

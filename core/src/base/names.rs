//! Numbers for names, the first of each, and how many there are.

use super::value::{Map, Value};

/// Gives names numbers, in the order in which they come up.
///
/// Every sort of tree is several kilobytes of the WebAssembly module; the one that holds JSON serves here as well.
#[derive(Debug, Default)]
pub(crate) struct Names(Map);

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

/// For each key the index of the first one like it. For a million keys: a tree of them would leave a million holes in
/// the memory, through which all that comes later is scattered.
pub(crate) fn firsts(keys: &[[&str; 4]]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|index| keys[*index]);
    let mut firsts = vec![0; keys.len()];
    let mut first = order.first().copied().unwrap_or_default();
    for index in order {
        // Those that are alike stand together, in the order of their indices.
        if keys[first] != keys[index] {
            first = index;
        }
        firsts[index] = first;
    }
    firsts
}

/// How many different ones there are.
pub(crate) fn distinct(mut names: Vec<&str>) -> usize {
    names.sort_unstable();
    names.dedup();
    names.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_counts_once() {
        assert_eq!((distinct(vec!["b", "a", "b"]), distinct(Vec::new())), (2, 0));
    }

    #[test]
    fn the_first_of_its_like() {
        let keys = [["b", "", "", ""], ["a", "", "", ""], ["b", "", "", ""], ["a", "b", "", ""], ["a", "", "", ""], ["b", "", "", ""]];
        assert_eq!(firsts(&keys), [0, 1, 0, 3, 1, 0]);
        assert!(firsts(&[]).is_empty());
    }
}

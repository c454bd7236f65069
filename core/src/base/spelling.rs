//! What somebody meant who wrote a name that does not exist.

/// The known name that is nearest to a misspelt one, if any is near: case, `-`, `_` and `.` do not count, a letter too
/// many, too few, wrong or in its neighbour's place does. Digits must agree, as they make another name of it.
///
/// Not generic: one copy of it is enough.
pub(crate) fn nearest<'a>(given: &str, known: &mut dyn Iterator<Item = &'a str>) -> Option<&'a str> {
    // What is longer than any name is none; the table below is quadratic.
    const LONGEST: usize = 100;
    if given.len() > LONGEST {
        return None;
    }
    let [letters, digits] = parts(given);
    let mut near = None;
    let mut least = letters.len();
    for name in known {
        let [name_letters, name_digits] = parts(name);
        let most = (letters.len().max(name_letters.len()) / 4).clamp(1, 3);
        let distance = if name_digits == digits { distance(&letters, &name_letters) } else { usize::MAX };
        if distance <= most && distance < least {
            (near, least) = (Some(name), distance);
        }
    }
    near
}

/// Letters in lower case, and digits without zeros in front.
fn parts(name: &str) -> [Vec<u8>; 2] {
    let (mut letters, mut digits) = (Vec::new(), Vec::new());
    for byte in name.bytes() {
        match byte {
            b'0' if digits.is_empty() => {}
            b'0'..=b'9' => digits.push(byte),
            b'-' | b'_' | b'.' => {}
            _ => letters.push(byte.to_ascii_lowercase()),
        }
    }
    [letters, digits]
}

/// Letters to add, leave out, change or swap with their neighbour, to come from one word to the other.
fn distance(from: &[u8], to: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last = Vec::new();
    for column in 0..=to.len() {
        last.push(column);
    }
    for (row, a) in from.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, b) in to.iter().enumerate() {
            let kept = last[column] + usize::from(a != b);
            let mut least = kept.min(last[column + 1] + 1).min(next[column] + 1);
            if row > 0 && column > 0 && *a == to[column - 1] && from[row - 1] == *b {
                least = least.min(before[column - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut last, next);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_where_one_is_near() {
        let known = ["tencent", "volcengine", "huawei", "ap-shanghai", "cn-north-4", "ImageName", "ImageIds", "poll_max", "IMG.0144", "to"];
        for (given, meant) in [
            ("tencnet", Some("tencent")),
            ("Tencent", Some("tencent")),
            ("huwaei", Some("huawei")),
            ("volcegine", Some("volcengine")),
            ("ap-shangai", Some("ap-shanghai")),
            ("AP_SHANGHAI", Some("ap-shanghai")),
            ("cn-noth-4", Some("cn-north-4")),
            ("cn-north4", Some("cn-north-4")),
            ("imagename", Some("ImageName")),
            ("ImageId", Some("ImageIds")),
            ("poll-max", Some("poll_max")),
            ("IMG.144", Some("IMG.0144")),
            ("cn-north-5", None),
            ("IMG.9144", None),
            ("aws", None),
            ("x", None),
            ("", None),
            ("中文", None),
        ] {
            assert_eq!(nearest(given, &mut known.into_iter()), meant, "{given}");
        }
        assert_eq!(nearest(&"a".repeat(1_000_000), &mut known.into_iter()), None);
    }
}

//! IP addresses, read and written as the standard library does, whose code for it is several times as large.

use crate::base::text::{around, concat, cut, hex, pieces, push_hex};
use crate::base::time::{decimal, number};

/// An IPv4 address, as two groups of an IPv6 one.
pub(super) fn ipv4(text: &str) -> Option<[u16; 2]> {
    let (mut address, mut count) = (0, 0);
    for part in pieces(text, b'.') {
        let byte = number(part.as_bytes()).filter(|byte| *byte <= 255 && (part.len() == 1 || !part.starts_with("0")))?;
        (address, count) = (address << 8 | byte as u32, count + 1);
    }
    (count == 4).then_some([(address >> 16) as u16, address as u16])
}

/// An IPv6 address.
pub(super) fn ipv6(text: &str) -> Option<[u16; 8]> {
    let (head, tail) = around(text, "::").unwrap_or((text, ""));
    let (mut address, mut end) = ([0; 8], [0; 8]);
    let (before, after) = (groups(head, &mut address)?, groups(tail, &mut end)?);
    let given = before + after;
    // Two colons stand for one group at least, and an IPv4 address is the last part of all.
    let fits = if head == text { given == 8 } else { given < 8 && !head.as_bytes().contains(&b'.') };
    for at in 0..after {
        address[8 - after + at] = end[at];
    }
    fits.then_some(address)
}

/// Reads groups of hex digits between colons, or none, and tells how many; the last two may be an IPv4 address.
fn groups(text: &str, groups: &mut [u16; 8]) -> Option<usize> {
    let (mut count, mut rest) = (0, Some(text).filter(|text| !text.is_empty()));
    while let Some(text) = rest {
        let (group, after) = cut(text, b':').map_or((text, None), |(group, after)| (group, Some(after)));
        let low = match ipv4(group) {
            Some([high, low]) if after.is_none() => {
                *groups.get_mut(count)? = high;
                count += 1;
                low
            }
            _ if (1..=4).contains(&group.len()) => hex(group.as_bytes())? as u16,
            _ => return None,
        };
        *groups.get_mut(count)? = low;
        count += 1;
        rest = after;
    }
    Some(count)
}

/// The shortest way to write one: the longest run of zeros is two colons.
pub(super) fn ipv6_text(groups: &[u16; 8]) -> String {
    if let [0, 0, 0, 0, 0, 0xffff, high, low] = *groups {
        let byte = |group: u16| decimal(i64::from(group & 255));
        return concat(&["::ffff:", &byte(high >> 8), ".", &byte(high), ".", &byte(low >> 8), ".", &byte(low)]);
    }
    let mut gap = 0..0;
    for start in 0..8 {
        let zeros = groups[start..].iter().take_while(|group| **group == 0).count();
        if zeros > gap.len().max(1) {
            gap = start..start + zeros;
        }
    }
    let mut text = String::new();
    for (at, group) in groups.iter().enumerate() {
        if at == gap.start && !gap.is_empty() {
            text.push_str("::");
        } else if !gap.contains(&at) {
            if at > 0 && at != gap.end {
                text.push(':');
            }
            push_hex(&mut text, u32::from(*group), 1);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    fn compare(text: &str) {
        let v4 = text.parse::<Ipv4Addr>().ok().map(|address| address.octets());
        let own = ipv4(text).map(|[high, low]| [high >> 8, high & 255, low >> 8, low & 255].map(|byte| byte as u8));
        assert_eq!(own, v4, "{text}");
        let v6 = text.parse::<Ipv6Addr>().ok();
        assert_eq!(ipv6(text), v6.map(|address| address.segments()), "{text}");
        assert_eq!(ipv6(text).map(|groups| ipv6_text(&groups)), v6.map(|address| address.to_string()), "{text}");
    }

    #[test]
    fn addresses_are_read_and_written_as_the_standard_library_does() {
        for text in
            ["127.0.0.1", "255.255.255.255", "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "0.0.0.00", "1.2.3.", ".1.2.3", "1..2.3"]
        {
            compare(text);
            for (before, after) in [("::", ""), ("::ffff:", ""), ("1:2:3:4:5:6:", ""), ("1:2:3:4:5:", ""), ("", "::"), ("::", ":1")] {
                compare(&format!("{before}{text}{after}"));
            }
        }
        for text in [
            "", ":", "::", ":::", "::::", "1", "1::2::3", "::1%1", "::+1", "::-1", "::00001", "::12345", "::g", " ::1", "::1 ", "[::1]",
            "::é",
        ] {
            compare(text);
        }
    }

    #[test]
    fn every_row_of_groups_is_read_and_written() {
        const GROUPS: [&str; 3] = ["0", "00f0", "ABCD"];
        for count in 0..=9 {
            for pattern in 0..3_usize.pow(count) {
                let groups: Vec<&str> = (0..count).map(|at| GROUPS[pattern / 3_usize.pow(at) % 3]).collect();
                if count < 8 || pattern % 7 == 0 {
                    (0..=groups.len()).for_each(|gap| compare(&format!("{}::{}", groups[..gap].join(":"), groups[gap..].join(":"))));
                }
                compare(&groups.join(":"));
            }
        }
    }
}

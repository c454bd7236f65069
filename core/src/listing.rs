//! Long listings, read row by row: who looks at a few of 200,000 images does not wait for the rest, nor hold it.
//!
//! A row is read by the reader of whole answers, out of an answer that holds no other row. So there is one reader, and
//! nothing that it says of an answer is said otherwise here.

use crate::api::facts::{Facts, Reply};
use crate::api::operation::Operation;
use crate::base::error::Error;
use crate::base::http::Answer;
use crate::base::json::from_text;
use crate::base::value::Value;
use crate::provider::read;
use std::ops::Range;

/// Longer lists are read row by row. No page of the three clouds is as long: other operators and simulators give such.
const LONG: usize = 1000;

/// An answer, read.
#[derive(Debug)]
pub enum Reading {
    /// All of it.
    Whole(Reply),
    /// All but the rows of its list.
    Long(Listing),
}

/// A listing whose rows are read when they are asked for. It does not hold the body: that is given every time.
#[derive(Debug)]
pub struct Listing {
    /// The reply, with the list empty in facts and data.
    pub head: Reply,
    /// The name of the list in `head.data`.
    pub list: String,
    operation: &'static Operation,
    /// Status and headers, without a body.
    envelope: Answer,
    /// Where each row stands in the body.
    rows: Vec<Range<u32>>,
}

/// Reads an answer as [`read`](fn@read) does, but leaves the rows of a long listing, of more than a thousand, for later.
///
/// # Errors
/// As [`read`](fn@read), also about rows.
pub fn read_long(operation: &'static Operation, envelope: Answer, body: &[u8]) -> Result<Reading, Error> {
    match Listing::find(operation, &envelope, body) {
        Some(listing) => Ok(Reading::Long(listing)),
        None => read(operation, &Answer { body: body.to_vec(), ..envelope }).map(Reading::Whole),
    }
}

impl Listing {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row: never.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The reply as if the answer, whose body this is, held these rows alone.
    ///
    /// # Errors
    /// As [`read`](fn@read) when it is another body.
    pub fn rows(&self, body: &[u8], rows: Range<usize>) -> Result<Reply, Error> {
        let part = |range: Range<usize>| body.get(range).unwrap_or_default();
        let (before, after) = (part(0..start(self.rows.first())), part(end(self.rows.last())..body.len()));
        let rows = self.rows.get(rows).unwrap_or_default();
        let rows = part(start(rows.first())..end(rows.last()));
        read(self.operation, &Answer { body: [before, rows, after].concat(), ..self.envelope.clone() })
    }

    /// The long list of an answer: the only one, every entry of which is a row of the facts. `None` when there is none
    /// such, or anything is out of the ordinary: then the answer is read as a whole, which tells what is wrong.
    fn find(operation: &'static Operation, envelope: &Answer, body: &[u8]) -> Option<Self> {
        /// The shortest row and its comma.
        const SHORTEST: usize = r#"{"id":"0"},"#.len();
        if body.len() < LONG * SHORTEST || u32::try_from(body.len()).is_err() {
            return None;
        }
        let mut long = long_lists(body);
        let ((list, rows), None) = (long.pop()?, long.pop()) else { return None };
        let nothing = Reply { request_id: None, facts: Facts::Nothing, data: Value::Null };
        let mut listing = Self { head: nothing, list, operation, envelope: envelope.clone(), rows };
        // The last rows make a whole part: some clouds' next page is told by how full this one is.
        let mut at = 0;
        while at < listing.len() {
            let until = listing.len() - (listing.len() - at - 1) / LONG * LONG;
            let mut reply = listing.rows(body, at..until).ok()?;
            let entries = reply.data.get_mut(&listing.list)?.as_array_mut()?;
            if entries.len() != until - at || take_rows(&mut reply.facts)? != until - at {
                return None;
            }
            entries.clear();
            (listing.head, at) = (reply, until);
        }
        Some(listing)
    }
}

fn start(row: Option<&Range<u32>>) -> usize {
    row.map_or(0, |row| place(row).start)
}

fn end(row: Option<&Range<u32>>) -> usize {
    row.map_or(0, |row| place(row).end)
}

/// The long lists in the envelope of an answer or one step below: name, and where the entries stand.
fn long_lists(body: &[u8]) -> Vec<(String, Vec<Range<u32>>)> {
    let outer = fields(body, 0..body.len() as u32);
    let (mut all, mut lists) = (Vec::new(), Vec::new());
    for (_, value) in &outer {
        if body.get(value.start as usize) == Some(&b'{') {
            all.append(&mut fields(body, value.clone()));
        }
    }
    all.extend(outer);
    for (name, value) in all {
        if body.get(value.start as usize) == Some(&b'[') {
            let rows = entries(body, value);
            if let Some(Value::String(name)) = body.get(place(&name)).and_then(|name| from_text(name).ok())
                && rows.len() > LONG
            {
                lists.push((name, rows));
            }
        }
    }
    lists
}

fn place(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// Where names and values of a record stand.
fn fields(body: &[u8], record: Range<u32>) -> Vec<(Range<u32>, Range<u32>)> {
    let mut fields = Vec::new();
    for entry in entries(body, record) {
        let text = body.get(place(&entry)).unwrap_or_default();
        let end = end_of_text(text, 1);
        if let Some(colon) = text.get(end..).and_then(|rest| rest.iter().position(|byte| *byte == b':')) {
            let colon = entry.start + (end + colon) as u32;
            fields.push((entry.start..colon, trimmed(body, colon + 1..entry.end)));
        }
    }
    fields
}

/// Where the entries of a record or a list stand, without white space around them. What is no JSON gives something or
/// other: every byte of it but these commas is read afterwards, with what stands around the list.
fn entries(body: &[u8], whole: Range<u32>) -> Vec<Range<u32>> {
    let whole = trimmed(body, whole);
    let (mut at, mut depth, mut start) = (place(&whole).start, 0_u32, whole.start + 1);
    let mut entries = Vec::new();
    let text = body.get(..place(&whole).end).unwrap_or_default();
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'"' => at = end_of_text(text, at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if (*byte == b',' && depth == 1) || depth == 0 {
            entries.push(trimmed(body, start..at as u32 - 1));
            start = at as u32;
        }
        if depth == 0 {
            break;
        }
    }
    entries
}

/// Behind the quotation mark that ends the text, some byte of which stands at this place.
fn end_of_text(text: &[u8], mut at: usize) -> usize {
    while let Some(found) = text.get(at..).unwrap_or_default().iter().position(|byte| matches!(byte, b'"' | b'\\')) {
        at += found;
        if text[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}

fn trimmed(body: &[u8], range: Range<u32>) -> Range<u32> {
    let text = body.get(place(&range)).unwrap_or_default();
    let front = text.len() - text.trim_ascii_start().len();
    let start = range.start + front as u32;
    start..start + text.trim_ascii().len() as u32
}

/// Takes the rows out of the facts, and tells how many there were; `None` when they hold no rows.
fn take_rows(facts: &mut Facts) -> Option<usize> {
    fn take<T>(items: &mut Vec<T>) -> Option<usize> {
        Some(std::mem::take(items).len())
    }
    match facts {
        Facts::Nothing | Facts::DryRun | Facts::Quota(_) | Facts::Identity(_) | Facts::Temporary(_) => None,
        Facts::Launched(items) => take(items),
        Facts::Images(page) => take(&mut page.items),
        Facts::Tasks(page) => take(&mut page.items),
        Facts::Projects(page) => take(&mut page.items),
        Facts::Regions(page) | Facts::Agencies(page) => take(&mut page.items),
        Facts::Accounts(items) => take(items),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::cloud::Cloud;
    use serde_json::json;

    /// Long listings of every cloud, with what stands before and behind the list.
    fn listings(count: usize) -> Vec<(&'static Operation, Value)> {
        let operation = |cloud: Cloud, name| cloud.operation(name).expect("the operation exists");
        let rows = |row: fn(usize) -> Value| (0..count).map(row).collect::<Vec<_>>();
        let tencent =
            rows(|at| json!({"ImageId": format!("img-{at}"), "ImageName": "，\"}],[{\\", "Tags": [{"Key": "k", "Value": at.to_string()}]}));
        let images =
            rows(|at| json!({"ImageId": format!("image-{at}"), "Status": if at % 2 == 0 { "available" } else { "?" }, "Size": at}));
        let tasks = rows(|at| json!({"ResourceId": format!("image-{at}"), "Status": "Running", "Process": at % 100}));
        let huawei = rows(|at| json!({"id": format!("{at:036}"), "status": "active", "tags": [format!("k={at}")]}));
        let metadata = json!({"RequestId": "r-1"});
        vec![
            (
                operation(Cloud::Tencent, "DescribeImages"),
                json!({"Response": {"TotalCount": count, "ImageSet": tencent, "RequestId": "r-1", "Z": [1]}}),
            ),
            (
                operation(Cloud::Volcengine, "DescribeImages"),
                json!({"ResponseMetadata": metadata, "Result": {"NextToken": "t", "Images": images}}),
            ),
            (
                operation(Cloud::Volcengine, "DescribeTasks"),
                json!({"Result": {"Tasks": tasks, "TotalCount": "7"}, "ResponseMetadata": metadata}),
            ),
            (operation(Cloud::Huawei, "ListImages"), json!({"images": huawei, "schema": "/v2/schemas/images"})),
        ]
    }

    fn answer(body: &str) -> Answer {
        Answer { status: 200, headers: vec![("x-request-id".into(), "r-2".into())], body: body.as_bytes().to_vec() }
    }

    /// The reply with all its rows, asked for in several parts.
    fn all(listing: &Listing, body: &[u8]) -> Value {
        let mut made = listing.head.to_value();
        assert_eq!((&made["facts"]["items"], &made["data"][&listing.list]), (&json!([]), &json!([])));
        let (mut items, mut entries) = (Vec::new(), Vec::new());
        for (start, stop) in [(0, 1), (1, LONG), (LONG, LONG), (LONG, listing.len())] {
            let rows = listing.rows(body, start..stop).expect("a success").to_value();
            items.extend(rows["facts"]["items"].as_array().expect("rows").clone());
            entries.extend(rows["data"][&listing.list].as_array().expect("rows").clone());
        }
        made["facts"]["items"] = items.into();
        made["data"][&listing.list] = entries.into();
        made
    }

    #[test]
    fn rows_are_those_of_the_whole() {
        for (operation, body) in listings(2 * LONG + 7) {
            let answer = answer(&body.to_string());
            let whole = read(operation, &answer).expect("a success").to_value();
            let Ok(Reading::Long(listing)) = read_long(operation, Answer { body: Vec::new(), ..answer.clone() }, &answer.body) else {
                panic!("{} is long", operation.name);
            };
            assert!(all(&listing, &answer.body) == whole && !listing.is_empty(), "{}", operation.name);
        }
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_read_as_a_whole() {
        for ((operation, body), (_, short)) in listings(LONG + 1).into_iter().zip(listings(LONG)) {
            let text = body.to_string();
            let another = format!("{{\"more\":{:?},", vec![0; LONG + 1]);
            let name =
                ["ImageSet", "Images", "Tasks", "images"].into_iter().find(|name| text.contains(&format!("\"{name}\":["))).expect("a list");
            // A short list, a row that is none or not told, a broken end, a second long list, a list that comes twice, white space.
            for (changed, is_short) in [
                (short.to_string(), true),
                (text.replacen("},{", "},null,{", 1), true),
                (text.replacen("},{", "},{},{", 1), operation.name != "DescribeTasks"),
                (text.replacen("},{", "} {", 1), true),
                (text[..text.len() - 1].to_owned(), true),
                (text.replacen('{', &another, 1), true),
                (text.replacen(&format!("\"{name}\":["), &format!("\"{name}\":[5],\"{name}\":["), 1), false),
                (format!(" \r\n{text}\n"), false),
                (text.replace("\":", "\" : "), false),
            ] {
                let answer = answer(&changed);
                let whole = read(operation, &answer);
                match read_long(operation, Answer { body: Vec::new(), ..answer.clone() }, &answer.body) {
                    Ok(Reading::Long(listing)) => {
                        assert!(!is_short, "{}: {}", operation.name, &changed[..99]);
                        assert_eq!(all(&listing, &answer.body), whole.expect("a success").to_value());
                    }
                    read => {
                        assert!(is_short, "{}: {}", operation.name, &changed[..99]);
                        let read = read.map(|reading| if let Reading::Whole(reply) = reading { Some(reply) } else { None });
                        assert_eq!(read, whole.map(Some));
                    }
                }
            }
        }
    }
}

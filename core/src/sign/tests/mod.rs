//! Refused requests, and the causes that are told of them.

mod hints;
mod slips;

use super::suspects::Case;
use super::verdict::{Expect, Received};
use super::{Options, ToSign, sign};
use crate::base::cloud::Cloud;
use crate::base::credentials::Credentials;
use crate::base::time::Millis;

const SIGNED_AT: Millis = Millis(1_716_292_800_000); // 2024-05-21T12:00:00Z
const SECRET: &str = "EXAMPLE-SECRET-NOT-REAL";

/// A request as it arrived, and all that is known beside it.
struct Tried {
    cloud: Cloud,
    method: &'static str,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    now: Option<Millis>,
    answer: String,
    expect: Expect<'static>,
}

fn key(id: &str, token: Option<&str>) -> Credentials {
    Credentials::new(id, SECRET, token).expect("it is well-formed")
}

impl Tried {
    /// Signed as it should be, with the least that the scheme signs and these headers.
    fn new(cloud: Cloud, id: &str, url: &str, given: &[(&str, &str)], body: &str) -> Self {
        Self::of(cloud, &key(id, None), url, given, body, &Options::default())
    }

    fn of(cloud: Cloud, key: &Credentials, url: &str, given: &[(&str, &str)], body: &str, options: &Options) -> Self {
        let headers: Vec<(String, String)> = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let method = if body.is_empty() { "GET" } else { "POST" };
        let what = ToSign { method, url, headers: &headers, body: body.as_bytes(), time: SIGNED_AT, region: "r-1", service: "svc" };
        let signed = sign(cloud.scheme(), &what, key, options).expect("it can be signed");
        let expect = Expect { region: Some("r-1"), service: Some("svc"), ..Expect::default() };
        Self {
            cloud,
            method,
            url: signed.url,
            headers: signed.headers,
            body: body.as_bytes().to_vec(),
            now: Some(SIGNED_AT),
            answer: String::new(),
            expect,
        }
    }

    /// Ids of the causes told, and how sure.
    fn told(&self, key: Option<&Credentials>) -> String {
        let received = Received { method: self.method, url: &self.url, headers: &self.headers, body: &self.body };
        let Self { cloud, now, answer, expect, .. } = self;
        let case = Case { scheme: cloud.scheme(), received, expect: *expect, hosts: &[], key, now: *now, answer };
        case.diagnose().iter().map(|told| format!("{} {}", told.sure, told.id)).collect::<Vec<_>>().join(", ")
    }

    fn header(&mut self, name: &str) -> &mut String {
        &mut self.headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)).expect("it is there").1
    }
}

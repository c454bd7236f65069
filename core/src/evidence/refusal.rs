//! A refusal, as a cloud or a client told it.

use crate::base::cloud::Cloud;
use crate::base::text::shown;

/// One refusal, as a cloud or a client told it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) cloud: Cloud,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) request_id: Option<String>,
    pub(super) status: Option<u16>,
}

/// A refusal as it may be shown.
pub(super) fn refusal(cloud: Cloud, code: &str, message: Option<&str>, request_id: Option<&str>, status: Option<u16>) -> Refusal {
    let message = message.unwrap_or_default();
    // The echoed request may hold a token.
    let message = message.split("canonicalRequest:").next().unwrap_or_default().trim().trim_end_matches(',');
    Refusal { cloud, code: shown(code), message: shown(message), request_id: request_id.filter(|id| !id.is_empty()).map(shown), status }
}

/// Adds a refusal that is not there yet.
pub(super) fn add(refusal: Refusal, found: &mut Vec<Refusal>) {
    let same = |known: &&mut Refusal| known.cloud == refusal.cloud && known.code == refusal.code;
    match found.iter_mut().find(same) {
        Some(known) => {
            known.request_id = known.request_id.take().or(refusal.request_id);
            if known.message.is_empty() {
                known.message = refusal.message;
            }
        }
        None => found.push(refusal),
    }
}

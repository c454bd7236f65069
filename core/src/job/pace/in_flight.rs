//! Requests under way.

use crate::api::call::Call;
use crate::api::facts::Image;
use crate::api::replication::Wanted;
use crate::base::error::{Error, Kind};
use crate::base::http::Answer;
use crate::base::redact::Redactor;
use crate::base::text::concat;
use crate::base::texts::zh;
use crate::base::time::{Millis, decimal};
use crate::job::id::{ChannelId, LaneId, SourceId};
use crate::job::keyring::Tag;
use std::sync::Arc;

/// A call that is to be sent, for the first time or again, and what its answer is for.
#[derive(Debug)]
pub(crate) struct Errand {
    pub(crate) channel: ChannelId,
    pub(crate) subject: Subject,
    pub(crate) call: Call,
    /// It was refused once for its clock and is signed anew.
    pub(crate) resigned: bool,
    /// What the pages before this one held.
    pub(crate) listing: Option<Listing>,
}

/// A request on its way.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) errand: Errand,
    /// When it left, by our clock.
    pub(crate) sent: Millis,
    /// Its place in the limiter.
    pub(crate) ticket: u64,
    /// The credentials it was signed with.
    pub(crate) tag: Tag,
    /// Cuts these credentials out of whatever comes back.
    pub(crate) redactor: Option<Arc<Redactor>>,
}

/// A call that a stage wants made.
#[derive(Debug)]
pub(crate) struct Departure {
    pub(crate) subject: Subject,
    /// The call, or why it cannot be made.
    pub(crate) wanted: Result<Wanted, Error>,
    pub(crate) listing: Option<Listing>,
}

/// What a request asks about.
#[derive(Debug)]
pub(crate) enum Subject {
    /// Source images, which are being inspected.
    Sources(Vec<SourceId>),
    /// Lanes.
    Lanes(Vec<LaneId>),
}

/// What the pages of a listing held so far, of the names that are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) names: Vec<String>,
    pub(crate) images: Vec<Image>,
    /// The ids on the pages so far, each once: pages may repeat what others showed.
    pub(crate) ids: Vec<String>,
    /// Keep every image, not just those of our names.
    pub(crate) all: bool,
    /// The first page lists all: how many there are is wanted, too.
    pub(crate) counts: bool,
    /// When the first page was asked for: what began later may be missing.
    pub(crate) began: Millis,
}

/// Requests under way, by their ids.
#[derive(Debug)]
pub(crate) struct InFlight {
    /// Sorted by id.
    pending: Vec<(u32, Box<Pending>)>,
    next_id: u32,
}

impl Departure {
    /// A call about lanes.
    pub(crate) fn about(lanes: Vec<LaneId>, wanted: Wanted) -> Self {
        Self { subject: Subject::Lanes(lanes), wanted: Ok(wanted), listing: None }
    }
}

impl Subject {
    /// The lanes, if it is about lanes.
    pub(crate) fn lanes(&self) -> &[LaneId] {
        match self {
            Subject::Sources(_) => &[],
            Subject::Lanes(lanes) => lanes,
        }
    }
}

impl Errand {
    /// The lanes that it is about.
    pub(crate) fn lanes(&self) -> &[LaneId] {
        self.subject.lanes()
    }
}

impl Pending {
    /// The lanes that it is about.
    pub(crate) fn lanes(&self) -> &[LaneId] {
        self.errand.lanes()
    }

    /// The answer without the secrets of the key that the request was signed with.
    pub(crate) fn redacted(&self, answer: Answer) -> Answer {
        match &self.redactor {
            Some(redactor) => redactor.answer(answer),
            None => answer,
        }
    }

    /// A text from outside, likewise.
    pub(crate) fn redacted_text(&self, text: String) -> String {
        match &self.redactor {
            Some(redactor) => redactor.text(text),
            None => text,
        }
    }
}

impl InFlight {
    /// Nothing is under way.
    pub(crate) const fn new() -> Self {
        Self { pending: Vec::new(), next_id: 1 }
    }

    /// Number of requests under way.
    pub(crate) fn len(&self) -> usize {
        self.pending.len()
    }

    /// A request leaves; it is given its id.
    pub(crate) fn leave(&mut self, pending: Pending) -> u32 {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1).max(1);
        let place = self.pending.partition_point(|(other, _)| *other < id);
        self.pending.insert(place, (id, Box::new(pending)));
        id
    }

    /// A request is answered, or is lost.
    ///
    /// # Errors
    /// [`Kind::Misuse`] when none of that id is under way.
    pub(crate) fn land(&mut self, id: u32) -> Result<Pending, Error> {
        let place = self.pending.binary_search_by_key(&id, |(id, _)| *id).map_err(|_| {
            Error::new(
                Kind::Misuse,
                "job.answer",
                concat(&["no request ", &decimal(id.into()), " is under way: it was answered before, or never sent"]),
            )
            .hint("answer each request once", zh!("每个请求只应答一次"))
        })?;
        Ok(*self.pending.remove(place).1)
    }
}

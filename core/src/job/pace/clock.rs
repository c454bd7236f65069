//! Time that never goes back, whatever the host's clock does.

use crate::base::time::Millis;
use crate::base::wall_clock::plausible;

/// Our clock beside the host's.
#[derive(Debug)]
pub(crate) struct Clock {
    now: Millis,
    /// The host's clock minus ours.
    offset_ms: i64,
    host: Millis,
}

impl Clock {
    /// Both clocks begin together.
    pub(crate) fn new(now: Millis) -> Self {
        Self { now, offset_ms: 0, host: now }
    }

    /// Now by our clock, never falling.
    pub(crate) fn now(&self) -> Millis {
        self.now
    }

    /// Now by the host's clock.
    pub(crate) fn host(&self) -> Millis {
        self.host
    }

    /// A clock that jumped back goes on from where ours stands. What is no time at all moves nothing.
    pub(crate) fn advance(&mut self, host: Millis) {
        if plausible("now", "now", host).is_err() {
            return;
        }
        let ours = host.plus(-self.offset_ms);
        if ours < self.now {
            self.offset_ms = host.since(self.now);
        }
        self.now = self.now.max(ours);
        self.host = host;
    }

    /// A moment of our clock by the host's.
    pub(crate) fn host_time(&self, ours: Millis) -> Millis {
        ours.plus(self.offset_ms)
    }
}

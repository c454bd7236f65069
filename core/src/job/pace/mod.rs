//! When what may be sent: a clock that never goes back, channels with their queues, the limits that channels share,
//! and the waits between two tries. Nothing here looks at all lanes.

pub(crate) mod backoff;
pub(crate) mod channels;
pub(crate) mod clock;
pub(crate) mod in_flight;
pub(crate) mod limiter;
pub(crate) mod recent;

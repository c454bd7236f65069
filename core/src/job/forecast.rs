//! When will it be over? What the progress of a copy tells, and how rarely it may be looked at for that.

use crate::base::time::Millis;

/// What is known of the end of a copy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forecast {
    /// Progress is told in steps of this.
    step: u8,
    /// Between these the copy ends, if it goes on as it did. The other way round: it stands still.
    earliest: Millis,
    latest: Millis,
}

/// The longest wait, in times of what has passed since the launch.
const MOST: i64 = 16;

impl Default for Forecast {
    fn default() -> Self {
        Self { step: u8::MAX, earliest: Millis(i64::MIN), latest: Millis(i64::MAX) }
    }
}

impl Forecast {
    /// A look that left at `asked` shows that progress now. It was so at some moment between: an answer may take long, and
    /// would make a quick copy look like one of hours.
    pub(crate) fn learn(&mut self, percent: u8, risen: bool, launched: Millis, asked: Millis, now: Millis) {
        let [at_least, elapsed] = [asked, now].map(|at| at.since(launched).max(0));
        if risen {
            self.step = self.step.min(step_of(percent));
        }
        // It may be one step further than what is told, but not more.
        let furthest = i64::from(percent.saturating_add(self.step).clamp(1, 100));
        let earliest = launched.plus(at_least * 100 / furthest);
        if risen {
            let latest = launched.plus(elapsed * 100 / i64::from(percent.max(1)));
            let agrees = earliest <= self.latest && self.earliest <= latest;
            // What was thought before gives way to what is seen now.
            self.latest = if agrees { self.latest.min(latest) } else { latest };
            self.earliest = if agrees { self.earliest } else { earliest };
        }
        self.earliest = self.earliest.max(earliest);
    }

    /// Whether a look at that moment is to see the end, and none did before.
    pub(crate) fn ends_by(&self, due: Millis, now: Millis, poll_ms: i64) -> bool {
        (0..=poll_ms).contains(&self.latest.since(self.earliest)) && (now.0 + 1..=due.0).contains(&self.latest.0)
    }

    /// How long to wait for the next look, given the shortest wait.
    pub(crate) fn pause_ms(&self, percent: Option<u8>, launched: Millis, now: Millis, poll_ms: i64) -> i64 {
        let elapsed = now.since(launched).max(0);
        let Some(percent) = percent.filter(|percent| *percent > 0) else {
            // Nothing is known yet: late by half of the time at most.
            return (elapsed / 2).max(poll_ms);
        };
        let width = self.latest.since(self.earliest);
        if width < 0 {
            // It stands still: nobody knows for how long.
            return (elapsed / 12).max(poll_ms);
        }
        let target = if width <= poll_ms {
            self.latest
        } else {
            // Look when the progress will halve what is not known: at the next step, if steps are wide, else near the end.
            let next = if self.step >= 5 { percent.saturating_add(self.step) } else { 100 - self.step };
            let middle = self.earliest.plus(width / 2).since(launched);
            // Never so late that it may be over long since.
            launched.plus(middle * i64::from(next.min(100)) / 100).min(self.earliest)
        };
        // The first few percent prove little: a launch may have been long on its way.
        target.since(now).min(elapsed * MOST).max(poll_ms)
    }
}

/// The widest of the usual steps that leads to that percentage.
fn step_of(percent: u8) -> u8 {
    [25, 20, 10, 5].into_iter().find(|step| percent.is_multiple_of(*step)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks until the end of a copy of that length, and how late the end is seen.
    fn follow(length: i64, told: fn(i64) -> i64) -> (u32, i64) {
        let (mut forecast, mut seen, mut now, mut looks) = (Forecast::default(), None, 15_000, 1);
        while now < length {
            let percent = u8::try_from(told(now * 100 / length)).ok();
            let risen = percent > seen;
            seen = seen.max(percent);
            if let Some(percent) = seen.filter(|percent| *percent > 0) {
                forecast.learn(percent, risen, Millis(0), Millis(now), Millis(now));
            }
            now += forecast.pause_ms(seen, Millis(0), Millis(now), 15_000);
            looks += 1;
        }
        (looks, now - length)
    }

    #[test]
    fn an_answer_that_comes_late_makes_no_slow_copy() {
        let mut forecast = Forecast::default();
        forecast.learn(3, true, Millis(0), Millis(60), Millis(5_000));
        assert_eq!(forecast.pause_ms(Some(3), Millis(0), Millis(5_000), 100), 100);
        forecast.learn(60, true, Millis(0), Millis(5_100), Millis(5_101));
        assert!((100..=3_500).contains(&forecast.pause_ms(Some(60), Millis(0), Millis(5_101), 100)));
        // A launch that was under way for ten seconds, and progress of a tenth of a second.
        let mut forecast = Forecast::default();
        forecast.learn(1, true, Millis(0), Millis(10_100), Millis(10_101));
        assert!(forecast.pause_ms(Some(1), Millis(0), Millis(10_101), 100) <= 162_000);
    }

    #[test]
    fn few_looks_find_the_end() {
        // Percentages by what is done, looks at most, and how late at most, in parts of a thousand of the length.
        let evenly: fn(i64) -> i64 = |done| done;
        for (told, most_looks, late_by) in [
            (evenly, 12, 90),
            (|done| done / 20 * 20, 20, 50),
            // Nearly there at once, then nothing.
            (|done| (done * 3).min(90), 18, 130),
            (|_| 0, 18, 500),
        ] {
            for length in (120_000..2_400_000).step_by(7_919) {
                let (looks, late) = follow(length, told);
                assert!(looks <= most_looks && late * 1000 <= length * late_by, "{length}: {looks} looks, {late} ms late");
            }
        }
    }
}

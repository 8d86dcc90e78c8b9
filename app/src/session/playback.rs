//! Playing: virtual time that passes with the person's time, and stretches in which nothing happens, crossed quickly.
//!
//! Owns the speed and how far a crossing is. Knows no clock: it is told how much of the person's time has passed, so
//! that the same times give the same places.

use sim_core::instant::{SimDuration, SimTime};

use super::settings::Motion;

/// Whether it plays, and how fast.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Playback {
    /// Whether it plays.
    pub playing: bool,
    /// Virtual nanoseconds in a second of the person's time.
    pub speed: f64,
    /// What has passed and is less than a nanosecond.
    rest: f64,
    chosen: bool,
    crossing: Option<Crossing>,
}

/// An empty stretch that is crossed, or has been just now.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Crossing {
    from: SimTime,
    to: SimTime,
    /// How long it is being shown, in seconds of the person's time.
    shown: f64,
}

/// What is known of the recording where the cursor is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ahead {
    /// When something happens next, in any run; none: nothing does, as far as is known.
    pub next: Option<SimTime>,
    /// The end of the longest run.
    pub end: SimTime,
    /// Whether more may come after the end.
    pub may_grow: bool,
}

/// The slowest: one virtual nanosecond in a second.
pub const SLOWEST: f64 = 1.0;
/// The fastest: an hour in a second.
pub const FASTEST: f64 = 3.6e12;
/// A run that nobody chose a speed for plays in about so many seconds.
const USUAL_SECONDS: f64 = 10.0;
/// An empty stretch that would take longer than this, in seconds, is crossed …
const LONGEST_WAIT: f64 = 1.5;
/// … in this time.
const CROSSED_IN: f64 = 0.4;
/// The sign that says what was skipped stays for so long in all.
const SIGN_STAYS: f64 = 1.6;
/// A frame that took longer than this counts as this: a hitch is no leap.
const LONGEST_FRAME: f64 = 0.25;

impl Default for Playback {
    fn default() -> Playback {
        Playback { playing: false, speed: 20e6, rest: 0.0, chosen: false, crossing: None }
    }
}

impl Playback {
    /// Chooses a speed that suits a run of this length, unless the person chose one.
    pub fn suit(&mut self, total: f64) {
        if !self.chosen && total > 0.0 {
            self.speed = round_speed(total / USUAL_SECONDS);
        }
    }

    /// Plays at this speed.
    pub fn set_speed(&mut self, speed: f64) {
        self.speed = speed.clamp(SLOWEST, FASTEST);
        self.chosen = true;
    }

    /// Stops.
    pub fn pause(&mut self) {
        self.playing = false;
        self.rest = 0.0;
        self.crossing = None;
    }

    /// The length of the empty stretch that is being skipped, or was just now.
    pub fn skipped(&self) -> Option<SimDuration> {
        self.crossing.map(|c| c.to.since(c.from))
    }

    /// Where the cursor is after `seconds`; none if it does not move. At the end it stops, or waits if more may come.
    pub fn pass(&mut self, now: SimTime, ahead: Ahead, seconds: f64, motion: Motion) -> Option<SimTime> {
        if !self.playing {
            return None;
        }
        let seconds = seconds.clamp(0.0, LONGEST_FRAME);
        self.begin_crossing(now, ahead);
        if let Some(crossing) = &mut self.crossing {
            crossing.shown += seconds;
            let crossing = *crossing;
            if now < crossing.to {
                return Some(crossing.place(motion));
            }
            if crossing.shown >= SIGN_STAYS {
                self.crossing = None;
            }
        }
        let passed = self.rest + self.speed * seconds;
        self.rest = passed.fract();
        let time = now.as_nanos().saturating_add(passed as u64);
        if time >= ahead.end.as_nanos() {
            if !ahead.may_grow {
                self.pause();
            }
            return (now < ahead.end).then_some(ahead.end);
        }
        Some(SimTime::from_nanos(time))
    }

    /// From here to the next event nothing happens, and a person would wait for it too long.
    fn begin_crossing(&mut self, now: SimTime, ahead: Ahead) {
        let under_way = self.crossing.is_some_and(|c| now < c.to);
        let Some(to) = ahead.next.filter(|next| *next > now && !under_way) else { return };
        if to.since(now).as_nanos() as f64 > LONGEST_WAIT * self.speed {
            self.crossing = Some(Crossing { from: now, to, shown: 0.0 });
            self.rest = 0.0;
        }
    }
}

impl Crossing {
    /// Where the cursor is in the stretch: swept over, or at its end at once.
    fn place(self, motion: Motion) -> SimTime {
        let share = self.shown / CROSSED_IN;
        if motion == Motion::Reduced || share >= 1.0 {
            return self.to;
        }
        let length = self.to.since(self.from).as_nanos() as f64;
        self.from + SimDuration::from_nanos((length * share) as u64)
    }
}

/// The nearest of 1, 2, 5 × 10^n.
pub fn round_speed(speed: f64) -> f64 {
    let power = 10f64.powf(speed.max(SLOWEST).log10().floor());
    let nearest = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .min_by(|a, b| (a * power - speed).abs().total_cmp(&(b * power - speed).abs()));
    nearest.unwrap_or(1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: f64 = 1.0 / 64.0;
    const FRAMES: usize = 48;

    fn ms(ms: u64) -> SimTime {
        SimTime::from_nanos(ms * 1_000_000)
    }

    fn playing(speed: f64) -> Playback {
        let mut playback = Playback { playing: true, ..Playback::default() };
        playback.set_speed(speed);
        playback
    }

    fn ends(end: SimTime) -> Ahead {
        Ahead { next: None, end, may_grow: false }
    }

    /// Plays for three quarters of a second; answers where the cursor was after each.
    fn play(playback: &mut Playback, from: SimTime, ahead: impl Fn(SimTime) -> Ahead, motion: Motion) -> Vec<SimTime> {
        let mut time = from;
        let mut places = Vec::new();
        for _ in 0..FRAMES {
            time = playback.pass(time, ahead(time), FRAME, motion).unwrap_or(time);
            places.push(time);
        }
        places
    }

    #[test]
    fn playing_moves_the_cursor_by_the_speed_and_stops_at_the_end() {
        let mut playback = playing(1e9);
        let end = ms(150);
        assert_eq!(playback.pass(SimTime::ZERO, ends(end), 0.1, Motion::Full), Some(ms(100)));
        assert_eq!(playback.pass(ms(100), ends(end), 0.1, Motion::Full), Some(end));
        assert!(!playback.playing);
    }

    #[test]
    fn at_the_edge_of_what_is_known_it_waits() {
        let mut playback = playing(1e9);
        let end = SimTime::from_nanos(10);
        let growing = Ahead { next: None, end, may_grow: true };
        assert_eq!(playback.pass(end, growing, 0.1, Motion::Full), None);
        assert!(playback.playing, "it goes on when more has come");
    }

    #[test]
    fn slow_playing_loses_no_time_between_frames() {
        let mut playback = playing(10.0);
        let mut time = SimTime::ZERO;
        for _ in 0..600 {
            time = playback.pass(time, ends(SimTime::MAX), 1.0 / 60.0, Motion::Full).unwrap_or(time);
        }
        assert!((95..=105).contains(&time.as_nanos()), "{time:?}");
    }

    #[test]
    fn a_run_plays_in_about_ten_seconds() {
        let mut playback = Playback::default();
        playback.suit(195.9e6);
        assert_eq!(playback.speed, 2e7);
    }

    /// One event at 100 ms, and the end at 200 ms.
    fn one_event(now: SimTime) -> Ahead {
        let next = if now < ms(100) { ms(100) } else { ms(200) };
        Ahead { next: (now < ms(200)).then_some(next), end: ms(200), may_grow: false }
    }

    #[test]
    fn an_empty_stretch_is_swept_over_in_the_time_it_takes_to_see_it_and_said() {
        let mut playback = playing(1e6);
        let places = play(&mut playback, ms(2), one_event, Motion::Full);
        assert!(places.is_sorted());
        let there = places.iter().position(|t| *t == ms(100)).expect("the stretch ends at the event, not beyond");
        let seconds = (there + 1) as f64 * FRAME;
        assert!((0.35..0.45).contains(&seconds), "crossed in {seconds} s");
        assert_eq!(places.iter().filter(|t| **t < ms(100)).count(), there);
        assert_eq!(playback.skipped(), Some(SimDuration::from_nanos(100_000_000)), "the next stretch is empty, too");
        assert!(playback.playing);
    }

    #[test]
    fn with_reduced_motion_an_empty_stretch_is_left_at_once() {
        let mut playback = playing(1e6);
        assert_eq!(playback.pass(ms(2), one_event(ms(2)), FRAME, Motion::Reduced), Some(ms(100)));
        assert_eq!(playback.skipped(), Some(SimDuration::from_nanos(98_000_000)));
    }

    #[test]
    fn a_short_wait_is_waited_for() {
        let mut playback = playing(80e6);
        play(&mut playback, ms(2), one_event, Motion::Full);
        assert_eq!(playback.skipped(), None);
    }

    #[test]
    fn the_sign_of_a_skip_goes_away_and_with_a_pause_at_once() {
        let then_busy = |now: SimTime| {
            let next = if now < ms(100) { ms(100) } else { now + SimDuration::from_nanos(1) };
            Ahead { next: Some(next), end: SimTime::MAX, may_grow: false }
        };
        let mut playback = playing(1e6);
        let places = play(&mut playback, ms(2), then_busy, Motion::Full);
        assert!(playback.skipped().is_some(), "it stays for a while");
        for _ in 0..2 {
            play(&mut playback, *places.last().unwrap(), then_busy, Motion::Full);
        }
        assert_eq!(playback.skipped(), None);
        let mut playback = playing(1e6);
        playback.pass(ms(2), one_event(ms(2)), FRAME, Motion::Full);
        playback.pause();
        assert_eq!(playback.skipped(), None);
    }
}

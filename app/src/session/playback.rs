//! Playing: virtual time that passes with the person's time.

use sim_core::instant::SimTime;

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
}

/// The slowest: one virtual nanosecond in a second.
pub const SLOWEST: f64 = 1.0;
/// The fastest: an hour in a second.
pub const FASTEST: f64 = 3.6e12;
/// A run that nobody chose a speed for plays in about so many seconds.
const USUAL_SECONDS: f64 = 10.0;

impl Default for Playback {
    fn default() -> Playback {
        Playback { playing: false, speed: 20e6, rest: 0.0, chosen: false }
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
    }

    /// Where the cursor is after `seconds`; none if it does not move. At the end it stops, or waits if more may come.
    pub fn pass(&mut self, now: SimTime, end: SimTime, seconds: f64, may_grow: bool) -> Option<SimTime> {
        if !self.playing {
            return None;
        }
        let passed = self.rest + (self.speed * seconds.clamp(0.0, 0.25)).max(0.0);
        self.rest = passed.fract();
        let time = now.as_nanos().saturating_add(passed as u64);
        if time >= end.as_nanos() {
            if !may_grow {
                self.pause();
            }
            return (now < end).then_some(end);
        }
        Some(SimTime::from_nanos(time))
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

    #[test]
    fn playing_moves_the_cursor_by_the_speed_and_stops_at_the_end() {
        let mut playback = Playback { playing: true, ..Playback::default() };
        playback.set_speed(1e9);
        let (start, end) = (SimTime::ZERO, SimTime::from_nanos(150_000_000));
        assert_eq!(playback.pass(start, end, 0.1, false), Some(SimTime::from_nanos(100_000_000)));
        assert_eq!(playback.pass(SimTime::from_nanos(100_000_000), end, 0.1, false), Some(end));
        assert!(!playback.playing);
    }

    #[test]
    fn at_the_edge_of_what_is_known_it_waits() {
        let mut playback = Playback { playing: true, ..Playback::default() };
        let end = SimTime::from_nanos(10);
        assert_eq!(playback.pass(end, end, 0.1, true), None);
        assert!(playback.playing, "it goes on when more has come");
    }

    #[test]
    fn slow_playing_loses_no_time_between_frames() {
        let mut playback = Playback { playing: true, ..Playback::default() };
        playback.set_speed(10.0);
        let mut time = SimTime::ZERO;
        for _ in 0..600 {
            time = playback.pass(time, SimTime::MAX, 1.0 / 60.0, false).unwrap_or(time);
        }
        assert!((95..=105).contains(&time.as_nanos()), "{time:?}");
    }

    #[test]
    fn a_run_plays_in_about_ten_seconds() {
        let mut playback = Playback::default();
        playback.suit(195.9e6);
        assert_eq!(playback.speed, 2e7);
    }
}

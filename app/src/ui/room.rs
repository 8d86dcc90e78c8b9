//! How the window's height is shared: timeline, Stage and dock each get what they need, or give way.
//!
//! Owns numbers only. What a panel would like is asked of it; what it gets is told to it.

use super::events;

/// The rows are never given less than this: a run's head and a few rows.
const LEAST_ROWS: f32 = 100.0;
/// Where not all rows can be had, the timeline takes so much, and the wheel does the rest.
const USUAL_ROWS: f32 = 180.0;
/// A tab that is opened in a low window has so much at least: its head, and something of its panel.
const LEAST_TAB: f32 = 136.0;
/// So many events stay in sight, and as many lines of the programs, until the Stage is as low as it can be.
pub const KEPT: usize = 3;
/// In order of what hurts least: how many events stay in sight until the rows have this share of the height they like.
const DOCK_FIRST: [(usize, f32); 3] = [(4, 1.0), (3, 0.84), (2, 0.74)];

/// What the parts of the window would like, in points.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wishes {
    /// What there is for all of them.
    pub room: f32,
    /// What stands above the rows: minimap and axis.
    pub axis: f32,
    /// The rows, as high as they like; as close as they can be read.
    pub rows: (f32, f32),
    /// The Stage, at most; at least.
    pub stage: (f32, f32),
    /// The dock.
    pub dock: f32,
    /// Who gives way first.
    pub first: First,
}

/// Who makes room for rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum First {
    /// The dock: the Stage has something to say of every run.
    Dock,
    /// The Stage: its runs are so many that they scroll anyway.
    Stage,
    /// Rows and Stage both: what is looked at is in the dock, and needs all that it asks for.
    AllButDock,
}

/// What the lower part of the window is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Lower {
    /// Stage and dock, below each other.
    Panels {
        /// The Stage's height.
        stage: f32,
        /// The dock's.
        dock: f32,
    },
    /// The Stage is one of the dock's tabs, and the dock is folded until a tab is pressed: then it is so high.
    Tabs {
        /// The dock's height, unfolded.
        dock: f32,
    },
}

impl Wishes {
    /// Whether the rows can be had when the Stage is as low as it can be, and the dock keeps so many events in sight.
    pub fn has_room_beside(self, events: usize) -> bool {
        let dock = match self.first {
            First::Dock | First::Stage => events::height_of(events).min(self.dock),
            First::AllButDock => self.dock,
        };
        self.rows.1 <= self.room - self.axis - self.stage.1 - dock
    }

    /// Shares the height. Usually the dock gives way to the rows, then the Stage does.
    pub fn share(self) -> Lower {
        let Wishes { room, axis, rows, stage: (most, least), dock: usual, first } = self;
        let events = |count: usize| events::height_of(count).min(usual);
        let lowest = events(1);
        if axis + LEAST_ROWS + least + lowest > room {
            let below_rows = (room - axis - LEAST_ROWS).max(LEAST_TAB);
            return Lower::Tabs { dock: below_rows.min(usual.max(LEAST_TAB)).min(room).floor() };
        }
        if first == First::AllButDock {
            let dock = usual.min(room - axis - LEAST_ROWS - least);
            let stage = (room - axis - rows.1 - dock).clamp(least, most);
            return Lower::Panels { stage: stage.floor(), dock: dock.floor() };
        }
        // Who gives way, how far, until the rows have how much: the dock first, then the Stage.
        let by_dock = DOCK_FIRST.map(|(count, share)| (events(count), most, rows.0 * share));
        let steps: &[(f32, f32, f32)] = match (self.has_room_beside(1), first) {
            (true, First::Dock) => {
                &[by_dock[0], by_dock[1], by_dock[2], (events(2), least, rows.1), (lowest, least, rows.1)]
            }
            (true, First::Stage | First::AllButDock) => {
                &[(events(4), most, rows.1), (events(KEPT), least, rows.1), (lowest, least, rows.1)]
            }
            (false, _) => &[(events(2), most, USUAL_ROWS), (lowest, most, LEAST_ROWS), (lowest, least, LEAST_ROWS)],
        };
        let (mut dock, mut stage) = (usual, most);
        for &(least_dock, least_stage, wanted) in steps {
            let short = |dock: f32, stage: f32| (axis + wanted - (room - stage - dock)).max(0.0);
            dock -= short(dock, stage).min((dock - least_dock).max(0.0));
            stage -= short(dock, stage).min((stage - least_stage).max(0.0));
        }
        Lower::Panels { stage: stage.floor(), dock: dock.floor() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two runs of a lesson: eleven rows and two heads, a line each on the Stage.
    fn lesson(room: f32) -> Wishes {
        let usual = events::height_of(events::rows_within((room + 74.0) * 0.24).clamp(2, 6));
        Wishes { room, axis: 50.0, rows: (390.0, 225.0), stage: (190.0, 190.0), dock: usual, first: First::Dock }
    }

    fn rows_of(wishes: Wishes, lower: Lower) -> f32 {
        match lower {
            Lower::Panels { stage, dock } => wishes.room - wishes.axis - stage - dock,
            Lower::Tabs { dock } => wishes.room - wishes.axis - dock,
        }
    }

    #[test]
    fn in_a_large_window_everything_is_as_it_likes() {
        let wishes = lesson(1000.0);
        assert_eq!(wishes.share(), Lower::Panels { stage: 190.0, dock: wishes.dock });
    }

    #[test]
    fn the_dock_gives_way_until_all_rows_are_seen() {
        for room in [560.0, 620.0, 726.0, 826.0] {
            let wishes = lesson(room);
            let lower = wishes.share();
            assert!(matches!(lower, Lower::Panels { .. }), "{lower:?}");
            assert!(rows_of(wishes, lower) >= wishes.rows.1 - 1.0, "at {room}: {lower:?}");
        }
        let comfortable = lesson(726.0);
        let Lower::Panels { dock, .. } = comfortable.share() else { panic!("there is room for panels") };
        assert!(dock >= events::height_of(2) && dock < comfortable.dock, "{dock}");
    }

    #[test]
    fn rows_that_never_fit_do_not_take_the_dock() {
        let wishes = Wishes { rows: (9_000.0, 5_000.0), ..lesson(826.0) };
        assert_eq!(wishes.share(), Lower::Panels { stage: 190.0, dock: wishes.dock });
        let low = Wishes { room: 480.0, ..wishes };
        assert!(rows_of(low, low.share()) >= LEAST_ROWS);
    }

    #[test]
    fn beside_many_runs_the_stage_gives_way_before_the_dock_does() {
        let wishes = Wishes { rows: (700.0, 450.0), stage: (320.0, 110.0), first: First::Stage, ..lesson(826.0) };
        let Lower::Panels { stage, dock } = wishes.share() else { panic!("there is room for panels") };
        assert!(stage < 320.0 && dock >= events::height_of(KEPT), "{stage} {dock}");
        assert!(rows_of(wishes, wishes.share()) >= 450.0);
    }

    #[test]
    fn curves_get_the_height_that_they_need_beside_six_runs() {
        let wishes = Wishes { rows: (700.0, 450.0), stage: (320.0, 110.0), ..lesson(726.0) };
        let wishes = Wishes { dock: 368.0, first: First::AllButDock, ..wishes };
        assert_eq!(wishes.share(), Lower::Panels { stage: 110.0, dock: 368.0 });
        let low = Wishes { room: 480.0, ..wishes };
        assert_eq!(low.share(), Lower::Panels { stage: 110.0, dock: 220.0 }, "the rows keep a head and a few rows");
    }

    #[test]
    fn in_a_very_low_window_the_rows_come_first_and_the_rest_are_tabs() {
        for room in [160.0, 250.0, 380.0] {
            let wishes = Wishes { axis: 24.0, ..lesson(room) };
            let Lower::Tabs { dock } = wishes.share() else { panic!("there is no room for panels") };
            assert!(dock >= LEAST_TAB && dock < room, "at {room}: {dock}");
            assert!(room - crate::ui::measures::TAB - 24.0 >= LEAST_ROWS, "folded, the rows have their room");
        }
    }

    #[test]
    fn more_room_never_makes_the_rows_lower_while_the_panels_stay() {
        let mut last = 0.0;
        for room in 440..1000 {
            let wishes = lesson(room as f32);
            if let lower @ Lower::Panels { .. } = wishes.share() {
                let rows = rows_of(wishes, lower);
                assert!(rows >= last - 30.0, "at {room}: {rows} after {last}");
                last = rows;
            }
        }
    }
}

//! How high rows are in the room that there is: closer together, as lanes, or with larger pictures of crowds.

use super::{Face, Row, RowKind, Rows};

/// Rows with names that are no higher than this do not shrink.
const LOWEST: f32 = 17.0;
/// A crowd's picture shrinks to this height: room for its name and for how to unfold it.
const LOWEST_CROWD: f32 = 66.0;
/// The height of its picture alone.
const LOW_CROWD: f32 = 44.0;
/// A run's head shrinks to this height: a little apart from the rows.
const LOWEST_HEAD: f32 = 23.0;
/// The same above lanes: its letter's box, and nothing more.
const LANES_HEAD: f32 = 20.0;
/// A lane where there is room.
const LANE: f32 = 13.0;
/// So high it is told from its neighbours at a glance.
const EASY_LANE: f32 = 5.0;
/// Lower than this its bars and what is free between lanes are one.
const LOWEST_LANE: f32 = 3.0;
/// Rows may shrink to this share of their height where that makes all of them fit.
const TIGHTEST: f32 = 0.58;
/// A crowd's picture grows by so much at most where there is room.
const MOST_MORE: f32 = 240.0;

impl Row {
    /// The least height at which it can be read.
    fn closest(&self) -> f32 {
        let lowest = match (self.kind, self.face) {
            (RowKind::Head, Face::Named) => LOWEST_HEAD,
            (RowKind::Head, Face::Lane) => return LANES_HEAD.min(self.height),
            (RowKind::Crowd, _) => return LOWEST_CROWD.min(self.height),
            (_, Face::Lane) => return LOWEST_LANE.min(self.height),
            (RowKind::Track { .. } | RowKind::Group(_) | RowKind::States | RowKind::Use, Face::Named) => LOWEST,
        };
        (self.height * TIGHTEST).floor().max(lowest).min(self.height)
    }
}

impl Rows {
    /// The same, closer together if they then all fit into `room`; as they were if they do not fit anyway. What is free
    /// goes to the pictures of crowds.
    pub fn fitted(self, room: f32) -> Rows {
        let whole = self.height();
        if whole <= room {
            return self.with_larger_crowds(room - whole);
        }
        // Down to the height that its name needs each row gives the same share of what it has above that.
        let close = self.closest();
        if close > room {
            return self;
        }
        let share = (room - close) / (whole - close).max(1.0);
        self.with_heights(|row| {
            let least = row.closest();
            (least + (row.height - least) * share).floor()
        })
    }

    /// The height of all rows, as close together as they can be read.
    pub fn closest(&self) -> f32 {
        self.all().iter().map(Row::closest).sum()
    }

    /// The same, with lanes that are told apart at a glance.
    pub fn easy(&self) -> f32 {
        let is_lane = |row: &&Row| row.face == Face::Lane && row.kind != RowKind::Head;
        self.closest() + (EASY_LANE - LOWEST_LANE) * self.all().iter().filter(is_lane).count() as f32
    }

    /// The same with the pictures of crowds only so high, where nobody is to unfold them.
    pub fn with_low_crowds(self) -> Rows {
        self.with_heights(|row| if row.kind == RowKind::Crowd { LOW_CROWD } else { row.height })
    }

    /// The same rows as close together as they can be read.
    pub fn tight(self) -> Rows {
        self.with_heights(Row::closest)
    }

    /// The same with these rows as lanes. A head stands close above lanes.
    pub fn with_lanes(self, is_lane: impl Fn(&Row) -> bool) -> Rows {
        self.changed(|row| match (row.kind, is_lane(&row)) {
            (_, false) => row,
            (RowKind::Head, true) => Row { face: Face::Lane, height: LOWEST_HEAD, ..row },
            (_, true) => Row { face: Face::Lane, height: LANE, ..row },
        })
    }

    fn with_larger_crowds(self, free: f32) -> Rows {
        let crowds = self.all().iter().filter(|r| r.kind == RowKind::Crowd).count();
        if crowds == 0 {
            return self;
        }
        let more = (free / crowds as f32).min(MOST_MORE).floor();
        self.with_heights(|row| if row.kind == RowKind::Crowd { row.height + more } else { row.height })
    }

    fn with_heights(self, height: impl Fn(&Row) -> f32) -> Rows {
        self.changed(|row| Row { height: height(&row), ..row })
    }

    /// Every row as `change` makes it, under each other.
    fn changed(mut self, change: impl Fn(Row) -> Row) -> Rows {
        for row in std::mem::take(&mut self.list) {
            self.put(change(row));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::rows::tests::many;
    use crate::timeline::rows::{Arranged, CROWD_HEIGHT, RunRows};
    use sim_core::analysis::track::TrackKind;
    use sim_core::trace::Tables;

    #[test]
    fn lanes_are_low_and_give_way_before_names_do() {
        let (tracks, tables) = (many(6), Tables::default());
        let run = RunRows { tracks: &tracks, tables: &tables, arranged: Arranged::default() };
        let is_lane = |row: &Row| row.run == 1 && !matches!(row.track(), Some(TrackKind::Core(_)));
        let rows = || Rows::new(&[run, run]).with_lanes(is_lane);
        let lanes = |rows: &Rows| {
            let lanes = rows.all().iter().filter(|r| r.face == Face::Lane && r.kind != RowKind::Head);
            lanes.map(|r| r.height).collect::<Vec<_>>()
        };
        assert_eq!(lanes(&rows()), [LANE; 6]);
        let close = rows().closest();
        assert_eq!(lanes(&rows().fitted(close)), [LOWEST_LANE; 6]);
        let named = rows().fitted(close).all().iter().filter(|r| r.face == Face::Named).all(|r| r.height >= LOWEST);
        assert!(named, "what has a name stays readable");
        assert!(close < Rows::new(&[run, run]).closest());
    }

    #[test]
    fn a_few_rows_draw_closer_to_fit_and_many_stay_readable() {
        let (tracks, tables) = (many(3), Tables::default());
        let run = RunRows { tracks: &tracks, tables: &tables, arranged: Arranged::default() };
        let rows = || Rows::new(&[run, run]);
        let whole = rows().height();
        let tight = rows().fitted(whole * 0.75);
        assert!(tight.height() <= whole * 0.75 && tight.height() > whole * 0.65);
        assert!(tight.all().windows(2).all(|w| w[0].bottom() == w[1].top));
        assert_eq!(rows().fitted(whole * 0.5), rows());
        assert_eq!(rows().fitted(whole * 2.0), rows());
    }

    #[test]
    fn what_is_free_goes_to_the_picture_of_a_crowd() {
        let (tracks, tables) = (many(10_000), Tables::default());
        let arranged = Arranged { folded: true, ..Arranged::default() };
        let run = RunRows { tracks: &tracks, tables: &tables, arranged };
        let whole = Rows::new(&[run]).height();
        let larger = Rows::new(&[run]).fitted(whole + 100.0);
        assert_eq!(larger.height(), whole + 100.0);
        assert_eq!(larger.crowd_of(0).map(|r| r.height), Some(CROWD_HEIGHT + 100.0));
        assert!(larger.all().windows(2).all(|w| w[0].bottom() == w[1].top));
    }
}

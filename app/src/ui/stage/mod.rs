//! The Stage: wants to run → runs → waits, one line a run, in the same columns for all.
//!
//! The plan: this file divides the place into a line a run and three columns; `boxes` fills them; `chips` draws
//! those who stand there, and lets them move from where they stood.

mod boxes;
mod chips;

use egui::scroll_area::ScrollBarVisibility;
use egui::{Align2, Rect, ScrollArea, Sense, Stroke, Ui, pos2, vec2};

use crate::session::Session;
use crate::session::stage::{Place, Queue, Stage};
use sim_core::analysis::track::TrackKind;
use sim_core::clock::Clock;
use sim_core::instant::SimTime;

use super::fonts;
use super::measures::{LABELS, RIGHT_MARGIN};
use super::patterns::Patterns;
use super::row_room::FEW;
use super::widgets::{self, Emit};

/// The height of the columns' names.
const HEAD: f32 = 28.0;
/// The height of one who stands somewhere.
const LINE: f32 = 29.0;
/// The height of a box's head.
const BOX_HEAD: f32 = 24.0;
/// What a box keeps free at its foot.
const BOX_FOOT: f32 = 7.0;
/// Between two boxes of a column.
const GAP: f32 = 6.0;
/// Above and below a run's boxes.
const MARGIN: f32 = 8.0;
/// A run has so many lines at most.
const MOST_LINES: usize = 4;

/// The names of those who wait have this share of their column at most; longer ones push what they wait for aside.
const MOST_NAMES: f32 = 0.3;

/// What the stages depend on: the document, how moments are told, and where each run stands.
type Key = (u64, Clock, Vec<(usize, SimTime)>);

/// What the Stage remembers between frames: what it shows, while nothing moves.
#[derive(Clone, Default, Debug)]
pub struct StageState {
    key: Option<Key>,
    stages: Vec<Stage>,
    /// Where each run's line is, and its three columns.
    places: Vec<(Rect, [Rect; 3])>,
    focus: usize,
}

impl StageState {
    /// The height of all runs' lines, each of so many lines at most.
    fn needed(&self, most: usize) -> f32 {
        HEAD + self.stages.iter().map(|s| run_height(s, most)).sum::<f32>() + 2.0
    }

    /// How many lines each run may have, so that all runs fit into `room`. A line alone hides nobody: the head counts
    /// those who are not shown.
    fn most_lines(&self, room: f32) -> usize {
        (1..=MOST_LINES).rev().find(|most| self.needed(*most) <= room).unwrap_or(1)
    }

    /// Brings it to where the cursor stands.
    fn follow(&mut self, session: &Session) {
        let now = session.cursor().time;
        let runs = session.runs().iter().map(|run| (run.snapshot().events, now)).collect();
        let key = Some((session.opened(), session.clock(), runs));
        if self.key != key {
            self.stages = session.runs().iter().map(|run| Stage::of(run, now, session.clock())).collect();
            self.key = key;
        }
    }
}

/// A run's line as it is drawn.
pub struct LineShown {
    /// All of it.
    pub rect: Rect,
    /// Its columns: wants to run, runs, waits.
    pub columns: [Rect; 3],
    /// Who stands in each of them.
    pub tracks: [Vec<TrackKind>; 3],
}

impl StageState {
    /// The lines that were drawn last, in order of runs.
    pub fn lines(&self) -> Vec<LineShown> {
        let line = |(stage, (rect, columns)): (&Stage, &(Rect, [Rect; 3]))| {
            let wants = stage.wants.iter().flat_map(|q| q.chips.iter().map(|c| c.track)).collect();
            let places = stage.runs.iter().chain(&stage.left).chain(&stage.pool);
            let runs = places.filter_map(|p| Some(p.occupant.as_ref()?.track)).collect();
            let waits = stage.waits.iter().map(|w| w.track).collect();
            LineShown { rect: *rect, columns: *columns, tracks: [wants, runs, waits] }
        };
        self.stages.iter().zip(&self.places).map(line).collect()
    }
}

/// The height that the Stage needs, at most `room`.
pub fn height(session: &Session, state: &mut StageState, room: f32) -> f32 {
    state.follow(session);
    state.needed(state.most_lines(room)).min(room)
}

/// The least height in which it can be read: a line for each of two runs; more of them scroll. Of many runs it is one,
/// for their rows need the room.
pub fn least_height(session: &Session, state: &mut StageState) -> f32 {
    state.follow(session);
    let seen = if state.stages.len() > FEW { 1 } else { 2 };
    HEAD + state.stages.iter().take(seen).map(|s| run_height(s, 1)).sum::<f32>() + 2.0
}

fn run_height(stage: &Stage, most: usize) -> f32 {
    let wants = column_height(&wanted_lines(stage), most);
    let runs = column_height(&running_lines(stage), most);
    // Waits need no head: their box has room for one line more.
    let waits = stage.waits.len() + usize::from(stage.more_waits > 0);
    let waits = waits.min(most + 1) as f32 * LINE + BOX_FOOT;
    wants.max(runs).max(waits) + 2.0 * MARGIN
}

/// The height of boxes that stand under each other, of so many lines each.
fn column_height(lines: &[usize], most: usize) -> f32 {
    fitted(lines, most).into_iter().map(|n| box_height(n) + GAP).sum::<f32>() - GAP
}

fn box_height(lines: usize) -> f32 {
    BOX_HEAD + lines as f32 * LINE + BOX_FOOT
}

/// How many lines each queue would take.
fn wanted_lines(stage: &Stage) -> Vec<usize> {
    shown_queues(&stage.wants).iter().map(|q| q.chips.len().max(1)).collect()
}

/// How many lines the workers or cores, the threads that they left, and the blocking pool would take.
fn running_lines(stage: &Stage) -> Vec<usize> {
    groups(stage).iter().map(|(_, g)| g.len().max(1)).collect()
}

/// How many lines each of several boxes may have: together at most `most`, each at least one.
fn fitted(lines: &[usize], most: usize) -> Vec<usize> {
    let mut left = most.max(lines.len());
    let mut fitted = vec![1; lines.len()];
    left -= lines.len();
    for (has, wants) in fitted.iter_mut().zip(lines) {
        let more = wants.saturating_sub(1).min(left);
        *has += more;
        left -= more;
    }
    fitted
}

/// Shows the Stage.
pub fn stage_ui(ui: &mut Ui, session: &Session, state: &mut StageState, patterns: &Patterns, emit: &mut Emit<'_>) {
    state.follow(session);
    let area = ui.max_rect();
    let theme = emit.theme;
    let left = area.left() + LABELS;
    let width = area.right() - RIGHT_MARGIN - left;
    let columns = [left, left + width * 0.322, left + width * 0.678, area.right() - RIGHT_MARGIN + boxes::BETWEEN];
    let head = Rect::from_min_size(area.min, vec2(area.width(), HEAD));
    ui.painter().rect_filled(head, 0.0, theme.raised);
    ui.painter().hline(area.x_range(), area.top() + 0.5, Stroke::new(1.0, theme.line));
    let label = |x: f32, text: &str, font| {
        ui.painter().text(pos2(x, head.center().y), Align2::LEFT_CENTER, text, font, theme.text2);
    };
    label(area.left() + 16.0, "Stage", fonts::semibold(fonts::LABEL));
    for (x, text) in columns.iter().zip(["Wants to run", "Runs", "Waits for something"]) {
        label(*x, text, fonts::regular(fonts::LABEL));
    }
    if state.stages.iter().any(|stage| stage.waits.iter().any(|wait| wait.until.is_some())) {
        let (at, font) = (pos2(columns[3] - boxes::BETWEEN - 12.0, head.center().y), fonts::regular(fonts::LABEL));
        ui.painter().text(at, Align2::RIGHT_CENTER, "until", font, theme.text2);
    }
    let most = state.most_lines(area.height() + 0.5);
    let names = boxes::names_width(ui, &state.stages, (columns[3] - columns[2]) * MOST_NAMES);
    state.places.clear();
    let body = Rect::from_min_max(head.left_bottom(), area.max);
    let whole = state.needed(most) - HEAD;
    let focus_moved = std::mem::replace(&mut state.focus, session.focus()) != session.focus();
    widgets::inside(ui, body, |ui| {
        ui.set_clip_rect(body.intersect(ui.clip_rect()));
        let bar = if whole > body.height() + 3.0 {
            ScrollBarVisibility::VisibleWhenNeeded
        } else {
            ScrollBarVisibility::AlwaysHidden
        };
        let scroll = ScrollArea::vertical().id_salt("stage").auto_shrink(false).scroll_bar_visibility(bar);
        scroll.show(ui, |ui| {
            let (place, _) = ui.allocate_exact_size(vec2(body.width(), whole), Sense::hover());
            let mut top = place.top();
            for (run, stage) in state.stages.iter().enumerate() {
                let rect = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), run_height(stage, most)));
                if run > 0 {
                    ui.painter().hline(area.x_range(), top + 0.5, Stroke::new(1.0, theme.line));
                }
                if focus_moved && run == session.focus() && whole > body.height() {
                    ui.scroll_to_rect(rect, None);
                }
                let line = boxes::RunStage { session, run, stage, columns, rect, names, patterns };
                state.places.push((rect, [0, 1, 2].map(|n| line.column(n))));
                line.show(ui, emit);
                top = rect.bottom();
            }
        });
    });
}

/// Empty queues of single workers are left out when there are several.
fn shown_queues(queues: &[Queue]) -> Vec<&Queue> {
    let full: Vec<&Queue> = queues.iter().filter(|q| q.length > 0).collect();
    if full.is_empty() { queues.iter().take(1).collect() } else { full.into_iter().take(MOST_LINES).collect() }
}

/// Who stands in a box of the middle column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Group {
    /// Workers, or cores.
    Machine,
    /// Threads that a worker has left in the middle of a poll.
    Left,
    /// The blocking pool.
    Pool,
}

/// The boxes of the middle column: workers or cores, threads that a worker has left, and the blocking pool.
fn groups(stage: &Stage) -> Vec<(Group, &[Place])> {
    let more = [(Group::Left, stage.left.as_slice()), (Group::Pool, stage.pool.as_slice())];
    let more = more.into_iter().filter(|(_, places)| !places.is_empty());
    std::iter::once((Group::Machine, stage.runs.as_slice())).chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_share_the_lines_there_are_and_each_has_one() {
        assert_eq!(fitted(&[1], 4), [1]);
        assert_eq!(fitted(&[9], 4), [4]);
        assert_eq!(fitted(&[2, 9], 4), [2, 2]);
        assert_eq!(fitted(&[3, 3, 3], 1), [1, 1, 1]);
    }
}

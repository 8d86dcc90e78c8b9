//! One run's line of the Stage: its queues, its workers or cores, those who wait.

use egui::text::LayoutJob;
use egui::{Align2, Color32, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::session::stage::{Named, Place, Queue, Stage, Standing, Waiter, named, shorter};
use crate::session::{Growth, Session};
use crate::timeline::axis::with_thousands;

use super::super::measures::LABELS;
use super::super::paint::dashed_frame;
use super::super::patterns::Patterns;
use super::super::theme::Theme;
use super::super::widgets::{self, Emit};
use super::super::{fonts, icons};
use super::chips::{Chip, choose_ui, cut_in_the_middle, on_its_way};
use super::{
    BOX_FOOT, BOX_HEAD, GAP, Group, LINE, MARGIN, box_height, fitted, groups, running_lines, shown_queues, wanted_lines,
};
use sim_core::analysis::track::TrackKind;
use sim_core::trace::Family;

/// Between two columns.
pub const BETWEEN: f32 = 28.0;
const PAD: f32 = 12.0;
/// A line of what an empty box says.
const EMPTY_LINE: f32 = 15.0;
/// The first of a queue stands behind "front →".
const FRONT: f32 = 50.0;

/// In the line of one who waits its name begins here, after the sign.
const WAIT_NAME: f32 = 28.0;

/// A run's line.
pub struct RunStage<'a> {
    pub session: &'a Session,
    pub run: usize,
    pub stage: &'a Stage,
    /// Where the columns begin, and where the last one ends.
    pub columns: [f32; 4],
    pub rect: Rect,
    /// How wide the names of those who wait are.
    pub names: f32,
    pub patterns: &'a Patterns,
}

impl<'a> RunStage<'a> {
    /// Shows it: boxes first, so that whoever moves goes above them.
    pub fn show(&self, ui: &mut Ui, emit: &mut Emit<'_>) {
        self.name(ui, emit);
        if !self.stage.begun {
            return self.nothing_yet(ui, emit);
        }
        let mut chips = Vec::new();
        self.wants(ui, &mut chips, emit);
        self.runs(ui, &mut chips, emit);
        self.waits(ui, emit);
        for chip in chips {
            chip.show(ui, self.patterns, emit);
        }
    }

    fn name(&self, ui: &Ui, emit: &Emit<'_>) {
        let theme = emit.theme;
        let of = &self.session.runs()[self.run];
        let at = self.rect.left_top() + vec2(27.0, MARGIN + 16.0);
        widgets::run_key(ui.painter(), at, self.run, self.session.focus() == self.run, theme);
        let (name, rest) = of.title.split_once(", ").unwrap_or((&of.title, ""));
        let room = LABELS - 56.0;
        let x = self.rect.left() + 46.0;
        widgets::text_cut(ui.painter(), pos2(x, at.y), name, fonts::semibold(fonts::ROW), theme.text1, room);
        let beside = match (self.stage.over, self.stage.ended) {
            (Some(end), _) if self.stage.stuck => format!("stuck at {}", self.session.clock().brief(end)),
            (Some(end), _) => format!("ended at {}", self.session.clock().brief(end)),
            (None, 0) => rest.to_owned(),
            (None, ended) => format!("{} ended", with_thousands(&ended.to_string())),
        };
        let under = pos2(self.rect.left() + 18.0, at.y + 22.0);
        widgets::text_cut(ui.painter(), under, &beside, fonts::regular(fonts::LABEL), theme.text3, LABELS - 28.0);
    }

    pub(super) fn column(&self, n: usize) -> Rect {
        let (left, right) = (self.columns[n], self.columns[n + 1] - BETWEEN);
        Rect::from_min_max(pos2(left, self.rect.top() + MARGIN), pos2(right, self.rect.bottom() - MARGIN))
    }

    /// The boxes of a column, of so many lines each: the last one goes down to the foot.
    fn boxes(&self, column: Rect, lines: &[usize]) -> Vec<Rect> {
        let heads = lines.len() as f32 * (BOX_HEAD + BOX_FOOT) + (lines.len() - 1) as f32 * GAP;
        let most = ((column.height() - heads) / LINE + 0.01) as usize;
        let mut top = column.top();
        let mut boxes = Vec::new();
        for lines in fitted(lines, most) {
            let foot = top + box_height(lines);
            boxes.push(Rect::from_min_max(pos2(column.left(), top), pos2(column.right(), foot)));
            top = foot + GAP;
        }
        if let Some(last) = boxes.last_mut() {
            last.max.y = column.bottom();
        }
        boxes
    }

    fn nothing_yet(&self, ui: &mut Ui, emit: &mut Emit<'_>) {
        let rect = Rect::from_min_max(self.column(0).min, self.column(2).max);
        dashed_frame(ui.painter(), rect, emit.theme);
        let run = &self.session.runs()[self.run];
        let text = match run.growth {
            Growth::Complete if run.trace.is_empty() => "Nothing happened in this run: it has no task.",
            Growth::Waiting => "Waiting for the simulation.",
            Growth::Growing | Growth::Complete | Growth::Stopped => {
                "Nothing has happened yet. Press → to step to the first event, or Space to play."
            }
        };
        let at = rect.left_center() + vec2(16.0, 0.0);
        widgets::text_cut(ui.painter(), at, text, fonts::regular(fonts::ROW), emit.theme.text3, rect.width() - 24.0);
    }

    /// A box with a head: what it is, and how it is. An empty one says so in its first line.
    fn frame(&self, ui: &Ui, rect: Rect, name: &str, state: &str, empty: Option<&str>, emit: &Emit<'_>) {
        let theme = emit.theme;
        match empty {
            Some(_) => {
                ui.painter().rect_filled(rect, 8.0, theme.raised);
                dashed_frame(ui.painter(), rect, theme);
            }
            None => {
                ui.painter().rect(rect, 8.0, theme.raised, Stroke::new(1.0, theme.strong_line), StrokeKind::Inside);
            }
        }
        let y = rect.top() + 16.0;
        let font = fonts::regular(fonts::LABEL);
        let room = rect.width() - 2.0 * PAD;
        let name_width =
            widgets::text_cut(ui.painter(), pos2(rect.left() + PAD, y), name, font.clone(), theme.text2, room);
        // "inside block_in_place": where room is short, what it is inside.
        let bare = state.strip_prefix("inside ").map_or(state, |what| what.strip_prefix("a ").unwrap_or(what));
        let mut forms =
            [state, bare].into_iter().map(|s| ui.painter().layout_no_wrap(s.to_owned(), font.clone(), theme.text2));
        if let Some(state) = forms.find(|state| name_width + state.size().x + 8.0 <= room) {
            let at = pos2(rect.right() - PAD - state.size().x, (y - state.size().y / 2.0).round());
            ui.painter().galley(at, state, theme.text2);
        }
        if let Some(text) = empty {
            self.empty(ui, rect, text, theme);
        }
    }

    /// What an empty box says, in as many lines as it has room for; on hover in full.
    fn empty(&self, ui: &Ui, rect: Rect, text: &str, theme: &Theme) {
        let font = fonts::regular(fonts::LABEL);
        let mut job = LayoutJob::simple(text.to_owned(), font, theme.text3, rect.width() - 2.0 * PAD);
        let top = rect.top() + BOX_HEAD;
        job.wrap.max_rows = (((rect.bottom() - 2.0 - top) / EMPTY_LINE) as usize).max(1);
        job.wrap.break_anywhere = false;
        let galley = ui.painter().layout_job(job);
        // One line stands where a chip would; two of them take the box's foot, too.
        let free = if galley.rows.len() > 1 { rect.bottom() - 4.0 - top } else { LINE };
        let at = pos2(rect.left() + PAD, (top + (free - galley.size().y).max(0.0) / 2.0).round());
        let place = Rect::from_min_size(at, galley.size());
        let cut = galley.elided;
        ui.painter().galley(at, galley, theme.text3);
        if cut {
            ui.interact(place, ui.scope_id().with(("empty", at.x as i32, at.y as i32)), Sense::hover())
                .on_hover_text(text);
        }
    }

    /// The place of the nth line in a box.
    fn line(&self, rect: Rect, n: usize) -> Rect {
        let top = rect.top() + BOX_HEAD + LINE * n as f32;
        Rect::from_min_max(pos2(rect.left() + PAD, top + 1.0), pos2(rect.right() - PAD, top + LINE - 2.0))
    }

    fn more(&self, ui: &Ui, rect: Rect, n: usize, text: &str, emit: &Emit<'_>) {
        let at = self.line(rect, n).left_center();
        if at.y + 8.0 > rect.bottom() {
            return;
        }
        widgets::text_cut(ui.painter(), at, text, fonts::regular(fonts::LABEL), emit.theme.text3, rect.width());
    }

    fn chip(&self, rect: Rect, standing: Standing, (name, age): (&'a str, u64), track: TrackKind) -> Chip<'a> {
        let family = self.session.runs()[self.run].family();
        Chip { run: self.run, family, track, name, age, standing, rect, stage: self.rect }
    }

    fn wants(&self, ui: &mut Ui, chips: &mut Vec<Chip<'a>>, emit: &mut Emit<'_>) {
        let kind = self.session.runs()[self.run].family().noun();
        let queues: Vec<&'a Queue> = shown_queues(&self.stage.wants);
        let boxes = self.boxes(self.column(0), &wanted_lines(self.stage));
        let takers = self.boxes(self.column(1), &running_lines(self.stage))[0].height();
        for (queue, rect) in queues.iter().zip(boxes) {
            let count = match queue.length {
                0 => String::new(),
                1 => format!("1 {kind}"),
                n => format!("{} {kind}s", with_thousands(&n.to_string())),
            };
            self.frame(ui, rect, &queue.name, &count, (queue.length == 0).then_some("empty"), emit);
            let fits = lines_in(rect);
            let named = if queue.length > fits { fits.saturating_sub(1).max(1) } else { fits };
            let shown = &queue.chips[..named.min(queue.chips.len())];
            let behind_front =
                shown.iter().all(|c| self.line(rect, 0).width() - FRONT >= Chip::width(ui, &c.name, c.age));
            for (n, chip) in shown.iter().enumerate() {
                let mut place = self.line(rect, n);
                if behind_front {
                    if n == 0 {
                        let (at, font) = (place.left_center(), fonts::regular(fonts::LABEL));
                        ui.painter().text(at, Align2::LEFT_CENTER, "front →", font, emit.theme.text2);
                    }
                    place.min.x += FRONT;
                }
                chips.push(self.chip(place, Standing::Wants, (&chip.name, chip.age), chip.track));
            }
            if queue.length > named {
                let behind = with_thousands(&(queue.length - named).to_string());
                self.more(ui, rect, named, &format!("and {behind} more behind"), emit);
            }
            let y = rect.top() + rect.height().min(takers) / 2.0;
            self.arrow(ui, rect.right(), self.columns[1], y, !queue.served, emit);
        }
    }

    /// From a queue to who takes from it; crossed out when nobody can.
    fn arrow(&self, ui: &Ui, from: f32, to: f32, y: f32, crossed: bool, emit: &Emit<'_>) {
        let theme = emit.theme;
        let (from, to) = (pos2(from + 2.0, y), pos2(to - 2.0, y));
        ui.painter().line_segment([from, to - vec2(4.0, 0.0)], Stroke::new(1.5, theme.strong_line));
        icons::head(ui.painter(), to, vec2(1.0, 0.0), theme.strong_line);
        if crossed {
            let middle = from + (to - from) / 2.0 - vec2(2.0, 0.0);
            ui.painter().circle_filled(middle, 8.0, theme.panel);
            icons::cross(ui.painter(), middle, 5.0, Stroke::new(2.5, theme.finding));
        }
    }

    fn runs(&self, ui: &mut Ui, chips: &mut Vec<Chip<'a>>, emit: &mut Emit<'_>) {
        let threads = self.session.runs()[self.run].threads;
        let boxes = self.boxes(self.column(1), &running_lines(self.stage));
        for ((group, places), rect) in groups(self.stage).into_iter().zip(boxes) {
            match (group, places) {
                (Group::Machine | Group::Left, [place]) => self.single(ui, rect, place, chips, emit),
                (Group::Machine, places) => {
                    let family = self.session.runs()[self.run].family();
                    let kind = if threads { "cores" } else { family.workers() };
                    self.several(ui, rect, &format!("{} {kind}", places.len()), places, chips, emit);
                }
                (Group::Left, places) => {
                    self.several(ui, rect, &format!("{} former workers", places.len()), places, chips, emit);
                }
                (Group::Pool, places) => {
                    let title = match self.session.runs()[self.run].family() {
                        // Its idle threads wait for a worker, not for closures.
                        Family::Coroutines => "idle threads",
                        Family::Async | Family::Threads | Family::Pool => "blocking pool",
                        Family::Sequential | Family::Callbacks | Family::Actors => "blocking pool",
                    };
                    self.several(ui, rect, title, places, chips, emit);
                }
            }
        }
    }

    fn single(&self, ui: &Ui, rect: Rect, place: &'a Place, chips: &mut Vec<Chip<'a>>, emit: &Emit<'_>) {
        match &place.occupant {
            Some(o) => {
                self.frame(ui, rect, &place.name, &place.state, None, emit);
                chips.push(self.chip(self.line(rect, 0), o.standing, (&o.name, o.age), o.track));
            }
            None => self.frame(ui, rect, &place.name, "", Some(&place.state), emit),
        }
    }

    fn several(
        &self,
        ui: &Ui,
        rect: Rect,
        title: &str,
        places: &'a [Place],
        chips: &mut Vec<Chip<'a>>,
        emit: &Emit<'_>,
    ) {
        let lines = lines_in(rect);
        let Named { places: shown, rest } = named(places, lines);
        // With one line only, the head says that not all are shown.
        let (title, below) = match rest {
            Some(_) if lines == 1 => (format!("{title}, {} shown", shown.len()), None),
            rest => (title.to_owned(), rest),
        };
        self.frame(ui, rect, &title, &counted(places), (places.is_empty()).then_some("none"), emit);
        let font = fonts::regular(fonts::LABEL);
        for (n, place) in shown.iter().enumerate() {
            let line = self.line(rect, n);
            let itself = place.occupant.as_ref().is_some_and(|o| o.track == place.track);
            let label = if line.width() > 190.0 && !itself { 62.0 } else { 0.0 };
            let rest = Rect::from_min_max(pos2(line.left() + label, line.top()), line.max);
            if label > 0.0 {
                let name = cut_in_the_middle(ui, &place.name, font.clone(), label - 6.0);
                ui.painter().text(line.left_center(), Align2::LEFT_CENTER, name, font.clone(), emit.theme.text2);
            }
            match &place.occupant {
                Some(o) => chips.push(self.chip(rest, o.standing, (&o.name, o.age), o.track)),
                None => {
                    let (at, color) = (rest.left_center(), emit.theme.text3);
                    widgets::text_cut(ui.painter(), at, &place.state, font.clone(), color, rest.width());
                }
            }
        }
        if let Some(rest) = below {
            self.more(ui, rect, shown.len(), &format!("and {rest}"), emit);
        }
    }

    fn waits(&self, ui: &mut Ui, emit: &mut Emit<'_>) {
        let column = self.column(2);
        let theme = emit.theme;
        if self.stage.waits.is_empty() {
            let what = match self.session.runs()[self.run].family() {
                Family::Threads => "blocked threads",
                Family::Pool | Family::Sequential => "tasks that wait",
                Family::Async | Family::Callbacks | Family::Coroutines | Family::Actors => "pending tasks",
            };
            return self.frame(ui, column, what, "", Some("none: no timer, no I/O, no lock"), emit);
        }
        ui.painter().rect(column, 8.0, theme.raised, Stroke::new(1.0, theme.strong_line), StrokeKind::Inside);
        let total = self.stage.waits.len() + self.stage.more_waits;
        // Here lines may stand a little closer.
        let line = LINE - 3.0;
        let fits = ((column.height() - 4.0) / line) as usize;
        let shown = if total > fits { fits.saturating_sub(1) } else { total };
        let inset = ((column.height() - line * total.min(fits) as f32) / 2.0).max(0.0);
        for (n, wait) in self.stage.waits.iter().take(shown).enumerate() {
            let y = column.top() + inset + line * (n as f32 + 0.5);
            let place = Rect::from_min_max(
                pos2(column.left() + 6.0, y - line / 2.0 + 1.0),
                pos2(column.right() - 6.0, y + line / 2.0 - 1.0),
            );
            self.waiter(ui, place, wait, emit);
        }
        if total > shown {
            let at = pos2(column.left() + 34.0, column.top() + inset + line * (shown as f32 + 0.5));
            let more = format!("and {} more", with_thousands(&(total - shown).to_string()));
            widgets::text_cut(ui.painter(), at, &more, fonts::regular(fonts::LABEL), theme.text3, column.width());
        }
    }

    fn waiter(&self, ui: &mut Ui, place: Rect, wait: &Waiter, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        // A task of a pool stands in two places: on the thread that it keeps, and here. One of them moves.
        let is_on_its_thread = groups(self.stage)
            .into_iter()
            .flat_map(|(_, places)| places)
            .any(|place| place.occupant.as_ref().is_some_and(|o| o.track == wait.track));
        let rect = match is_on_its_thread {
            true => place,
            false => on_its_way(ui, self.run, wait.track, place, self.rect),
        };
        let y = rect.center().y;
        icons::sign(ui.painter(), wait.sign, pos2(rect.left() + 13.0, y), theme);
        let at = pos2(rect.left() + WAIT_NAME, y);
        let mut right = rect.right() - 6.0;
        if let Some(until) = wait.until {
            let (at, font) = (pos2(right, y), fonts::mono(fonts::LABEL));
            let time =
                ui.painter().text(at, Align2::RIGHT_CENTER, self.session.clock().brief(until), font, theme.text1);
            right = time.left() - 8.0;
        }
        // The name matters more than what it waits for: the sign says that, too.
        let (name_font, font) = (fonts::semibold(fonts::ROW), fonts::regular(fonts::LABEL));
        let name = cut_in_the_middle(ui, &wait.name, name_font.clone(), right - at.x);
        let name = widgets::text_cut(ui.painter(), at, &name, name_font, theme.text1, right - at.x);
        let rest = at + vec2(name.max(self.names) + 10.0, 0.0);
        if right - rest.x > 30.0 {
            let width = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), theme.text2).size().x;
            let forms = shorter(&wait.what);
            let fits = forms.iter().find(|form| width(form) <= right - rest.x);
            let text = fits.or(forms.last()).map_or("", String::as_str);
            widgets::name_cut(ui.painter(), rest, text, font.clone(), theme.text2, right - rest.x);
        }
        let until = wait.until.map_or(String::new(), |until| format!(", until {}", self.session.clock().brief(until)));
        let said = format!("{} waits for {}", wait.name, wait.what);
        choose_ui(ui, place, (&said, &format!("{said}{until}")), (self.run, wait.track), emit);
    }
}

fn lines_in(rect: Rect) -> usize {
    (((rect.height() - BOX_HEAD) / LINE + 0.01) as usize).max(1)
}

/// How many are busy, and how many blocked: "1 busy, 2 blocked".
fn counted(places: &[Place]) -> String {
    let standing = || places.iter().filter_map(|p| Some(p.occupant.as_ref()?.standing));
    let blocked = standing().filter(|s| matches!(s, Standing::Blocked(_))).count();
    let busy = standing().count() - blocked;
    let mut told = Vec::new();
    if busy > 0 || blocked == 0 {
        told.push(format!("{busy} busy"));
    }
    if blocked > 0 {
        told.push(format!("{blocked} blocked"));
    }
    told.join(", ")
}

/// How wide the names of those who wait are, for what they wait for to stand in one column in all runs.
pub fn names_width(ui: &Ui, stages: &[Stage], room: f32) -> f32 {
    let names = stages.iter().flat_map(|stage| &stage.waits).map(|wait| wait.name.as_str());
    let width =
        |name: &str| ui.painter().layout_no_wrap(name.to_owned(), fonts::semibold(fonts::ROW), Color32::WHITE).size().x;
    names.map(width).fold(0.0, f32::max).min(room)
}

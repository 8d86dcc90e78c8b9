//! LongPoll: one poll kept its worker so long that other tasks, which could have gone on, had to wait.
//!
//! They were Ready all the while, or what they waited for was there and nobody turned the driver, which would have shown it.
//! A long poll that keeps nobody waiting is none: then nobody lost anything. Time that the worker's thread itself
//! waited for a core is not the poll's: where that is most of it, there are too many workers, and the finding says so.
//! Where workers turn the driver, one whose answer is there and lies unseen waits as well.

mod behind;

use std::collections::{BTreeMap, BTreeSet};

use behind::{Behind, behind};

use super::*;
use crate::trace::Family;
use crate::trace::event::{PollResult, WakeEffect};
use crate::trace::ids::*;
use crate::trace::snapshot::TaskState;
use crate::trace::tables::ResourceKind;
use crate::trace::text::rounded;

/// Others must have waited at least this share of the threshold, so that a coincidence is no finding.
const LEAST_WAIT_SHARE: u64 = 10;

/// So many awaits that went on at once are why a poll was long.
const MANY_AWAITS: usize = 10;

#[derive(Default)]
pub(super) struct LongPoll {
    /// By which event each task last came to want a poll.
    called: BTreeMap<TaskId, usize>,
    polls: BTreeMap<WorkerId, Poll>,
    /// Callbacks that called another and go on after it: they wait for what they asked for.
    callers: BTreeSet<TaskId>,
    worst: BTreeMap<TaskId, Worst>,
}

/// A poll that goes on.
struct Poll {
    event: usize,
    start: SimTime,
    /// How long the worker's thread was blocked inside it, and since when it is now.
    blocked: SimDuration,
    blocked_since: Option<SimTime>,
    /// How long the worker's thread waited for a core inside it, and since when it does now.
    coreless: SimDuration,
    coreless_since: Option<SimTime>,
    /// How many awaits inside it found what they asked for, and so went on at once.
    went_on: usize,
}

/// What made a poll long.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Cause {
    /// It computed.
    Computed,
    /// Its worker's thread was blocked.
    Blocked,
    /// Its worker's thread had no core.
    Coreless,
}

/// A task's worst long poll.
struct Worst {
    count: usize,
    worker: WorkerId,
    span: (SimTime, SimTime),
    cause: Cause,
    coreless: SimDuration,
    went_on: usize,
    others: Vec<TaskId>,
    /// Those of them whose answer was there and unseen.
    unseen: Vec<TaskId>,
    longest_wait: SimDuration,
    proof: Vec<usize>,
}

/// What one finding says: the worst, and whose polls were as long for the same reason.
struct Said {
    task: TaskId,
    worst: Worst,
    alike: Vec<TaskId>,
}

impl Watch for LongPoll {
    fn note(&mut self, seen: &Seen<'_>) {
        match seen.tables.run.family() {
            // A task that keeps its thread to its end is what a pool is: that of one with none left is PoolSaturated.
            Family::Pool | Family::Sequential => return,
            // A goroutine is preempted, and a long call leaves its worker to others.
            Family::Coroutines => return,
            Family::Async | Family::Threads | Family::Callbacks | Family::Actors => {}
        }
        match seen.event {
            Event::TaskSpawned { task, .. }
            | Event::Woken {
                task, effect: WakeEffect::Queued | WakeEffect::OwnPoll | WakeEffect::DuringPoll, ..
            } => {
                self.called.insert(task, seen.n);
            }
            Event::PollStarted { task, at, .. } => {
                self.callers.remove(&task);
                let poll = Poll {
                    event: seen.n,
                    start: seen.time,
                    blocked: SimDuration::ZERO,
                    blocked_since: None,
                    coreless: SimDuration::ZERO,
                    coreless_since: None,
                    went_on: 0,
                };
                self.polls.insert(at.worker, poll);
            }
            Event::PollEnded { task, at, result } => {
                self.poll_over(seen, task, at.worker, Some(seen.n));
                if result.is_set_back() || matches!(result, PollResult::RequeuedBack | PollResult::RequeuedFront) {
                    self.called.insert(task, seen.n);
                }
                if result == PollResult::RequeuedFront && seen.tables.run.family() == Family::Callbacks {
                    self.callers.insert(task);
                }
            }
            Event::Received { resource, by: Actor::Task(task) }
            | Event::Acquired { resource, by: Actor::Task(task), .. } => {
                let TaskState::Polling(worker) = seen.state.task(task).map_or(TaskState::Ready, |t| t.state) else {
                    return;
                };
                if let Some(poll) = self.polls.get_mut(&worker)
                    && is_awaited(seen.tables, resource)
                {
                    poll.went_on += 1;
                }
            }
            Event::ThreadBlocked { thread, .. }
            | Event::ThreadUnblocked { thread, .. }
            | Event::ThreadRunnable { thread, .. }
            | Event::Dispatched { thread, .. } => self.thread_goes(seen, thread),
            // The poll goes on, and keeps nobody waiting any more.
            Event::WorkerMoved { worker, .. } => {
                self.polls.remove(&worker);
            }
            Event::RunEnded { .. } => {
                let polling: Vec<WorkerId> = self.polls.keys().copied().collect();
                for worker in polling {
                    if let Some(task) = seen.state.polled_by(worker) {
                        self.poll_over(seen, task, worker, None);
                    }
                }
            }
            // The rest happens inside or outside polls and changes none.
            _ => {}
        }
    }

    fn finish(self: Box<Self>, _: &Snapshot, tables: &Tables, _: &Thresholds) -> Vec<Finding> {
        let mut worst: Vec<(TaskId, Worst)> = self.worst.into_iter().collect();
        worst.sort_by_key(|(task, w)| (std::cmp::Reverse(w.longest_wait), *task));
        let mut said: Vec<Said> = Vec::new();
        // Where each program's stands among them: what eight instances do for the same reason is said once.
        let mut places: BTreeMap<(ProgramId, Cause), usize> = BTreeMap::new();
        for (task, worst) in worst {
            let alike = tables.program_of(Actor::Task(task)).map(|program| (program, worst.cause));
            match alike.and_then(|alike| places.get(&alike)) {
                Some(place) => said[*place].alike.push(task),
                None => {
                    places.extend(alike.map(|alike| (alike, said.len())));
                    said.push(Said { task, worst, alike: Vec::new() });
                }
            }
        }
        said.iter().map(|said| finding(said, tables)).collect()
    }
}

impl LongPoll {
    /// The thread of a worker is blocked or has no core for a time, which may be in the middle of a poll.
    fn thread_goes(&mut self, seen: &Seen<'_>, thread: ThreadId) {
        let Some(poll) = self.poll_on(seen, thread) else { return };
        let lasted = |since: Option<SimTime>| since.map_or(SimDuration::ZERO, |since| seen.time.since(since));
        match seen.event {
            Event::ThreadBlocked { .. } => poll.blocked_since = Some(seen.time),
            Event::ThreadUnblocked { .. } => poll.blocked += lasted(poll.blocked_since.take()),
            Event::ThreadRunnable { .. } => poll.coreless_since = Some(seen.time),
            Event::Dispatched { .. } => poll.coreless += lasted(poll.coreless_since.take()),
            // The others are no thread's.
            _ => {}
        }
    }

    fn poll_on(&mut self, seen: &Seen<'_>, thread: ThreadId) -> Option<&mut Poll> {
        self.polls.get_mut(&seen.state.worker_on(thread)?)
    }

    fn poll_over(&mut self, seen: &Seen<'_>, task: TaskId, worker: WorkerId, ended: Option<usize>) {
        let Some(poll) = self.polls.remove(&worker) else { return };
        let length = seen.time.since(poll.start);
        let until_now = |sum: SimDuration, since: Option<SimTime>| since.map_or(sum, |s| sum + seen.time.since(s));
        let coreless = until_now(poll.coreless, poll.coreless_since);
        let blocked = until_now(poll.blocked, poll.blocked_since);
        let own = length.saturating_sub(coreless);
        let cause = match () {
            () if length < seen.thresholds.long_poll => return,
            () if coreless * 2 >= length => Cause::Coreless,
            () if own < seen.thresholds.long_poll => return,
            () if blocked * 2 >= own => Cause::Blocked,
            () => Cause::Computed,
        };
        let mut waits = behind(seen, task, worker, poll.start);
        waits.retain(|behind| !self.callers.contains(&behind.task));
        let Some(longest) = waits.iter().copied().max_by_key(|w| (w.length, std::cmp::Reverse(w.task))) else { return };
        let Behind { length: wait, unseen, .. } = longest;
        if wait * LEAST_WAIT_SHARE < seen.thresholds.long_poll {
            return;
        }
        let could_go_on = unseen.or_else(|| self.called.get(&longest.task).copied());
        let count = self.worst.get(&task).map_or(1, |w| w.count + 1);
        let mut proof: Vec<usize> = [Some(poll.event), could_go_on, ended].into_iter().flatten().collect();
        proof.sort_unstable();
        let found = Worst {
            count,
            worker,
            span: (poll.start, seen.time),
            cause,
            coreless,
            went_on: poll.went_on,
            others: waits.iter().map(|w| w.task).collect(),
            unseen: waits.iter().filter(|w| w.unseen.is_some()).map(|w| w.task).collect(),
            longest_wait: wait,
            proof,
        };
        match self.worst.get_mut(&task) {
            Some(worst) if worst.longest_wait >= wait => worst.count = count,
            Some(worst) => *worst = found,
            None => {
                self.worst.insert(task, found);
            }
        }
    }
}

/// Whether code awaits it: a lock that blocks a thread is no await.
fn is_awaited(tables: &Tables, resource: ResourceId) -> bool {
    tables.resources.get(resource.index()).is_some_and(|info| info.kind != ResourceKind::BlockingMutex)
}

/// What a family calls a turn that was too long, and what can be done about it.
struct Words {
    /// Why nobody else gets the worker meanwhile.
    rule: &'static str,
    blocked: (&'static str, &'static str),
    computed: (&'static str, &'static str),
}

const CALL: &str = "it made a blocking call, and the thread below it slept with it";

fn words(family: Family) -> Words {
    match family {
        Family::Async | Family::Threads | Family::Pool | Family::Sequential => Words {
            rule: "A worker polls one task at a time and cannot interrupt it.",
            blocked: (
                "it made a blocking call inside its poll, and the worker's thread slept with it",
                "Use the async version of the call, or hand it to a thread of its own with spawn_blocking.",
            ),
            computed: (
                "it computed all that time without reaching an await that lets others in",
                "Split the work with a yield now and then, or hand it to a thread of its own with spawn_blocking.",
            ),
        },
        Family::Callbacks => Words {
            rule: "The loop calls one callback at a time and cannot interrupt it.",
            blocked: (CALL, "Use the version of the call that takes a callback, or hand it to a worker thread."),
            computed: (
                "it computed all that time without returning to the loop",
                "Split the work with setImmediate, or hand it to a worker thread.",
            ),
        },
        Family::Coroutines => Words {
            rule: "A worker runs one goroutine at a time.",
            blocked: (CALL, "Use a call that the runtime knows of."),
            computed: ("it computed all that time", "Split the work with a yield now and then, or use more workers."),
        },
        Family::Actors => Words {
            rule: "A worker runs one actor at a time.",
            blocked: (CALL, "Use a call that does not block, or hand it to a thread of its own."),
            computed: (
                "it computed all that time without giving its worker back",
                "Split the work into several messages, or hand it to a thread of its own.",
            ),
        },
    }
}

fn finding(said: &Said, tables: &Tables) -> Finding {
    let Said { task, worst, alike } = said;
    let (name, family) = (tables.task_name(*task), tables.run.family());
    let length = rounded(worst.span.1.since(worst.span.0));
    let named = |tasks: &[TaskId]| names_of(&tasks.iter().map(|id| tables.task_name(*id)).collect::<Vec<_>>());
    let others = named(&worst.others);
    let words = words(family);
    let (what, advice) = match worst.cause {
        Cause::Blocked => (words.blocked.0.to_owned(), words.blocked.1),
        Cause::Computed if worst.went_on >= MANY_AWAITS && family == Family::Async => (
            format!(
                "{} of its awaits asked for what was there already, so each went on at once and none let others in",
                worst.went_on
            ),
            "Yield now and then in such a loop; a runtime that counts, as tokio with its budget, does so by itself.",
        ),
        Cause::Computed => (words.computed.0.to_owned(), words.computed.1),
        Cause::Coreless => (
            format!(
                "for {} of it the worker's thread had no core, for other threads had them",
                rounded(worst.coreless)
            ),
            "Run no more workers than there are cores, and let other threads compute little.",
        ),
    };
    let (workers, cores) = (tables.workers.len(), tables.run.cores);
    let crowded = if worst.cause == Cause::Coreless && workers > cores as usize {
        format!(" There are more workers ({workers}) than cores ({cores}).")
    } else {
        String::new()
    };
    let mut more = match worst.count {
        1 => String::new(),
        count => format!(" It did so in {count} {}; this is the worst.", family.turns()),
    };
    if !alike.is_empty() {
        more += &format!(" {} did the same.", named(alike));
    }
    let meanwhile = meanwhile(worst, &others, tables);
    let mut subjects = vec![TrackKind::Task(*task)];
    subjects.extend(alike.iter().take(8).chain(worst.others.iter().take(8)).map(|id| TrackKind::Task(*id)));
    let mut seen = BTreeSet::new();
    subjects.retain(|subject| seen.insert(*subject));
    Finding {
        kind: FindingKind::LongPoll,
        severity: Severity::Warning,
        title: format!("One {} of {name} took {length}: {others} had to wait", family.turn()),
        explanation: format!(
            "{} {name} kept {} for {length}: {what}. {meanwhile}{crowded}{more} {advice}",
            words.rule,
            if family == Family::Callbacks { "the loop".to_owned() } else { tables.worker_name(worst.worker) },
        ),
        subjects,
        span: worst.span,
        proof: worst.proof.clone(),
    }
}

/// What the others could not do, and for how long; of some the answer was there, and nobody had seen it.
fn meanwhile(worst: &Worst, others: &str, tables: &Tables) -> String {
    let longest = rounded(worst.longest_wait);
    let unseen: Vec<String> = worst.unseen.iter().map(|id| tables.task_name(*id)).collect();
    let seen_when = format!("Answers and timers are seen only between two {}.", tables.run.family().turns());
    if unseen.is_empty() {
        format!("Meanwhile {others} wanted to run and could not, up to {longest}.")
    } else if unseen.len() == worst.others.len() {
        format!("Meanwhile what {others} waited for was there, and nobody looked, up to {longest}. {seen_when}")
    } else {
        let unseen = names_of(&unseen);
        format!(
            "Meanwhile {others} wanted to run and could not, up to {longest}: what {unseen} waited for was there, and \
             nobody looked. {seen_when}"
        )
    }
}

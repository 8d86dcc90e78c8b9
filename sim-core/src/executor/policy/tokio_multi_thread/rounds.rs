//! A worker's loop, one answer at a time (`Context::run`, 571): what it polls, steals and turns, and how it sleeps.

use super::idle::Searched;
use super::worker::Stage;
use super::{EVENT_INTERVAL, INJECT, LOCAL_CAPACITY, TokioMultiThread, lifo, local, overflow};
use crate::executor::policy::{Move, Next, Ready};
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

/// Gives a number below this one, by a decision.
pub(super) type Draw<'a> = &'a mut dyn FnMut(u64) -> u64;

impl TokioMultiThread {
    /// What this worker does next.
    #[inline(always)]
    pub(super) fn next_of(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        let worker = &mut self.workers[w];
        if worker.stage != Stage::Polled || worker.then.is_some() {
            return match worker.then.take() {
                Some(next) => next,
                None => self.go_on(w, ready, draw),
            };
        }
        if ready.len(lifo(w)) > 0 {
            return self.after_lifo(w, ready);
        }
        worker.is_lifo_enabled = true;
        self.top(w, ready, draw)
    }

    /// Notifies a sleeper if there is reason to; it has nothing to be unparked from if the driver woke it already.
    pub(super) fn notify(&mut self, ready: &Ready<'_>) -> Option<WorkerId> {
        self.idle.notify().filter(|sleeper| ready.is_parked(*sleeper))
    }

    /// Polls the task at this end of this queue. Who found it by searching searches no more, and the last to do so
    /// unparks another (`run_task`, 638, and `transition_worker_from_searching`, 1497).
    #[inline(always)]
    fn run(&mut self, w: usize, ready: &Ready<'_>, queue: usize, end: End) -> Next {
        let worker = &mut self.workers[w];
        worker.stats.poll();
        worker.lifo_polls = 0;
        worker.stage = Stage::Polled;
        if worker.is_searching {
            return self.run_found(w, ready, Next::Poll { queue, end });
        }
        Next::Poll { queue, end }
    }

    #[cold]
    fn run_found(&mut self, w: usize, ready: &Ready<'_>, poll: Next) -> Next {
        self.workers[w].is_searching = false;
        let unparked = if self.idle.found() { self.notify(ready) } else { None };
        self.first(w, unparked.map(Next::Unpark), poll)
    }

    /// `first`, if there is any, and then the other.
    fn first(&mut self, w: usize, first: Option<Next>, then: Next) -> Next {
        let Some(first) = first else { return then };
        self.workers[w].then = Some(then);
        first
    }

    /// After a poll: what the LIFO slot got meanwhile runs on what is left of the budget, up to three times; the third
    /// time the slot stays closed (`run_task`, 700–775).
    fn after_lifo(&mut self, w: usize, ready: &Ready<'_>) -> Next {
        let worker = &mut self.workers[w];
        if ready.is_budget_spent() {
            worker.stage = Stage::Top;
            return self.empty_lifo_slot(w, ready);
        }
        worker.lifo_polls += 1;
        if worker.lifo_polls >= self.lifo_polls {
            worker.is_lifo_enabled = false;
        }
        Next::PollOnBudgetLeft { queue: lifo(w), end: End::Front }
    }

    /// The slot's task goes to the back of the queue (`push_back_or_overflow`).
    fn empty_lifo_slot(&mut self, w: usize, ready: &Ready<'_>) -> Next {
        let slot = |to| Next::Move(Move { from: (lifo(w), End::Front), to: (to, End::Back), count: 1, stolen: false });
        if ready.len(local(w)) < LOCAL_CAPACITY {
            return slot(local(w));
        }
        self.first(w, Some(Next::Move(overflow(w))), slot(INJECT))
    }

    /// The top of the loop (`Context::run`, 571): at some ticks the driver is turned, then the next task is taken.
    #[inline(always)]
    fn top(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        let worker = &mut self.workers[w];
        worker.tick = worker.tick.wrapping_add(1);
        if worker.tick.is_multiple_of(EVENT_INTERVAL) {
            worker.stats.end(ready.now());
            if let Some(turn) = self.turn(w, ready, Stage::Maintained) {
                return turn;
            }
            return self.maintained(w, ready, draw);
        }
        self.choose(w, ready, draw)
    }

    /// `maintenance`, 830: the driver was turned because it was time.
    #[cold]
    fn maintained(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        let worker = &mut self.workers[w];
        worker.stage = Stage::Choose;
        worker.stats.begin(ready.now());
        match self.leave_driver(w, ready) {
            Some(unpark) => unpark,
            None => self.choose(w, ready, draw),
        }
    }

    /// The next task at hand: at some ticks the inject queue's, otherwise the LIFO slot's, the local queue's, or a batch
    /// from the inject queue (`next_task`, 1091). If there is none, another's; if there is none, to sleep.
    #[inline(always)]
    fn choose(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        let worker = &mut self.workers[w];
        let takes_inject_first = worker.tick.is_multiple_of(worker.interval);
        if takes_inject_first {
            worker.tune(self.interval);
            if ready.len(INJECT) > 0 {
                return self.run(w, ready, INJECT, End::Front);
            }
        }
        for queue in [lifo(w), local(w)] {
            if ready.len(queue) > 0 {
                return self.run(w, ready, queue, End::Front);
            }
        }
        if !takes_inject_first && ready.len(INJECT) > 0 { self.batch(w, ready) } else { self.search(w, ready, draw) }
    }

    /// Some of the inject queue, so that the other workers get some, too; the first of them is polled.
    fn batch(&mut self, w: usize, ready: &Ready<'_>) -> Next {
        let inject = ready.len(INJECT);
        let count = (inject / self.workers.len() + 1).min(LOCAL_CAPACITY / 2).min(inject);
        if count == 1 {
            return self.run(w, ready, INJECT, End::Front);
        }
        self.workers[w].stage = Stage::Run(local(w), End::Front);
        Next::Move(Move { from: (INJECT, End::Front), to: (local(w), End::Back), count, stolen: false })
    }

    /// Nothing is at hand: steals, or waits for the driver to wake who yielded, or sleeps.
    #[inline(never)]
    fn search(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        self.workers[w].stats.end(ready.now());
        if let Some(stolen) = self.steal(w, ready, draw) {
            return stolen;
        }
        if ready.deferred(self.workers[w].id) == 0 {
            return self.park(w, ready, draw);
        }
        match self.turn(w, ready, Stage::Yielded) {
            Some(turn) => turn,
            None => unreachable!("who yielded is woken, whoever is in the driver"),
        }
    }

    /// Half (rounded up) of the first victim's queue that holds something, from one drawn by decision; the last of them
    /// is polled. Never its LIFO slot. If there is none, the inject queue (`steal_work`, 1161).
    fn steal(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Option<Next> {
        let worker = &mut self.workers[w];
        if !worker.is_searching {
            worker.is_searching = self.idle.search();
            if !worker.is_searching {
                return None;
            }
        }
        let count = self.workers.len();
        let first = if count == 1 { 0 } else { draw(count as u64) as usize };
        let mut victims = (first..first + count).map(|v| v % count).filter(|v| *v != w);
        let found = victims.find(|v| ready.len(local(*v)) > 0);
        if found.is_none() && ready.len(INJECT) == 0 {
            return None;
        }
        self.workers[w].stats.begin(ready.now());
        let Some(victim) = found else { return Some(self.run(w, ready, INJECT, End::Front)) };
        let count = ready.len(local(victim)).div_ceil(2);
        self.workers[w].stage = Stage::Run(local(w), End::Back);
        Some(Next::Move(Move { from: (local(victim), End::Front), to: (local(w), End::Back), count, stolen: true }))
    }

    /// `park_yield`: the driver is turned if nobody else is in it, and whoever yielded here is woken. None: neither.
    fn turn(&mut self, w: usize, ready: &Ready<'_>, stage: Stage) -> Option<Next> {
        let worker = &mut self.workers[w];
        worker.stage = stage;
        worker.is_inside_driver = true;
        if self.driver.is_none() {
            self.driver = Some(worker.id);
            return Some(Next::Turn);
        }
        (ready.deferred(worker.id) > 0).then_some(Next::WakeDeferred)
    }

    /// The end of `park_internal` (893): the driver is free again, and someone is unparked if there is more than this
    /// worker can do at once.
    fn leave_driver(&mut self, w: usize, ready: &Ready<'_>) -> Option<Next> {
        let worker = &mut self.workers[w];
        worker.is_inside_driver = false;
        self.driver = self.driver.filter(|inside| *inside != worker.id);
        if !worker.is_searching && ready.len(lifo(w)) + ready.len(local(w)) > 1 {
            return self.notify(ready).map(Next::Unpark);
        }
        None
    }

    /// To sleep: on top of the stack of sleepers. The last that searched looks once more, and notifies someone, maybe
    /// itself (`transition_to_parked`, 1227).
    fn park(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        let worker = &mut self.workers[w];
        let id = worker.id;
        let searched = if std::mem::take(&mut worker.is_searching) { Searched::Yes } else { Searched::No };
        let is_last = self.idle.sleep(id, searched);
        let mut queues = (0..self.workers.len()).map(local).chain([INJECT]);
        if !is_last || queues.all(|queue| ready.len(queue) == 0) {
            return self.sleep(w);
        }
        let notified = self.idle.notify();
        if notified == Some(id) {
            return self.wake_up(w, ready, draw, Searched::Yes);
        }
        let sleep = self.sleep(w);
        let unpark = notified.filter(|other| ready.is_parked(*other)).map(Next::Unpark);
        self.first(w, unpark, sleep)
    }

    /// Who finds the driver free parks in it, the others on a condition variable (`park.rs`, `Inner::park`).
    fn sleep(&mut self, w: usize) -> Next {
        let worker = &mut self.workers[w];
        if self.driver.is_none() {
            self.driver = Some(worker.id);
            worker.stage = Stage::InDriver;
            return Next::ParkInDriver;
        }
        worker.stage = Stage::Asleep;
        Next::Park
    }

    /// Back from a sleep: with tasks of its own it goes on; notified, it searches; otherwise it sleeps on
    /// (`transition_from_parked`, 1258).
    fn after_sleep(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        let id = self.workers[w].id;
        let searches = if ready.len(lifo(w)) + ready.len(local(w)) > 0 {
            if self.idle.rise(id) { Searched::No } else { Searched::Yes }
        } else if self.idle.sleeps(id) {
            return self.sleep(w);
        } else {
            Searched::Yes
        };
        self.wake_up(w, ready, draw, searches)
    }

    fn wake_up(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>, searches: Searched) -> Next {
        self.workers[w].is_searching = searches == Searched::Yes;
        self.begin_again(w, ready, draw)
    }

    /// A batch of polls begins. Who searched in vain and did not sleep searches still.
    fn begin_again(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        self.workers[w].stats.begin(ready.now());
        self.top(w, ready, draw)
    }

    /// Goes on where it stands, unless a poll has just ended.
    #[inline(never)]
    fn go_on(&mut self, w: usize, ready: &Ready<'_>, draw: Draw<'_>) -> Next {
        match self.workers[w].stage {
            Stage::Begin => self.begin_again(w, ready, draw),
            Stage::Polled | Stage::Top => self.top(w, ready, draw),
            Stage::Maintained => self.maintained(w, ready, draw),
            Stage::Choose => self.choose(w, ready, draw),
            Stage::Run(queue, end) => self.run(w, ready, queue, end),
            Stage::Yielded => {
                self.workers[w].stage = Stage::Begin;
                match self.leave_driver(w, ready) {
                    Some(unpark) => unpark,
                    None => self.begin_again(w, ready, draw),
                }
            }
            Stage::InDriver => {
                self.workers[w].is_inside_driver = true;
                self.workers[w].stage = Stage::Seen;
                Next::Turn
            }
            Stage::Seen => {
                self.workers[w].stage = Stage::Asleep;
                match self.leave_driver(w, ready) {
                    Some(unpark) => unpark,
                    None => self.after_sleep(w, ready, draw),
                }
            }
            Stage::Asleep => self.after_sleep(w, ready, draw),
        }
    }
}

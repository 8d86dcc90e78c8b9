//! Timers and devices: what completes by itself as time passes.
//!
//! Owns armed timers and pending requests. Whoever waits is told by [`super::sim`], outside the kernel.

use std::collections::VecDeque;
use std::task::Waker;

use super::kernel::Kernel;
use super::next::Due;
use super::place::OpPlace;
use super::spec::{Device, Latency};
use super::unseen::{Kept, Sees};
use super::waiting::Wake;
use crate::instant::{SimDuration, SimTime};
use crate::trace::event::{DecisionKind, Event};
use crate::trace::ids::*;
use crate::trace::tables::RequestInfo;

pub(crate) struct DeviceState {
    pub spec: Device,
    /// Requests it works on.
    pub active: u32,
    /// Requests that wait for it.
    pub queue: VecDeque<RequestId>,
}

impl DeviceState {
    pub fn new(spec: Device) -> DeviceState {
        DeviceState { spec, active: 0, queue: VecDeque::new() }
    }
}

pub(crate) struct Request {
    device: DeviceId,
    latency: SimDuration,
    submission: u64,
    /// Whether its answer was seen.
    completed: bool,
    /// In which driver its answer lies until it is seen.
    driver: usize,
    wake: Option<Wake>,
}

pub(crate) struct TimerState {
    wake: Option<Wake>,
    /// In which driver it lies until it is seen.
    driver: usize,
    fired: bool,
    /// Whether its setting and firing are events of their own; a blocking call's are not.
    shown: bool,
}

/// What a leaf is told when it looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    /// It has come, and is forgotten.
    Done,
    /// It has not come; whoever looks will be told.
    NotYet,
    /// It has not come, and another would be told: the leaf moved to another task, and must leave its waker.
    Moved,
}

impl Progress {
    fn of(wake: Option<&Wake>, waker: Option<&Waker>) -> Progress {
        let same = waker.is_none_or(|waker| wake.is_some_and(|wake| wake.is(waker)));
        if same { Progress::NotYet } else { Progress::Moved }
    }
}

/// Whether a task is told: a driver has to see it first.
fn is_task(wake: &Option<Wake>) -> bool {
    matches!(wake, Some(Wake::Task(_)))
}

impl Request {
    /// Whether someone waits for an answer that is not there yet.
    pub fn is_awaited(&self) -> bool {
        !self.completed && self.wake.is_some()
    }
}

impl TimerState {
    /// Whether it is armed, and the trace says so.
    pub fn is_armed(&self) -> bool {
        !self.fired && self.shown
    }
}

impl Kernel {
    /// Arms a timer for `deadline`; `by` waits for it.
    pub fn set_timer(&mut self, deadline: SimTime, by: Actor, wake: Option<Wake>) -> TimerId {
        let deadline = match wake {
            Some(Wake::Task(_)) => self.timer_step.due(self.now, deadline),
            Some(Wake::Thread(_)) | None => deadline,
        };
        let of_task = matches!(wake, Some(Wake::Task(_)));
        let timer = self.new_timer(deadline, wake, true);
        if let Some(lists) = self.timer_lists.as_mut().filter(|_| of_task) {
            lists.set(timer, deadline - self.now, self.now);
        }
        self.record(Event::TimerSet { timer, by });
        timer
    }

    /// A timer that ends a blocking call: the call's own events tell of it.
    pub fn set_call_timer(&mut self, deadline: SimTime, wake: Wake) -> TimerId {
        self.new_timer(deadline, Some(wake), false)
    }

    /// The thread, which falls asleep, wakes after `d` if nobody calls it before.
    pub fn set_alarm(&mut self, thread: ThreadId, d: SimDuration) {
        let deadline = self.now + d;
        self.alarms.insert(thread, deadline);
        let submission = self.next_submission();
        self.schedule(deadline, submission, Due::Alarm(thread));
    }

    /// Someone calls the thread before its time.
    pub fn forget_alarm(&mut self, thread: ThreadId) {
        self.given_up |= self.alarms.remove(&thread).is_some();
    }

    /// Somebody looks at the workers in system calls then, and not before; none: not at all.
    pub fn set_look(&mut self, time: Option<SimTime>) {
        if self.look == time {
            return;
        }
        self.given_up |= self.look.is_some();
        self.look = time;
        if let Some(time) = time {
            let submission = self.next_submission();
            self.schedule(time, submission, Due::Look);
        }
    }

    /// The thread has slept for as long as it wanted to. Only now its timer gets a number: nearly none ever fires.
    pub fn alarm(&mut self, thread: ThreadId) {
        let Some(deadline) = self.alarms.remove(&thread) else { return };
        let timers = &mut self.recorder.tables_mut().timers;
        let timer = TimerId::from_index(timers.len());
        timers.push(deadline);
        self.unblock(thread, Actor::Timer(timer));
    }

    fn new_timer(&mut self, deadline: SimTime, wake: Option<Wake>, shown: bool) -> TimerId {
        let timers = &mut self.recorder.tables_mut().timers;
        let timer = TimerId::from_index(timers.len());
        timers.push(deadline);
        let driver = self.unseen.driver_of(self.running);
        self.timers.insert(timer, TimerState { wake, driver, fired: false, shown });
        let submission = self.next_submission();
        self.schedule(deadline, submission, Due::Timer(timer));
        timer
    }

    /// Keeps the timer for the driver's next turn, if that is how its waiter is told. Answers whether it was kept.
    pub fn timer_unseen(&mut self, timer: TimerId) -> bool {
        let state = self.timers.get(&timer).filter(|timer| self.turned && is_task(&timer.wake));
        if let Some(state) = state {
            self.unseen.push(state.driver, Kept::Timer(timer));
        }
        state.is_some()
    }

    /// What the worker sees of what nobody has seen: [`Unseen::take`](super::unseen::Unseen::take); its timers by their lists,
    /// where there are such.
    pub fn take_unseen(&mut self, worker: WorkerId, sees: Sees) -> Vec<Kept> {
        let deadlines = &self.recorder.tables().timers;
        let mut kept = self.unseen.take(worker, sees, deadlines);
        if let Some(lists) = &mut self.timer_lists {
            let timers = kept.extract_if(.., |kept| matches!(kept, Kept::Timer(_)));
            let due =
                timers.filter_map(|kept| if let Kept::Timer(timer) = kept { Some(timer) } else { None }).collect();
            kept.extend(lists.take_due(&due, self.now).into_iter().map(Kept::Timer));
        }
        kept
    }

    /// Who made this come.
    pub fn actor_of(&self, kept: Kept) -> Actor {
        match kept {
            Kept::Timer(timer) => Actor::Timer(timer),
            Kept::Answer(request) => Actor::Device(self.recorder.tables().requests[request.index()].device),
        }
    }

    /// The timer's time has come. Answers whom to tell.
    pub fn fire_timer(&mut self, timer: TimerId) -> Option<Wake> {
        let state = self.timers.get_mut(&timer)?;
        state.fired = true;
        let (wake, shown) = (state.wake.take(), state.shown);
        if shown {
            self.record(Event::TimerFired { timer });
        } else {
            self.timers.remove(&timer);
        }
        wake
    }

    /// Whether the timer has fired; it is forgotten if so. A task that looks shows its waker, and clones it only if it
    /// must leave it: cloning costs, and is an event.
    pub fn poll_timer(&mut self, timer: TimerId, waker: Option<&Waker>) -> Progress {
        let Some(state) = self.timers.get(&timer) else { return Progress::Done };
        if state.fired {
            self.timers.remove(&timer);
            return Progress::Done;
        }
        Progress::of(state.wake.as_ref(), waker)
    }

    /// `wake` is told of the timer from now on. The one before is handed back to be dropped outside the kernel.
    pub fn move_timer(&mut self, timer: TimerId, wake: Wake) -> Option<Wake> {
        self.timers.get_mut(&timer)?.wake.replace(wake)
    }

    /// Nobody wants the timer any more. What would have been told is handed back to be dropped outside the kernel.
    pub fn cancel_timer(&mut self, timer: TimerId, by: Actor) -> Option<Wake> {
        let state = self.timers.remove(&timer)?;
        self.given_up = true;
        self.timer_lists.iter_mut().for_each(|lists| lists.cancel(timer));
        if !state.fired && state.shown {
            self.record(Event::TimerCancelled { timer, by });
        }
        state.wake
    }

    /// The device by its name; the first one for none. None if no device has that name.
    pub fn device_by_name(&self, name: Option<&str>) -> Option<DeviceId> {
        let index = match name {
            None => Some(0),
            Some(name) => self.devices.iter().position(|d| d.spec.name == name),
        };
        index.map(DeviceId::from_index)
    }

    /// Submits a request; how long it takes is a decision of the world, in a Program for this place of it.
    pub fn submit(
        &mut self,
        device: DeviceId,
        latency: Option<Latency>,
        by: Actor,
        place: Option<&OpPlace>,
        wake: Option<Wake>,
    ) -> RequestId {
        let requests = &mut self.recorder.tables_mut().requests;
        let request = RequestId::from_index(requests.len());
        requests.push(RequestInfo { device });
        self.record(Event::IoSubmitted { request, by });
        let latency = latency.unwrap_or(self.devices[device.index()].spec.latency);
        let latency = match latency.range() {
            None => latency.of_draw(0),
            Some(range) => latency.of_draw(self.decide_world(DecisionKind::Latency, by, place, range)),
        };
        let submission = self.next_submission();
        let driver = self.unseen.driver_of(self.running);
        self.requests.insert(request, Request { device, latency, submission, completed: false, driver, wake });
        let state = &mut self.devices[device.index()];
        if state.spec.in_flight.is_some_and(|most| state.active >= most) {
            state.queue.push_back(request);
        } else {
            self.start_request(request);
        }
        request
    }

    fn start_request(&mut self, request: RequestId) {
        let Request { device, latency, submission, .. } = self.requests[&request];
        self.devices[device.index()].active += 1;
        self.record(Event::IoStarted { request, latency });
        self.schedule(self.now + latency, submission, Due::Completion(request));
    }

    /// The device has the answer. The always-on reactor sees it at once; a driver that workers turn, at its next turn.
    /// Answers whom to tell.
    pub fn complete_request(&mut self, request: RequestId) -> (Actor, Option<Wake>) {
        let state = self.requests.get_mut(&request).expect("a request is known until it has completed");
        let (device, driver) = (state.device, state.driver);
        let is_kept = self.turned && is_task(&state.wake);
        self.record(Event::IoCompleted { request, device });
        let told = if is_kept {
            self.unseen.push(driver, Kept::Answer(request));
            (Actor::Device(device), None)
        } else {
            self.deliver(request, Actor::Device(device))
        };
        let state = &mut self.devices[device.index()];
        state.active -= 1;
        if let Some(next) = state.queue.pop_front() {
            self.start_request(next);
        }
        told
    }

    /// `to` sees the device's answer. Answers whom to tell.
    pub fn deliver(&mut self, request: RequestId, to: Actor) -> (Actor, Option<Wake>) {
        let Some(state) = self.requests.get_mut(&request) else { return (to, None) };
        let (device, wake) = (state.device, state.wake.take());
        state.completed = true;
        if wake.is_some() {
            self.record(Event::IoDelivered { request, to });
        } else {
            self.requests.remove(&request);
        }
        (Actor::Device(device), wake)
    }

    /// Whether the answer is there; the request is forgotten if so. As [`Kernel::poll_timer`].
    pub fn poll_request(&mut self, request: RequestId, waker: Option<&Waker>) -> Progress {
        let Some(state) = self.requests.get(&request) else { return Progress::Done };
        if state.completed {
            self.requests.remove(&request);
            return Progress::Done;
        }
        Progress::of(state.wake.as_ref(), waker)
    }

    /// As [`Kernel::move_timer`].
    pub fn move_request(&mut self, request: RequestId, wake: Wake) -> Option<Wake> {
        self.requests.get_mut(&request)?.wake.replace(wake)
    }

    /// Nobody wants the answer any more. One that the device has not begun is taken back; one that it works on is
    /// completed all the same, unseen.
    pub fn cancel_request(&mut self, request: RequestId, by: Actor) -> Option<Wake> {
        let state = self.requests.get_mut(&request)?;
        let (wake, completed, device) = (state.wake.take(), state.completed, state.device);
        if completed {
            self.requests.remove(&request);
            return wake;
        }
        self.record(Event::IoCancelled { request, by });
        let queue = &mut self.devices[device.index()].queue;
        if let Some(place) = queue.iter().position(|r| *r == request) {
            queue.remove(place);
            self.requests.remove(&request);
        }
        wake
    }
}

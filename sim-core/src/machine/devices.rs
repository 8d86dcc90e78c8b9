//! Timers and devices: what completes by itself as time passes.
//!
//! Owns armed timers and pending requests. Whoever waits is told by [`super::sim`], outside the kernel.

use std::collections::VecDeque;
use std::task::Waker;

use super::kernel::Kernel;
use super::next::Due;
use super::place::OpPlace;
use super::spec::{Device, Latency};
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
    wake: Option<Wake>,
}

pub(crate) struct TimerState {
    wake: Option<Wake>,
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

/// Why no alarm stands among what nobody has seen.
pub(crate) const NO_ALARM: &str = "a thread's alarm wakes it by itself: no driver has to see it";

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
            Some(Wake::Task(_)) => deadline.rounded_up(self.timer_step),
            Some(Wake::Thread(_)) | None => deadline,
        };
        let of_task = matches!(wake, Some(Wake::Task(_)));
        let timer = self.new_timer(deadline, wake, true);
        if let Some(lists) = self.timer_lists.as_mut().filter(|_| of_task) {
            lists.set(timer, deadline - self.now, deadline);
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
        self.timers.insert(timer, TimerState { wake, fired: false, shown });
        let submission = self.next_submission();
        self.schedule(deadline, submission, Due::Timer(timer));
        timer
    }

    /// Keeps the timer for the driver's next turn, if that is how its waiter is told. Answers whether it was kept.
    pub fn timer_unseen(&mut self, timer: TimerId) -> bool {
        let of_task = self.timers.get(&timer).is_some_and(|t| matches!(t.wake, Some(Wake::Task(_))));
        if self.turned && of_task {
            self.unseen.push(Due::Timer(timer));
        }
        self.turned && of_task
    }

    /// What has completed and nobody has seen, to be seen now: answers of devices in order, then timers by deadline, those of one
    /// deadline as they were set.
    pub fn take_unseen(&mut self) -> Vec<Due> {
        let mut unseen = std::mem::take(&mut self.unseen);
        let timers = &self.recorder.tables().timers;
        if let Some(lists) = &mut self.timer_lists {
            let is_timer = |due: &Due| matches!(due, Due::Timer(_));
            let due = unseen.extract_if(.., |due| is_timer(due));
            let due = due.filter_map(|due| if let Due::Timer(timer) = due { Some(timer) } else { None }).collect();
            unseen.extend(lists.take_due(&due, timers).into_iter().map(Due::Timer));
            return unseen;
        }
        unseen.sort_by_key(|due| match due {
            Due::Completion(_) => (0, SimTime::ZERO, 0),
            Due::Timer(timer) => (1, timers[timer.index()], timer.index()),
            Due::Alarm(_) => unreachable!("{NO_ALARM}"),
        });
        unseen
    }

    /// What completed first of what nobody has seen.
    pub fn first_unseen(&self) -> Option<Actor> {
        self.unseen.first().map(|due| match due {
            Due::Timer(timer) => Actor::Timer(*timer),
            Due::Completion(request) => Actor::Device(self.recorder.tables().requests[request.index()].device),
            Due::Alarm(_) => unreachable!("{NO_ALARM}"),
        })
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
        self.requests.insert(request, Request { device, latency, submission, completed: false, wake });
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
        let device = state.device;
        let is_kept = self.turned && matches!(state.wake, Some(Wake::Task(_)));
        self.record(Event::IoCompleted { request, device });
        let told = if is_kept {
            self.unseen.push(Due::Completion(request));
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

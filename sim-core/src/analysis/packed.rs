//! How spans and links are kept: a few bytes each, for a run may have tens of millions of them.
//!
//! Owns the bytes only. Times are 48 bits, as in a trace; events and ids are 32.

use super::track::{Class, CounterKind, Link, LinkKind, Span, SpanState, TrackKind};
use crate::instant::SimTime;
use crate::trace::ids::*;
use crate::trace::snapshot::Wait;

/// A span in 21 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PackedSpan {
    start: [u8; 6],
    end: [u8; 6],
    event: [u8; 4],
    id: [u8; 4],
    state: u8,
}

/// A link in 30 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PackedLink {
    from_time: [u8; 6],
    to_time: [u8; 6],
    from_event: [u8; 4],
    to_event: [u8; 4],
    from: [u8; 4],
    to: [u8; 4],
    kind: u8,
    tracks: u8,
}

impl PackedSpan {
    pub(super) fn new(span: Span) -> PackedSpan {
        let (state, id) = pack_state(span.state);
        let event = number(span.event).to_le_bytes();
        PackedSpan { start: time(span.start), end: time(span.end), event, id: id.to_le_bytes(), state }
    }

    #[inline]
    pub(super) fn span(&self) -> Span {
        let event = u32::from_le_bytes(self.event) as usize;
        Span { start: self.start(), end: self.end(), state: self.state(), event }
    }

    #[inline]
    pub(super) fn start(&self) -> SimTime {
        moment(self.start)
    }

    #[inline]
    pub(super) fn end(&self) -> SimTime {
        moment(self.end)
    }

    /// The class of its state, without reading the state.
    #[inline]
    pub(super) fn class(&self) -> Option<Class> {
        match self.state {
            0 | 4 | 6 | 7 | 11 => Some(Class::Running),
            1 | 8 | 12 => Some(Class::OffCore),
            2 | 5 => Some(Class::Ready),
            9 | 10 => None,
            _ => Some(Class::Waiting),
        }
    }

    pub(super) fn set_end(&mut self, end: SimTime) {
        self.end = time(end);
    }

    #[inline]
    pub(super) fn event(&self) -> usize {
        u32::from_le_bytes(self.event) as usize
    }

    #[inline]
    pub(super) fn state(&self) -> SpanState {
        unpack_state(self.state, u32::from_le_bytes(self.id))
    }
}

impl PackedLink {
    pub(super) fn new(link: Link) -> PackedLink {
        let (from, from_id) = link.from.map_or((NO_TRACK, 0), pack_track);
        let (to, to_id) = pack_track(link.to);
        PackedLink {
            from_time: time(link.from_time),
            to_time: time(link.to_time),
            from_event: number(link.from_event).to_le_bytes(),
            to_event: number(link.to_event).to_le_bytes(),
            from: from_id.to_le_bytes(),
            to: to_id.to_le_bytes(),
            kind: match link.kind {
                LinkKind::WakeToPoll => 0,
                LinkKind::UnblockToDispatch => 1,
                LinkKind::SendToReceive => 2,
                LinkKind::SpawnToFirst => 3,
            },
            tracks: from << 4 | to,
        }
    }

    #[inline]
    pub(super) fn link(&self) -> Link {
        let of = |code: u8, id: [u8; 4]| unpack_track(code, u32::from_le_bytes(id));
        let kind = match self.kind {
            0 => LinkKind::WakeToPoll,
            1 => LinkKind::UnblockToDispatch,
            2 => LinkKind::SendToReceive,
            _ => LinkKind::SpawnToFirst,
        };
        let from = (self.tracks >> 4 != NO_TRACK).then(|| of(self.tracks >> 4, self.from));
        Link {
            kind,
            from,
            to: of(self.tracks & 15, self.to),
            from_event: self.cause_event(),
            to_event: self.effect_event(),
            from_time: moment(self.from_time),
            to_time: self.effect_time(),
        }
    }

    #[inline]
    pub(super) fn cause_event(&self) -> usize {
        u32::from_le_bytes(self.from_event) as usize
    }

    #[inline]
    pub(super) fn effect_event(&self) -> usize {
        u32::from_le_bytes(self.to_event) as usize
    }

    #[inline]
    pub(super) fn effect_time(&self) -> SimTime {
        moment(self.to_time)
    }
}

fn time(time: SimTime) -> [u8; 6] {
    let [a, b, c, d, e, f, _, _] = time.as_nanos().to_le_bytes();
    [a, b, c, d, e, f]
}

#[inline]
fn moment([a, b, c, d, e, f]: [u8; 6]) -> SimTime {
    SimTime::from_nanos(u64::from_le_bytes([a, b, c, d, e, f, 0, 0]))
}

fn number(event: usize) -> u32 {
    u32::try_from(event).expect("a trace that is drawn has fewer than 2^32 events")
}

const PENDING: u8 = 16;
const BLOCKED: u8 = 32;

fn pack_state(state: SpanState) -> (u8, u32) {
    match state {
        SpanState::Polling(worker) => (0, worker.0),
        SpanState::PollingOffCore(worker) => (1, worker.0),
        SpanState::Ready => (2, 0),
        SpanState::Pending(None) => (3, 0),
        SpanState::Running(core) => (4, core.0),
        SpanState::Runnable => (5, 0),
        SpanState::Occupied(thread) => (6, thread.0),
        SpanState::Polls(task) => (7, task.0),
        SpanState::PollsOffCore(task) => (8, task.0),
        SpanState::Serves(request) => (9, request.0),
        SpanState::Level(figure) => (10, figure),
        SpanState::WithoutWorker(thread) => (11, thread.0),
        SpanState::WithoutWorkerOffCore(thread) => (12, thread.0),
        SpanState::Pending(Some(wait)) => pack_wait(PENDING, wait),
        SpanState::Blocked(wait) => pack_wait(BLOCKED, wait),
    }
}

fn pack_wait(base: u8, wait: Wait) -> (u8, u32) {
    let (code, id) = match wait {
        Wait::Io(request) => (0, request.0),
        Wait::Timer(timer) => (1, timer.0),
        Wait::Lock(resource) => (2, resource.0),
        Wait::Send(resource) => (3, resource.0),
        Wait::Receive(resource) => (4, resource.0),
        Wait::Notify(resource) => (5, resource.0),
        Wait::Join(actor) => (6, actor.pack()),
        Wait::Park(worker) => (7, worker.0),
        Wait::Call(timer) => (8, timer.0),
    };
    (base + code, id)
}

#[inline]
fn unpack_state(code: u8, id: u32) -> SpanState {
    match code {
        0 => SpanState::Polling(WorkerId(id)),
        1 => SpanState::PollingOffCore(WorkerId(id)),
        2 => SpanState::Ready,
        3 => SpanState::Pending(None),
        4 => SpanState::Running(CoreId(id)),
        5 => SpanState::Runnable,
        6 => SpanState::Occupied(ThreadId(id)),
        7 => SpanState::Polls(TaskId(id)),
        8 => SpanState::PollsOffCore(TaskId(id)),
        9 => SpanState::Serves(RequestId(id)),
        10 => SpanState::Level(id),
        11 => SpanState::WithoutWorker(ThreadId(id)),
        12 => SpanState::WithoutWorkerOffCore(ThreadId(id)),
        PENDING..BLOCKED => SpanState::Pending(Some(unpack_wait(code - PENDING, id))),
        _ => SpanState::Blocked(unpack_wait(code - BLOCKED, id)),
    }
}

#[inline]
fn unpack_wait(code: u8, id: u32) -> Wait {
    match code {
        0 => Wait::Io(RequestId(id)),
        1 => Wait::Timer(TimerId(id)),
        2 => Wait::Lock(ResourceId(id)),
        3 => Wait::Send(ResourceId(id)),
        4 => Wait::Receive(ResourceId(id)),
        5 => Wait::Notify(ResourceId(id)),
        6 => Wait::Join(Actor::unpack(id)),
        7 => Wait::Park(WorkerId(id)),
        _ => Wait::Call(TimerId(id)),
    }
}

const NO_TRACK: u8 = 15;

fn pack_track(track: TrackKind) -> (u8, u32) {
    match track {
        TrackKind::Core(id) => (0, id.0),
        TrackKind::Worker(id) => (1, id.0),
        TrackKind::Device(id) => (2, id.0),
        TrackKind::Task(id) => (3, id.0),
        TrackKind::Thread(id) => (4, id.0),
        TrackKind::Counter(CounterKind::ReadyQueue) => (5, 0),
        TrackKind::Counter(CounterKind::RunQueue) => (6, 0),
        TrackKind::Counter(CounterKind::Channel(id)) => (7, id.0),
    }
}

fn unpack_track(code: u8, id: u32) -> TrackKind {
    match code {
        0 => TrackKind::Core(CoreId(id)),
        1 => TrackKind::Worker(WorkerId(id)),
        2 => TrackKind::Device(DeviceId(id)),
        3 => TrackKind::Task(TaskId(id)),
        4 => TrackKind::Thread(ThreadId(id)),
        5 => TrackKind::Counter(CounterKind::ReadyQueue),
        6 => TrackKind::Counter(CounterKind::RunQueue),
        _ => TrackKind::Counter(CounterKind::Channel(ResourceId(id))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_comes_back_as_it_was_kept() {
        let waits = [
            Wait::Io(RequestId(7)),
            Wait::Timer(TimerId(8)),
            Wait::Lock(ResourceId(9)),
            Wait::Send(ResourceId(u32::MAX)),
            Wait::Receive(ResourceId(0)),
            Wait::Notify(ResourceId(1)),
            Wait::Join(Actor::Thread(ThreadId(5))),
            Wait::Join(Actor::Run),
            Wait::Park(WorkerId(3)),
            Wait::Call(TimerId(2)),
        ];
        let plain = [
            SpanState::Polling(WorkerId(1)),
            SpanState::PollingOffCore(WorkerId(2)),
            SpanState::WithoutWorker(ThreadId(4)),
            SpanState::WithoutWorkerOffCore(ThreadId(5)),
            SpanState::Ready,
            SpanState::Pending(None),
            SpanState::Running(CoreId(3)),
            SpanState::Runnable,
            SpanState::Occupied(ThreadId(4)),
            SpanState::Polls(TaskId(5)),
            SpanState::PollsOffCore(TaskId(6)),
            SpanState::Serves(RequestId(7)),
            SpanState::Level(u32::MAX),
        ];
        let waiting = waits.into_iter().flat_map(|w| [SpanState::Pending(Some(w)), SpanState::Blocked(w)]);
        for state in plain.into_iter().chain(waiting) {
            let span = Span { start: SimTime::from_nanos(5), end: SimTime::MAX, state, event: 4_000_000_000 };
            assert_eq!(PackedSpan::new(span).span(), span);
            assert_eq!(PackedSpan::new(span).class(), state.class());
        }
        assert_eq!(size_of::<PackedSpan>(), 21);
    }

    #[test]
    fn every_link_comes_back_as_it_was_kept() {
        let tracks = [
            TrackKind::Core(CoreId(1)),
            TrackKind::Worker(WorkerId(2)),
            TrackKind::Device(DeviceId(3)),
            TrackKind::Task(TaskId(u32::MAX)),
            TrackKind::Thread(ThreadId(5)),
            TrackKind::Counter(CounterKind::ReadyQueue),
            TrackKind::Counter(CounterKind::RunQueue),
            TrackKind::Counter(CounterKind::Channel(ResourceId(8))),
        ];
        let kinds =
            [LinkKind::WakeToPoll, LinkKind::UnblockToDispatch, LinkKind::SendToReceive, LinkKind::SpawnToFirst];
        for (to, kind) in tracks.into_iter().zip(kinds.into_iter().cycle()) {
            for from in tracks.into_iter().map(Some).chain([None]) {
                let (from_time, to_time) = (SimTime::from_nanos(1), SimTime::MAX);
                let link = Link { kind, from, to, from_event: 3, to_event: 9, from_time, to_time };
                assert_eq!(PackedLink::new(link).link(), link);
            }
        }
        assert_eq!(size_of::<PackedLink>(), 30);
    }
}

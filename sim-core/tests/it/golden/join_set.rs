//! tokio's `JoinSet` over our handles, as its own is made (tokio 1.54.1, `util/idle_notified_set.rs`): each handle has a
//! waker of its own, which puts it into a line and wakes whoever awaits the set; only those in the line are polled.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use sim_core::JoinHandle;

use super::rt::*;

#[derive(Default)]
pub struct Set {
    handles: Arc<Mutex<Vec<Option<JoinHandle<usize>>>>>,
    line: Arc<Line>,
}

#[derive(Default)]
struct Line(Mutex<(VecDeque<usize>, Option<Waker>)>);

struct Entry {
    place: usize,
    line: Arc<Line>,
}

impl Wake for Entry {
    fn wake(self: Arc<Self>) {
        let waker = {
            let mut line = self.line.0.lock().unwrap();
            line.0.push_back(self.place);
            line.1.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }
}

impl Set {
    fn poll(handles: &Mutex<Vec<Option<JoinHandle<usize>>>>, line: &Arc<Line>, place: usize) -> Poll<usize> {
        let waker = Waker::from(Arc::new(Entry { place, line: Arc::clone(line) }));
        let mut handles = handles.lock().unwrap();
        let handle = handles[place].as_mut().expect("a handle is polled until it is ready");
        let ended = Pin::new(handle).poll(&mut Context::from_waker(&waker));
        if ended.is_ready() {
            handles[place] = None;
        }
        ended.map(|ended| ended.expect("no task of a workload panics"))
    }
}

impl JoinSet for Set {
    fn spawn(&mut self, task: Boxed<usize>) {
        let place = {
            let mut handles = self.handles.lock().unwrap();
            handles.push(Some(sim_core::spawn(task)));
            handles.len() - 1
        };
        assert!(Set::poll(&self.handles, &self.line, place).is_pending(), "no task has ended before it ran");
    }

    fn join_next(&mut self) -> Boxed<Option<usize>> {
        let (handles, line) = (Arc::clone(&self.handles), Arc::clone(&self.line));
        Box::pin(std::future::poll_fn(move |cx| {
            if handles.lock().unwrap().iter().all(Option::is_none) {
                return Poll::Ready(None);
            }
            let place = {
                let mut line = line.0.lock().unwrap();
                line.1 = Some(cx.waker().clone());
                line.0.pop_front()
            };
            let Some(place) = place else { return Poll::Pending };
            Set::poll(&handles, &line, place).map(Some)
        }))
    }
}

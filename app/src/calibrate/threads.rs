//! What threads and the kernel take, on one core where the system lets us choose it.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::meter::{Meter, Sample};

/// How many times a batch hands the core over and back.
const HANDOVERS: u32 = 200;
const SPAWNS: u32 = 20;
const CALLS: u32 = 1_000;

/// Whether what threads do to each other is measured on one core; otherwise it is what two cores do.
pub const ON_ONE_CORE: bool = cfg!(all(target_os = "linux", target_env = "gnu"));

/// Runs `measure` on a thread that stays on one core, and whose threads do.
fn on_one_core<T: Send>(measure: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let measured = scope.spawn(|| {
            stay_on_one_core();
            measure()
        });
        measured.join().ok()
    })
}

/// The core on which the calling thread is, from now on its only one. Where that fails, it goes on as it was.
fn stay_on_one_core() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: an all-zero `cpu_set_t` is an empty set; the call reads it, of the size that it is told, and no more.
    unsafe {
        let mut only: libc::cpu_set_t = std::mem::zeroed();
        if let Ok(core) = usize::try_from(libc::sched_getcpu()) {
            libc::CPU_SET(core, &mut only);
            libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &only);
        }
    }
}

/// From one thread to another that waits for it: an unpark, a park, and the switch.
pub fn switches(meter: &mut Meter<'_>) -> Option<Sample> {
    meter.batches(|| on_one_core(hand_over).unwrap_or((Duration::ZERO, 1)))
}

fn hand_over() -> (Duration, u32) {
    let turn = Arc::new(AtomicU32::new(0));
    let here = thread::current();
    let (theirs, wanted) = (Arc::clone(&turn), 2 * HANDOVERS);
    // Each waits until the count has its own parity; the other side adds one and unparks.
    let wait = |turn: &AtomicU32, parity: u32| {
        while turn.load(Ordering::Acquire) % 2 != parity {
            thread::park();
        }
    };
    let other = thread::spawn(move || {
        for _ in 0..HANDOVERS {
            wait(&theirs, 1);
            theirs.fetch_add(1, Ordering::AcqRel);
            here.unpark();
        }
    });
    let start = Instant::now();
    for _ in 0..HANDOVERS {
        turn.fetch_add(1, Ordering::AcqRel);
        other.thread().unpark();
        wait(&turn, 0);
    }
    let took = start.elapsed();
    // It has nothing left to do but end.
    let _ = other.join();
    (took, wanted)
}

/// Creating a thread that does nothing, and waiting for its end.
pub fn spawns(meter: &mut Meter<'_>) -> Option<Sample> {
    let batch = || {
        let start = Instant::now();
        for _ in 0..SPAWNS {
            let _ = thread::spawn(|| ()).join();
        }
        (start.elapsed(), SPAWNS)
    };
    meter.batches(|| on_one_core(batch).unwrap_or((Duration::ZERO, 1)))
}

/// Entering the kernel and coming back.
pub fn system_calls(meter: &mut Meter<'_>) -> Option<Sample> {
    meter.batches(|| {
        let start = Instant::now();
        for _ in 0..CALLS {
            enter_kernel();
        }
        (start.elapsed(), CALLS)
    })
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn enter_kernel() {
    // SAFETY: `getppid` takes nothing and changes nothing; unlike a clock it is never answered without the kernel.
    black_box(unsafe { libc::getppid() });
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn enter_kernel() {
    // What the systems have in common: asking for the working folder.
    let _ = black_box(std::env::current_dir());
}

/// Locking and unlocking a mutex that nobody else wants.
pub fn locks(meter: &mut Meter<'_>) -> Option<Sample> {
    let mutex = Mutex::new(0u64);
    meter.batches(|| {
        let start = Instant::now();
        for _ in 0..CALLS {
            *black_box(&mutex).lock().expect("nobody panics with it") += 1;
        }
        (start.elapsed(), CALLS)
    })
}

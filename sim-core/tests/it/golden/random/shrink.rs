//! Makes a workload smaller while what was found in it stays.

use super::tree::*;

/// The smallest workload, step by step, of which `still` holds.
pub fn shrink(workload: Workload, still: impl Fn(&Workload) -> bool) -> Workload {
    let mut smallest = workload;
    loop {
        let smaller = ops_smaller(&smallest.root).into_iter().map(|root| Workload { root, ..smallest.clone() });
        let unbounded = (0..smallest.channels.len()).filter(|i| smallest.channels[*i].is_some()).map(|i| {
            let mut workload = smallest.clone();
            workload.channels[i] = None;
            workload
        });
        let channels = smallest.channels.split_last().map(|(_, channels)| channels.to_vec());
        let fewer_channels = channels.into_iter().map(|channels| Workload { channels, ..smallest.clone() });
        let fewer_locks = smallest.locks.checked_sub(1).map(|locks| Workload { locks, ..smallest.clone() });
        match smaller
            .chain(unbounded)
            .chain(fewer_channels)
            .chain(fewer_locks)
            .find(|workload| workload.is_sound() && still(workload))
        {
            Some(found) => smallest = found,
            None => return smallest,
        }
    }
}

/// Long stretches are left out first, then shorter ones and single steps; then a step is made smaller, or gives way to
/// what is in it.
fn ops_smaller(ops: &[Op]) -> Vec<Vec<Op>> {
    let mut smaller = Vec::new();
    let mut length = ops.len();
    while length > 0 {
        let starts = (0..ops.len()).step_by(length);
        smaller.extend(starts.map(|at| [&ops[..at], &ops[(at + length).min(ops.len())..]].concat()));
        length /= 2;
    }
    for (i, op) in ops.iter().enumerate() {
        let with = |inner: &[Op]| [&ops[..i], inner, &ops[i + 1..]].concat();
        smaller.extend(op_smaller(op).iter().map(|inner| with(inner)));
    }
    smaller
}

fn op_smaller(op: &Op) -> Vec<Vec<Op>> {
    match op {
        Op::Spawn(ops) => ops_smaller(ops).into_iter().map(|ops| vec![Op::Spawn(ops)]).collect(),
        Op::Lock(lock, ops) => {
            let locked = ops_smaller(ops).into_iter().map(|ops| vec![Op::Lock(*lock, ops)]);
            std::iter::once(ops.clone()).chain(locked).collect()
        }
        Op::Send(channel, messages) if *messages > 1 => {
            [messages / 2, messages - 1].map(|fewer| vec![Op::Send(*channel, fewer)]).to_vec()
        }
        Op::Recv(channel, messages) if *messages > 1 => {
            [messages / 2, messages - 1].map(|fewer| vec![Op::Recv(*channel, fewer)]).to_vec()
        }
        Op::Select(first, second) => vec![vec![Op::Wait(first.clone())], vec![Op::Wait(second.clone())]],
        Op::Wait(Wait::Sleep(ms)) if *ms > 0 => vec![vec![Op::Wait(Wait::Sleep(ms - 1))]],
        Op::Elsewhere(steps) => {
            let without = |i: usize| [&steps[..i], &steps[i + 1..]].concat();
            let mut smaller: Vec<_> = (0..steps.len()).map(|i| vec![Op::Elsewhere(without(i))]).collect();
            for (i, step) in steps.iter().enumerate() {
                let Outside::Spawn(ops) = step else { continue };
                smaller.push(vec![Op::Spawn(ops.clone())]);
                for ops in ops_smaller(ops) {
                    let mut steps = steps.clone();
                    steps[i] = Outside::Spawn(ops);
                    smaller.push(vec![Op::Elsewhere(steps)]);
                }
            }
            smaller
        }
        Op::Send(..) | Op::Recv(..) | Op::Wait(_) => Vec::new(),
        Op::Join | Op::Drop | Op::Yield | Op::YieldSelf | Op::NotifyOne(_) | Op::NotifyWaiters(_) => Vec::new(),
    }
}

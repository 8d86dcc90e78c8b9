//! A task as callbacks of an event loop, in the style of Node's code.
//!
//! A step that waits takes a callback, and all that comes after the step is written inside it: one level deeper, closed
//! at the end of the body. A body ends by calling on what was given to it (`done`). Branches call on a function that
//! counts them, or that sees by a flag that another came first.

use super::Words;
use super::text::{latency, length};
use super::writer::Writer;
use crate::program::ast::{Op, Program, ResourceSpec};
use crate::trace::ids::StepId;

/// Functions that take callbacks.
pub(super) struct Callbacks;

/// A call that takes a callback as its last argument but for `after`: "io(10 ms, ", "(err, data)", ");".
struct Call {
    before: String,
    takes: &'static str,
    after: String,
}

fn call(before: String, takes: &'static str) -> Call {
    Call { before, takes, after: ");".to_owned() }
}

impl Words for Callbacks {
    fn head(&self, name: &str) -> String {
        format!("function {name}(done) {{")
    }

    fn leaf(&self, w: &Writer, op: &Op) -> Option<String> {
        Some(match op {
            Op::Work(d) => format!("work({});", length(*d)),
            Op::Block(d) | Op::BlockInPlace(d) => format!("block({}); // the loop stands still", length(*d)),
            Op::Notify(name) => format!("{name}.notifyOne();"),
            Op::NotifyAll(name) => format!("{name}.notifyAll();"),
            Op::Spawn(task) if w.is_many(task) => format!("{task}.forEach((one) => one.start());"),
            Op::Spawn(task) => format!("{task}.start();"),
            Op::Cancel(task) => format!("// nobody can stop callbacks from outside: {task} runs on"),
            Op::Detach(task) => format!("{task}.onEnd = undefined; // runs on"),
            Op::Drop(name) => format!("{name} = undefined;"),
            Op::Mark(text) => format!("mark({text:?});"),
            Op::Fail(text) => format!("return {}({text:?});", w.calls()),
            Op::Io(_) | Op::IoOn(_) | Op::Sleep(_) | Op::Yield | Op::Offload(_) => return None,
            Op::Send(_) | Op::Recv(_) | Op::Wait(_) | Op::Barrier(_) | Op::JoinTask(_) | Op::Await(_) => return None,
            Op::Lock(..) | Op::Read(..) | Op::Write(..) | Op::Acquire(..) => return None,
            Op::Join(_) | Op::Select(_) | Op::Timeout(..) | Op::Repeat(..) | Op::Try(..) | Op::Let(..) => return None,
        })
    }

    fn body(&self, w: &mut Writer, program: &Program) {
        let mut closing: Vec<String> = Vec::new();
        let mut called = false;
        for (place, op) in program.iter().enumerate() {
            let is_last = place + 1 == program.len();
            let step = w.next_step(op);
            if let Some(text) = self.leaf(w, op) {
                w.line(&text, Some(step));
                called = matches!(op, Op::Fail(_));
            } else if let Some(call) = waits(w, op) {
                let Call { before, takes, after } = call;
                called = is_last;
                if is_last {
                    w.line(&format!("{before}{}{after}", w.calls()), Some(step));
                } else {
                    w.open(&format!("{before}{takes} => {{"), Some(step));
                    pass_error_on(w, takes);
                    closing.push(format!("}}{after}"));
                }
            } else {
                called = with_bodies(w, op, step, is_last, &mut closing);
            }
        }
        if !called {
            w.line(&format!("{}();", w.calls()), None);
        }
        closing.iter().rev().for_each(|end| w.close(end));
    }

    fn block(&self, _: &mut Writer, op: &Op, _: StepId) {
        unreachable!("{} is written with all that comes after it: by body", op.name())
    }

    fn block_name(&self, w: &Writer, op: &Op) -> String {
        if let Some(Call { before, after, .. }) = waits(w, op) {
            let after = after.trim_end_matches(';');
            return format!("{before}…{after}").replace("(…)", "()").replace(", …)", ")");
        }
        match op {
            Op::Join(bodies) => format!("join of {}", bodies.len()),
            Op::Select(bodies) => format!("first of {}", bodies.len()),
            Op::Timeout(d, _) => format!("setTimeout({})", length(*d)),
            Op::Repeat(times, _) => format!("timesSeries({times})"),
            Op::Try(..) => "try".to_owned(),
            Op::Let(name, _) => format!("let {name}"),
            held => take(w, held),
        }
    }
}

/// A step that waits and has no steps inside it.
fn waits(w: &Writer, op: &Op) -> Option<Call> {
    Some(match op {
        Op::Io(taking) => call(format!("io({}, ", latency(taking)), "(err, data)"),
        Op::IoOn(device) => call(format!("ioOn({device:?}, "), "(err, data)"),
        Op::Sleep(d) => Call { before: "setTimeout(".to_owned(), takes: "()", after: format!(", {});", length(*d)) },
        Op::Yield => call("setImmediate(".to_owned(), "()"),
        Op::Offload(d) => call(format!("pool.run(() => block({}), ", length(*d)), "(err)"),
        Op::Send(channel) => call(format!("{channel}.send("), "(err)"),
        Op::Recv(channel) => call(format!("{channel}.recv("), "(err, data)"),
        Op::Wait(name) | Op::Barrier(name) => call(format!("{name}.wait("), "()"),
        Op::JoinTask(task) if w.is_many(task) => call(format!("allEnded({task}, "), "(err)"),
        Op::JoinTask(task) => call(format!("{task}.onEnd("), "(err)"),
        Op::Await(name) => call(format!("{name}("), "(err)"),
        _ => return None,
    })
}

/// A step with others inside it. Answers whether what comes after the body is called already.
fn with_bodies(w: &mut Writer, op: &Op, step: StepId, is_last: bool, closing: &mut Vec<String>) -> bool {
    match op {
        Op::Let(name, body) => {
            w.open(&format!("let {name} = (done) => {{"), Some(step));
            w.calling("done", |w| w.branch(body));
            w.close("};");
            return false;
        }
        Op::Repeat(times, body) if !body.iter().any(may_return) => {
            w.looped(step, *times, |w| {
                w.open(&format!("for (let i = 0; i < {times}; i++) {{"), Some(step));
                straight_on(w, body);
                w.close("}");
            });
            return false;
        }
        Op::Repeat(times, body) => {
            w.open(&format!("timesSeries({times}, (next) => {{"), Some(step));
            w.looped(step, *times, |w| w.calling("next", |w| w.body(body)));
        }
        Op::Lock(_, body) | Op::Read(_, body) | Op::Write(_, body) | Op::Acquire(_, body) => {
            let take = take(w, op);
            w.open(&format!("{}(release) => {{", take.trim_end_matches(')')), Some(step));
            w.calling("release", |w| w.body(body));
        }
        Op::Join(bodies) => {
            w.line(&format!("let left = {}, failed;", bodies.len()), Some(step));
            beside(w, bodies, "joined");
            w.open("function joined(err) {", None);
            w.line("failed ||= err;", None);
            w.line("if (--left > 0) return; // the last one goes on", Some(step));
            return go_on(w, "failed", is_last, closing);
        }
        Op::Select(bodies) => {
            w.line("let over = false;", Some(step));
            beside(w, bodies, "first");
            w.open("function first(err) {", None);
            w.line("if (over) return; // those that lost run on to here", Some(step));
            w.line("over = true;", None);
            return go_on(w, "err", is_last, closing);
        }
        Op::Timeout(d, body) => {
            w.line("let up = false;", None);
            w.line(&format!("const timer = setTimeout(() => inTime(\"late\"), {});", length(*d)), Some(step));
            w.calling("inTime", |w| w.body(body));
            w.open("function inTime(err) {", None);
            w.line("if (up) return; // if late, the steps run on to here", Some(step));
            w.line("up = true; clearTimeout(timer);", None);
            return go_on(w, "err", is_last, closing);
        }
        Op::Try(first, second) => return tried(w, first, second, step, is_last, closing),
        other => unreachable!("{} has no steps inside it", other.name()),
    }
    // What was opened ends with a callback for what comes after.
    if is_last {
        w.close(&format!("}}, {});", w.calls()));
        return true;
    }
    w.close("}, (err) => {");
    w.deeper();
    pass_error_on(w, "(err)");
    closing.push("});".to_owned());
    false
}

/// Steps of which none waits.
fn straight_on(w: &mut Writer, body: &Program) {
    for op in body.iter() {
        let step = w.next_step(op);
        match Callbacks.leaf(w, op) {
            Some(text) => w.line(&text, Some(step)),
            None => drop(with_bodies(w, op, step, false, &mut Vec::new())),
        }
    }
}

/// Steps that may fail, and a function that both they and those in their place call on.
fn tried(
    w: &mut Writer,
    first: &Program,
    second: &Program,
    step: StepId,
    is_last: bool,
    closing: &mut Vec<String>,
) -> bool {
    w.line("// errors end in caught", Some(step));
    w.calling("caught", |w| w.body(first));
    let after = if is_last { w.calls().to_owned() } else { "after".to_owned() };
    w.open("function caught(err) {", None);
    w.line(&format!("if (!err) return {after}();"), Some(step));
    w.calling(&after, |w| w.body(second));
    w.close("}");
    if is_last {
        return true;
    }
    w.open("function after(err) {", None);
    pass_error_on(w, "(err)");
    closing.push("}".to_owned());
    false
}

/// Bodies that are started one after another, each in a block of its own, and all call on `then`.
fn beside(w: &mut Writer, bodies: &[Program], then: &'static str) {
    for body in bodies {
        w.open("{", None);
        w.calling(then, |w| w.branch(body));
        w.close("}");
    }
}

/// Goes on inside the function that was opened.
fn go_on(w: &mut Writer, error: &str, is_last: bool, closing: &mut Vec<String>) -> bool {
    if is_last {
        w.line(&format!("{}({error});", w.calls()), None);
        w.close("}");
        return true;
    }
    w.line(&format!("if ({error}) return {}({error});", w.calls()), None);
    closing.push("}".to_owned());
    false
}

/// An error does not go up to whoever called: each callback has to pass it on.
fn pass_error_on(w: &mut Writer, takes: &str) {
    if takes.contains("err") {
        w.line(&format!("if (err) return {}(err);", w.calls()), None);
    }
}

/// Whether the step, or one inside it, hands the rest to a callback: a plain loop cannot go round it.
fn may_return(op: &Op) -> bool {
    match op {
        Op::Work(_)
        | Op::Block(_)
        | Op::BlockInPlace(_)
        | Op::Notify(_)
        | Op::NotifyAll(_)
        | Op::Spawn(_)
        | Op::Cancel(_) => false,
        Op::Detach(_) | Op::Drop(_) | Op::Mark(_) | Op::Fail(_) | Op::Let(..) => false,
        Op::Repeat(_, body) => body.iter().any(may_return),
        Op::Io(_) | Op::IoOn(_) | Op::Sleep(_) | Op::Yield | Op::Offload(_) => true,
        Op::Send(_) | Op::Recv(_) | Op::Wait(_) | Op::Barrier(_) | Op::JoinTask(_) | Op::Await(_) => true,
        Op::Lock(..) | Op::Read(..) | Op::Write(..) | Op::Acquire(..) => true,
        Op::Join(_) | Op::Select(_) | Op::Timeout(..) | Op::Try(..) => true,
    }
}

/// How a lock or permit is taken.
fn take(w: &Writer, op: &Op) -> String {
    match op {
        Op::Lock(name, _) => match w.workload.resources.get(name) {
            // std's lock blocks the loop's thread.
            Some(ResourceSpec::StdMutex) => format!("{name}.lockSync()"),
            Some(_) | None => format!("{name}.lock()"),
        },
        Op::Read(name, _) => format!("{name}.read()"),
        Op::Write(name, _) => format!("{name}.write()"),
        Op::Acquire(name, _) => format!("{name}.acquire()"),
        other => unreachable!("{} holds nothing", other.name()),
    }
}

#[cfg(test)]
#[path = "callbacks_tests.rs"]
mod tests;

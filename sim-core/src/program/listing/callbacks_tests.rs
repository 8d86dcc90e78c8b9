use crate::program::ast::Workload;
use crate::program::listing::{Shape, listings};

/// The code of a task "t" of these steps, between its first and last line; "N|" before each line that stands for step N.
#[track_caller]
fn check(steps: &str, expected: &str) {
    let workload = format!(
        r#"(tasks: {{"t": (ops: [{steps}]), "one": (ops: []), "many": (ops: [], count: 3)}},
            resources: {{"m": mutex, "s": std_mutex, "rw": rw_lock, "p": semaphore(permits: 2), "c": unbounded_channel,
            "n": notify, "b": barrier(parties: 2)}})"#
    );
    let workload: Workload = ron::from_str(&workload).unwrap();
    let (programs, _) = listings(&workload, Shape::Callbacks);
    let lines = &programs[0].lines;
    let shown = lines[1..lines.len() - 1].iter().map(|line| {
        let step = line.step.map_or_else(String::new, |step| step.0.to_string());
        format!("{step:>2}|{}{}", "  ".repeat(line.depth as usize - 1), line.text)
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected.lines().collect::<Vec<_>>(), "{steps}");
}

#[test]
fn what_comes_after_a_wait_stands_inside_its_callback() {
    check(
        r#"Io("10ms"), Work("2ms"), Sleep("5ms"), Mark("on")"#,
        r#" 0|io(10 ms, (err, data) => {
  |  if (err) return done(err);
 1|  work(2 ms);
 2|  setTimeout(() => {
 3|    mark("on");
  |    done();
  |  }, 5 ms);
  |});"#,
    );
}

#[test]
fn the_last_wait_calls_on_what_was_given() {
    check(r#"Work("2ms"), Io("10ms")"#, " 0|work(2 ms);\n 1|io(10 ms, done);");
    check(r#"Sleep("10ms")"#, " 0|setTimeout(done, 10 ms);");
    check("Yield", " 0|setImmediate(done);");
    check(r#"Offload("1ms")"#, " 0|pool.run(() => block(1 ms), done);");
    check(r#"IoOn("disk")"#, r#" 0|ioOn("disk", done);"#);
    check(r#"Send("c")"#, " 0|c.send(done);");
    check(r#"Recv("c")"#, " 0|c.recv(done);");
    check(r#"Wait("n")"#, " 0|n.wait(done);");
    check(r#"Barrier("b")"#, " 0|b.wait(done);");
    check(r#"JoinTask("one")"#, " 0|one.onEnd(done);");
    check(r#"JoinTask("many")"#, " 0|allEnded(many, done);");
}

#[test]
fn what_does_not_wait_is_a_plain_line() {
    check(r#"Block("1s")"#, " 0|block(1 s); // the loop stands still\n  |done();");
    check(r#"Notify("n"), NotifyAll("n")"#, " 0|n.notifyOne();\n 1|n.notifyAll();\n  |done();");
    check(r#"Spawn("one"), Spawn("many")"#, " 0|one.start();\n 1|many.forEach((one) => one.start());\n  |done();");
    check(r#"Cancel("one")"#, " 0|// nobody can stop callbacks from outside: one runs on\n  |done();");
    check(r#"Repeat(3, [Mark("m")])"#, " 0|for (let i = 0; i < 3; i++) {\n 1|  mark(\"m\");\n  |}\n  |done();");
    check("", "  |done();");
}

#[test]
fn an_error_is_passed_on_by_hand_until_someone_handles_it() {
    check(r#"Fail("no")"#, r#" 0|return done("no");"#);
    check(
        r#"Try([Io("5ms"), Fail("no")], [Mark("failed")]), Mark("on")"#,
        r#" 0|// errors end in caught
 1|io(5 ms, (err, data) => {
  |  if (err) return caught(err);
 2|  return caught("no");
  |});
  |function caught(err) {
 0|  if (!err) return after();
 3|  mark("failed");
  |  after();
  |}
  |function after(err) {
  |  if (err) return done(err);
 4|  mark("on");
  |  done();
  |}"#,
    );
}

#[test]
fn a_loop_around_a_wait_is_a_function_that_calls_itself() {
    check(
        r#"Repeat(10, [Io("10ms"), Mark("beat")]), Mark("end")"#,
        r#" 0|timesSeries(10, (next) => {
 1|  io(10 ms, (err, data) => {
  |    if (err) return next(err);
 2|    mark("beat");
  |    next();
  |  });
  |}, (err) => {
  |  if (err) return done(err);
 3|  mark("end");
  |  done();
  |});"#,
    );
}

#[test]
fn branches_count_down_or_look_at_a_flag() {
    check(
        r#"Join([[Io("1ms")], [Work("2ms")]])"#,
        r#" 0|let left = 2, failed;
  |{
 1|  io(1 ms, joined);
  |}
  |{
 2|  work(2 ms);
  |  joined();
  |}
  |function joined(err) {
  |  failed ||= err;
 0|  if (--left > 0) return; // the last one goes on
  |  done(failed);
  |}"#,
    );
    check(
        r#"Select([[Io("1ms")], [Io("2ms")]]), Mark("on")"#,
        r#" 0|let over = false;
  |{
 1|  io(1 ms, first);
  |}
  |{
 2|  io(2 ms, first);
  |}
  |function first(err) {
 0|  if (over) return; // those that lost run on to here
  |  over = true;
  |  if (err) return done(err);
 3|  mark("on");
  |  done();
  |}"#,
    );
    check(
        r#"Timeout("5ms", [Io("9ms")])"#,
        r#"  |let up = false;
 0|const timer = setTimeout(() => inTime("late"), 5 ms);
 1|io(9 ms, inTime);
  |function inTime(err) {
 0|  if (up) return; // if late, the steps run on to here
  |  up = true; clearTimeout(timer);
  |  done(err);
  |}"#,
    );
}

#[test]
fn what_is_held_is_released_by_a_call() {
    let held =
        |op: &str, take: &str| check(op, &format!(" 0|{take}(release) => {{\n 1|  io(1 ms, release);\n  |}}, done);"));
    held(r#"Lock("m", [Io("1ms")])"#, "m.lock(");
    held(r#"Lock("s", [Io("1ms")])"#, "s.lockSync(");
    held(r#"Read("rw", [Io("1ms")])"#, "rw.read(");
    held(r#"Write("rw", [Io("1ms")])"#, "rw.write(");
    held(r#"Acquire("p", [Io("1ms")])"#, "p.acquire(");
}

#[test]
fn a_kept_closure_is_called_where_it_is_awaited() {
    check(r#"Let("f", [Io("1ms")]), Await("f")"#, " 0|let f = (done) => {\n 1|  io(1 ms, done);\n  |};\n 2|f(done);");
    check(r#"Let("f", []), Drop("f")"#, " 0|let f = (done) => {\n  |  done();\n  |};\n 1|f = undefined;\n  |done();");
}

#[test]
fn a_step_is_named_in_a_word() {
    let workload: Workload = ron::from_str(
        r#"(tasks: {"t": (ops: [
            Io("1ms"), Sleep("2ms"), Yield, Recv("c"), Lock("s", []), Join([[], []]), Select([[]]), Timeout("1ms", []),
            Repeat(2, []), Try([], []), Let("f", []), Await("f"), Cancel("t"), Block("1ms"), Fail("no"),
        ])}, resources: {"s": std_mutex, "c": unbounded_channel})"#,
    )
    .unwrap();
    let names: Vec<String> = listings(&workload, Shape::Callbacks).1.into_iter().map(|step| step.text).collect();
    assert_eq!(
        names.join(" | "),
        "io(1 ms) | setTimeout(…, 2 ms) | setImmediate() | c.recv() | s.lockSync() | join of 2 | first of 1 | \
         setTimeout(1 ms) | timesSeries(2) | try | let f | f() | nobody can stop callbacks from outside: t runs on | \
         block(1 ms) | return done(\"no\")"
    );
}

#[test]
fn steps_have_the_same_numbers_branches_and_loops_in_every_shape() {
    let workload: Workload = ron::from_str(
        r#"(tasks: {"a": (ops: [Yield, Try([Io("1ms"), Repeat(3, [Yield])], [Mark("m")]), Yield]),
            "b": (ops: [Repeat(3, [Join([[Yield], [Yield, Repeat(2, [Work("1ms")])]]), Select([[Yield], []])]), Yield])})"#,
    )
    .unwrap();
    let told = |shape| {
        let steps = listings(&workload, shape).1;
        steps.into_iter().map(|step| (step.program, step.branch, step.loops)).collect::<Vec<_>>()
    };
    assert_eq!(told(Shape::Callbacks), told(Shape::Async));
    for step in listings(&workload, Shape::Callbacks).1 {
        assert!(step.line < 1_000, "{} has no line", step.text);
    }
}

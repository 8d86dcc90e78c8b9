use super::*;

/// The listing as a person reads it, "N|" before each line that stands for step N.
fn listing(workload: &str, shape: Shape) -> String {
    let workload: Workload = ron::from_str(workload).unwrap();
    let (programs, _) = listings(&workload, shape);
    let mut text = String::new();
    for line in programs.iter().flat_map(|program| &program.lines) {
        let step = line.step.map_or_else(String::new, |step| step.0.to_string());
        let indent = "  ".repeat(line.depth as usize);
        text += &format!("{step:>2}|{indent}{}\n", line.text);
    }
    text
}

/// A task "t" of these steps beside what they may name, in both shapes, without its first and last line.
fn check(steps: &str, task: &str, thread: &str) {
    let workload = format!(
        r#"(tasks: {{"t": (ops: [{steps}]), "one": (ops: []), "many": (ops: [], count: 3)}},
            resources: {{"m": mutex, "s": std_mutex, "rw": rw_lock, "p": semaphore(permits: 2), "c": unbounded_channel,
            "n": notify, "b": barrier(parties: 2)}})"#
    );
    for (shape, expected) in [(Shape::Async, task), (Shape::Threads, thread)] {
        let text = listing(&workload, shape);
        let lines: Vec<&str> = text.lines().skip(1).take_while(|line| *line != "  |}").collect();
        let expected: Vec<String> = expected.lines().map(|line| line.trim_end().to_owned()).collect();
        let shown: Vec<String> = lines.iter().map(|line| line.replacen("|  ", "|", 1)).collect();
        assert_eq!(shown, expected, "{steps} as {shape:?}");
    }
}

#[test]
fn a_program_is_a_function_of_its_shape() {
    let workload = r#"(tasks: {
        "hb": (ops: [Repeat(10, [Io("10ms"), Work("100us"), Mark("beat")])]),
        "hog": (ops: [Io("15ms"), Block("100ms")]),
    })"#;
    assert_eq!(
        listing(workload, Shape::Async),
        r#"  |async fn hb() {
 0|  for _ in 0..10 {
 1|    io(10 ms).await;
 2|    work(0.1 ms);
 3|    mark("beat");
  |  }
  |}
  |async fn hog() {
 4|  io(15 ms).await;
 5|  block(100 ms);
  |}
"#
    );
    assert_eq!(
        listing(workload, Shape::Threads),
        r#"  |fn hb() {
 0|  for _ in 0..10 {
 1|    io(10 ms);
 2|    work(0.1 ms);
 3|    mark("beat");
  |  }
  |}
  |fn hog() {
 4|  io(15 ms);
 5|  block(100 ms);
  |}
"#
    );
}

#[test]
fn computing_and_waiting_steps_read_alike_but_for_await() {
    check(r#"Work("2ms")"#, " 0|work(2 ms);", " 0|work(2 ms);");
    check(r#"Io("5ms..15ms")"#, " 0|io(5 ms..15 ms).await;", " 0|io(5 ms..15 ms);");
    check(r#"Io("10ms±2ms")"#, " 0|io(10 ms ± 2 ms).await;", " 0|io(10 ms ± 2 ms);");
    check(r#"IoOn("disk")"#, r#" 0|io_on("disk").await;"#, r#" 0|io_on("disk");"#);
    check(r#"Sleep("50us")"#, " 0|sleep(50 µs).await;", " 0|sleep(50 µs);");
    check(r#"Block("1s")"#, " 0|block(1 s);", " 0|block(1 s);");
    check("Yield", " 0|yield_now().await;", " 0|yield_now();");
    check(
        r#"BlockInPlace("1s")"#,
        " 0|block_in_place(|| block(1 s));",
        " 0|block(1 s); // a thread makes the call itself",
    );
    check(
        r#"Offload("1ms")"#,
        " 0|spawn_blocking(|| block(1 ms)).await;",
        " 0|block(1 ms); // a thread makes the call itself",
    );
}

#[test]
fn what_is_held_is_held_to_the_end_of_its_block() {
    let held = |call: &str| {
        let name = call.split('.').next().unwrap_or(call);
        format!("  |{{\n 0|  let _{name} = {call};\n 1|  work(1 ms);\n  |}}")
    };
    let both = |op: &str, task: &str, thread: &str| {
        check(&format!(r#"{op}, [Work("1ms")])"#), &held(task), &held(thread));
    };
    both(r#"Lock("m""#, "m.lock().await", "m.lock()");
    both(r#"Lock("s""#, "s.lock()", "s.lock()");
    both(r#"Read("rw""#, "rw.read().await", "rw.read()");
    both(r#"Write("rw""#, "rw.write().await", "rw.write()");
    both(r#"Acquire("p""#, "p.acquire().await", "p.acquire()");
}

#[test]
fn what_can_fail_ends_the_task_with_a_question_mark() {
    check(r#"Send("c")"#, " 0|c.send(()).await?;", " 0|c.send(())?;");
    check(r#"Recv("c")"#, " 0|c.recv().await?;", " 0|c.recv()?;");
    check(r#"Fail("no")"#, r#" 0|return Err("no");"#, r#" 0|return Err("no");"#);
    check(
        r#"Timeout("5ms", [Io("9ms")])"#,
        " 0|timeout(5 ms, async {\n 1|  io(9 ms).await;\n  |}).await?;",
        " 0|first_within(5 ms, thread::spawn(|| {\n 1|  io(9 ms);\n  |}))?; // if late, it runs on",
    );
    let tried = |open: &str, call: &str, close: &str| {
        format!(" 0|let tried = {open}\n 1|  {call}\n  |{close}\n 0|if tried.is_err() {{\n 2|  mark(\"no\");\n  |}}")
    };
    let (task, thread) = (tried("async {", "c.recv().await?;", "}.await;"), tried("(|| {", "c.recv()?;", "})();"));
    check(r#"Try([Recv("c")], [Mark("no")])"#, &task, &thread);
}

#[test]
fn signals_name_the_resource() {
    check(r#"Notify("n")"#, " 0|n.notify_one();", " 0|n.notify_one();");
    check(r#"NotifyAll("n")"#, " 0|n.notify_waiters();", " 0|n.notify_waiters();");
    check(r#"Wait("n")"#, " 0|n.notified().await;", " 0|n.wait();");
    check(r#"Barrier("b")"#, " 0|b.wait().await;", " 0|b.wait();");
    check(r#"Mark("m")"#, r#" 0|mark("m");"#, r#" 0|mark("m");"#);
}

#[test]
fn a_spawned_task_is_a_task_or_a_thread() {
    check(r#"Spawn("one")"#, " 0|let one = spawn(one());", " 0|let one = thread::spawn(one);");
    check(
        r#"Spawn("many")"#,
        " 0|let many = [(); 3].map(|_| spawn(many()));",
        " 0|let many = [(); 3].map(|_| thread::spawn(many));",
    );
    check(r#"JoinTask("one")"#, " 0|one.await?;", " 0|one.join()?;");
    check(r#"JoinTask("many")"#, " 0|for task in many { task.await?; }", " 0|for thread in many { thread.join()?; }");
    let stays = " 0|// nobody can stop a thread from outside: one runs on";
    check(r#"Cancel("one")"#, " 0|one.abort();", stays);
    check(r#"Cancel("many")"#, " 0|for task in &many { task.abort(); }", &stays.replace("one", "many"));
    check(r#"Detach("one")"#, " 0|drop(one); // runs on", " 0|drop(one); // runs on");
}

#[test]
fn branches_are_parts_of_a_task_or_threads_of_their_own() {
    let bodies = r#"([[Io("1ms")], [Io("2ms"), Work("3ms")]])"#;
    let task = |open: &str, close: &str| {
        format!(
            " 0|{open}\n 1|  async {{ io(1 ms).await; }},\n  |  async {{\n 2|    io(2 ms).await;\n 3|    work(3 ms);\n  |  }},\n  |{close}"
        )
    };
    let thread = |open: &str, close: &str| {
        format!(
            " 0|{open}\n 1|  s.spawn(|| {{ io(1 ms); }});\n  |  s.spawn(|| {{\n 2|    io(2 ms);\n 3|    work(3 ms);\n  |  }});\n  |{close}"
        )
    };
    check(&format!("Join{bodies}"), &task("join!(", ");"), &thread("thread::scope(|s| {", "});"));
    check(
        &format!("Select{bodies}"),
        &task("select!(", "); // the others are dropped"),
        &thread("first_of(|s| {", "}); // the others run on"),
    );
}

#[test]
fn a_named_future_is_a_block_that_nothing_runs_until_it_is_awaited() {
    check(
        r#"Let("f", [Io("1ms")]), Await("f")"#,
        " 0|let f = async {\n 1|  io(1 ms).await;\n  |};\n 2|f.await;",
        " 0|let f = || {\n 1|  io(1 ms);\n  |};\n 2|f();",
    );
    check(
        r#"Let("f", []), Drop("f")"#,
        " 0|let f = async {\n  |};\n 1|drop(f);",
        " 0|let f = || {\n  |};\n 1|drop(f);",
    );
}

#[test]
fn a_step_knows_its_line_its_branch_and_its_loops() {
    let workload: Workload = ron::from_str(
        r#"(tasks: {"a": (ops: [Yield]), "b": (ops: [Repeat(3, [Join([[Yield], [Yield, Repeat(2, [Yield])]])]), Yield])})"#,
    )
    .unwrap();
    let (_, steps) = listings(&workload, Shape::Async);
    let told: Vec<(u32, u32, u32, Vec<u32>)> =
        steps.iter().map(|s| (s.program.0, s.line, s.branch.0, s.loops.iter().map(|l| l.times).collect())).collect();
    let expected = [
        (0, 1, 0, vec![]),
        (1, 1, 1, vec![]),
        (1, 2, 1, vec![3]),
        (1, 3, 3, vec![3]),
        (1, 5, 4, vec![3]),
        (1, 6, 4, vec![3]),
        (1, 7, 4, vec![3, 2]),
        (1, 12, 1, vec![]),
    ];
    assert_eq!(told, expected);
    assert_eq!(first_steps(&workload), [("a", StepId(0)), ("b", StepId(1))]);
}

#[test]
fn a_length_is_written_in_full() {
    let check = |ns, text: &str| assert_eq!(length(SimDuration::from_nanos(ns)), text);
    check(0, "0 ns");
    check(7, "7 ns");
    check(1_550, "1.55 µs");
    check(50_000, "50 µs");
    check(100_000, "0.1 ms");
    check(15_000_000, "15 ms");
    check(1_000_000_001, "1.000000001 s");
}

#[test]
fn a_step_is_named_in_a_word() {
    let names = |shape| {
        let workload: Workload = ron::from_str(
            r#"(tasks: {"t": (ops: [
                Lock("s", [Io("1ms")]), Join([[Offload("1ms")]]), Select([]), Timeout("1ms", []), Repeat(2, []),
                Try([], []), Let("f", []), Cancel("t"), Detach("t"),
            ])}, resources: {"s": std_mutex})"#,
        )
        .unwrap();
        listings(&workload, shape).1.into_iter().map(|step| step.text).collect::<Vec<_>>().join(" | ")
    };
    assert_eq!(
        names(Shape::Async),
        "s.lock() | io(1 ms).await | join! | spawn_blocking(|| block(1 ms)).await | select! | timeout(1 ms) | for _ in 0..2 | \
         try | let f | t.abort() | drop(t)"
    );
    assert_eq!(
        names(Shape::Threads),
        "s.lock() | io(1 ms) | thread::scope | block(1 ms) | first_of | first_within(1 ms) | for _ in 0..2 | try | \
         let f | nobody can stop a thread from outside: t runs on | drop(t)"
    );
}

use super::*;

/// The code of a task "t" of these steps beside "one" and three of "many", without its first and last line.
fn code(steps: &str, shape: Shape) -> String {
    let text = format!(r#"(tasks: {{"t": (ops: [{steps}]), "one": (ops: []), "many": (ops: [], count: 3)}})"#);
    let (programs, _) = listings(&ron::from_str(&text).unwrap(), shape);
    let lines = &programs[0].lines[1..programs[0].lines.len() - 1];
    lines
        .iter()
        .map(|line| format!("{}{}", "  ".repeat(line.depth as usize - 1), line.text))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_pool_is_submitted_to_and_one_thread_calls() {
    let steps = r#"Spawn("one"), JoinTask("one"), Spawn("many"), JoinTask("many"), Cancel("one")"#;
    assert_eq!(
        code(steps, Shape::Pool),
        "let one = pool.submit(one);\none.get()?;\nlet many = [(); 3].map(|_| pool.submit(many));\n\
         for task in many { task.get()?; }\none.cancel(); // if it has not begun"
    );
    assert_eq!(
        code(steps, Shape::Sequential),
        "let one = one();\none?;\nlet many = [(); 3].map(|_| many());\nfor done in many { done?; }\n\
         // one has returned: there is nothing to stop"
    );
}

#[test]
fn bodies_go_to_the_pool_or_are_done_in_turn() {
    let steps = r#"Join([[Io("1ms")], [Io("2ms"), Work("1ms")]]), Select([[Io("1ms")]]), Timeout("5ms", [Io("9ms")])"#;
    assert_eq!(
        code(steps, Shape::Pool),
        "pool.invoke_all([\n  || { io(1 ms); },\n  || {\n    io(2 ms);\n    work(1 ms);\n  },\n]);\n\
         pool.invoke_any([\n  || { io(1 ms); },\n]); // those that have begun run on\n\
         pool.submit(|| {\n  io(9 ms);\n}).get_within(5 ms)?; // if late, it runs on"
    );
    assert_eq!(
        code(steps, Shape::Sequential),
        "in_turn([\n  || { io(1 ms); },\n  || {\n    io(2 ms);\n    work(1 ms);\n  },\n]);\n\
         first_of([\n  || { io(1 ms); },\n]); // one thread does the first, and only that\n\
         timed(5 ms, || {\n  io(9 ms);\n})?; // nobody can interrupt it"
    );
}

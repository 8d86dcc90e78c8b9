use crate::program::ast::Workload;
use crate::program::listing::{Shape, listings};

/// The code of a task "t" of these steps, from its first line to its last; "N|" before each line that stands for step N.
fn code(steps: &str, shape: Shape) -> String {
    let workload = format!(
        r#"(tasks: {{"t": (ops: [{steps}]), "one": (ops: []), "many": (ops: [], count: 3)}},
            resources: {{"mu": mutex, "c": channel(capacity: 1)}})"#
    );
    let workload: Workload = ron::from_str(&workload).unwrap();
    let (programs, _) = listings(&workload, shape);
    let line = |line: &crate::trace::code::CodeLine| {
        let step = line.step.map_or_else(String::new, |step| step.0.to_string());
        format!("{step:>2}|{}{}\n", "  ".repeat(line.depth as usize), line.text)
    };
    programs[0].lines.iter().map(line).collect()
}

const STEPS: &str = r#"Spawn("one"), Spawn("many"), Lock("mu", [Work("1ms"), Io("10ms")]), Send("c"), Recv("c"),
    Select([[Recv("c")], [Sleep("5ms")]]), Join([[Io("1ms")], [Work("2ms")]]), Timeout("15ms", [IoOn("db")]),
    Try([Fail("no")], [Yield]), Cancel("many"), JoinTask("one")"#;

#[test]
fn goroutines_are_written_in_go() {
    assert_eq!(
        code(STEPS, Shape::Goroutines),
        r#"  |func t(ctx context.Context) error {
 0|  go one(ctx) // oneWg.Add(1)
 1|  for range 3 { go many(ctx) } // manyWg.Add(3)
 2|  mu.Lock()
 3|  work(1 ms)
 4|  read(ctx, 10 ms)
  |  mu.Unlock()
 5|  c <- struct{}{}
 6|  <-c
 7|  select {
 8|    case <-c:
 9|    case <-time.After(5 ms):
  |  }
  |  go func() {
11|    read(ctx, 1 ms)
  |  }()
  |  go func() {
12|    work(2 ms)
  |  }()
10|  wg.Wait()
13|  ctx, cancel := context.WithTimeout(ctx, 15 ms)
14|  read(ctx, "db")
  |  cancel()
15|  err := func() error {
16|    return errors.New("no")
  |  }()
15|  if err != nil {
17|    runtime.Gosched()
  |  }
18|  cancelMany()
19|  oneWg.Wait()
  |}
"#
    );
}

#[test]
fn processes_are_written_in_erlang() {
    assert_eq!(
        code(STEPS, Shape::Erlang),
        r#"  |t() ->
 0|  One = spawn_monitor(fun one/0),
 1|  Many = [spawn_monitor(fun many/0) || _ <- seq(1, 3)],
 2|  mu ! {self(), take}, receive {mu, yours} -> ok end,
 3|  work(1 ms),
 4|  io ! {self(), 10 ms}, receive {io, _} -> ok end,
  |  mu ! {self(), give_back},
 5|  c ! message,
 6|  receive {c, _} -> ok end,
 7|  receive
 8|    {c, _} -> ok;
 9|    after 5 ms -> ok
  |  end,
  |  spawn_monitor(fun() ->
11|    io ! {self(), 1 ms}, receive {io, _} -> ok end,
  |  end),
  |  spawn_monitor(fun() ->
12|    work(2 ms),
  |  end),
10|  [receive {'DOWN', One, ok} -> ok end || One <- Children],
13|  before(15 ms, fun() -> % for each receive
14|    db ! {self(), read}, receive {db, _} -> ok end,
  |  end), % a late answer stays in the mailbox
15|  try
16|    exit("no"),
  |  catch _ ->
17|    erlang:yield(),
  |  end,
18|  exit(Many, kill),
19|  receive {'DOWN', One, ok} -> ok end,
  |ok.
"#
    );
}

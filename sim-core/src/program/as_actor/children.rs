//! Actors that another has spawned: by name, or to express a step.

use super::*;

pub(super) fn spawn_child(env: &Rc<Env>, name: &str, at: &At) {
    let starts = starts(&env.world, name, &env.ends, Some(&at.place()));
    let children = starts.into_iter().map(|start| {
        let report = env.report();
        let handle = Start { report: Some(report.clone()), ..start }.now();
        Child { handle, report }
    });
    let children: Vec<Child> = children.collect();
    env.children.borrow_mut().entry(name.to_owned()).or_default().extend(children);
}

impl Env {
    fn report(&self) -> Report {
        Report { to: self.mailbox.clone(), tag: self.world.tag(), outcome: Rc::default() }
    }
}

/// Waits for the answer of each, in turn.
pub(super) async fn join(me: &Turn, children: &[Child], name: &str) -> Outcome {
    let (env, deadline) = (&me.env, me.deadline);
    let mut outcome = Ok(());
    for child in children {
        env.receive(deadline, env.mailbox.answer(child.report.tag)).await?;
        match child.report.outcome.take() {
            Some(Ok(())) => {}
            Some(Err(shared::Failure)) => outcome = fail(&format!("{name} had failed")),
            None => outcome = fail(&format!("{name} was killed")),
        }
    }
    outcome
}

/// A child for each body. It meets the same world as its parent, so it has its parent's path.
pub(super) fn helpers(me: &Turn, what: &str, op: &Op, bodies: &[Program], at: &At) -> Vec<Child> {
    let (env, deadline) = (&me.env, me.deadline);
    let one = |(i, program): (usize, &Program)| {
        let (name, report) = (format!("{} {what} {i}", env.name), env.report());
        let (child, told) = (Env::new(&env.world, &name, env.ends.clone()), Told { report: Some(report.clone()) });
        let code = body(&Turn { env: Rc::clone(&child), deadline }, program, at.body(op, i));
        let builder = TaskBuilder::new(name).path(&env.name).kind(TaskKind::Helper).future(IsFuture::No);
        let handle = builder.spawn_any(async move {
            let scope = Scope(child);
            let outcome = code.await;
            drop(scope);
            told.ends(outcome);
        });
        let task = handle.id().expect("an actor is a task");
        let row = sim::with(|sim| sim.kernel.borrow().recorder.tables().program_of(sim.actor.get()));
        row.into_iter().for_each(|row| shared::goes_through(Actor::Task(task), row));
        Child { handle, report }
    };
    bodies.iter().enumerate().map(one).collect()
}

/// The first answer counts; the others are killed.
pub(super) async fn first_of(me: &Turn, op: &Op, bodies: &[Program], at: &At) -> Outcome {
    let (env, deadline) = (&me.env, me.deadline);
    let children = helpers(me, "select", op, bodies, at);
    if children.is_empty() {
        return Ok(());
    }
    let tags: Vec<Tag> = children.iter().map(|child| child.report.tag).collect();
    let first = env.receive(deadline, env.mailbox.answer_of(&tags)).await;
    children.iter().for_each(|child| child.handle.abort());
    let first = first?;
    let child = children.iter().find(|child| child.report.tag == first).expect("one of them has answered");
    child.report.outcome.take().unwrap_or_else(|| fail("a child was killed"))
}

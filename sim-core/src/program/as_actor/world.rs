//! What all actors of a run know: the owners of what cannot be shared, and the supervisor.

use super::*;

/// What all actors of a run know. Dropped with the last of them: then the owners have nobody to serve.
pub(in crate::program) struct World {
    pub(super) shared: Rc<Shared>,
    pub(super) kind: Kind,
    /// By the name of the lock or device.
    pub(super) owners: BTreeMap<String, Mailbox>,
    pub(super) supervisor: Mailbox,
    pub(super) crashed: Crashed,
    tags: Cell<u64>,
}

/// What the supervisor will start again.
pub(super) type Crashed = Rc<RefCell<BTreeMap<Tag, Start>>>;

impl World {
    /// Starts the owners, and the supervisor if any task has one.
    pub fn new(shared: &Rc<Shared>, kind: Kind) -> Rc<World> {
        let mut owners = BTreeMap::new();
        for (name, spec) in shared.workload.resources.iter() {
            if !is_owned(spec) {
                continue;
            }
            let mailbox = Mailbox::of(&format!("{name}'s owner"));
            let (want, _) = shared.want(name, Mode::Shared);
            owner(&format!("{name}'s owner"), serve_lock(mailbox.clone(), want.resource));
            owners.insert(name.to_owned(), mailbox);
        }
        for device in devices(shared) {
            let mailbox = Mailbox::of(&format!("{device}'s owner"));
            owner(&format!("{device}'s owner"), serve_device(mailbox.clone(), device.clone()));
            owners.insert(device, mailbox);
        }
        let (supervisor, crashed) = (Mailbox::of("supervisor"), Crashed::default());
        if shared.workload.tasks.iter().any(|(_, task)| task.restart > 0) {
            owner("supervisor", supervise(supervisor.clone(), Rc::clone(&crashed)));
        }
        Rc::new(World { shared: Rc::clone(shared), kind, owners, supervisor, crashed, tags: Cell::new(0) })
    }

    /// A reference that no other has.
    pub(super) fn tag(&self) -> Tag {
        self.tags.set(self.tags.get() + 1);
        Tag(self.tags.get())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if sim::try_with(|sim| !sim.is_ending()).unwrap_or(false) {
            self.owners.values().for_each(Mailbox::close);
            self.supervisor.close();
        }
    }
}

fn is_owned(spec: &ResourceSpec) -> bool {
    match spec {
        ResourceSpec::Mutex | ResourceSpec::StdMutex | ResourceSpec::RwLock | ResourceSpec::Semaphore { .. } => true,
        ResourceSpec::Channel { .. } | ResourceSpec::UnboundedChannel => false,
        ResourceSpec::Notify | ResourceSpec::Barrier { .. } => false,
    }
}

/// The named devices that any task uses, in the order of the file.
fn devices(shared: &Shared) -> Vec<String> {
    let mut devices: Vec<String> = Vec::new();
    for (_, task) in shared.workload.tasks.iter() {
        visit(&task.ops, &mut |op| match op {
            Op::IoOn(device) if !devices.contains(device) => devices.push(device.clone()),
            // The rest speaks to no named device.
            _ => {}
        });
    }
    devices
}

/// An actor that the model needs. It ends when nobody can write to it any more.
fn owner(name: &str, code: impl Future<Output = ()> + 'static) {
    let handle = TaskBuilder::new(name).kind(TaskKind::Helper).future(IsFuture::No).spawn_any(code);
    handle.leave();
}

/// `supervisor`, one for one: starts whoever has crashed again.
async fn supervise(mailbox: Mailbox, crashed: Crashed) {
    while let Some(letter) = mailbox.next().await {
        let Letter::Crashed(tag) = letter else { unreachable!("only crashes are told to the supervisor") };
        let again = crashed.borrow_mut().remove(&tag);
        again.into_iter().for_each(|start| start.now().leave());
    }
}

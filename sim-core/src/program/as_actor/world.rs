//! What all actors of a run know: the owners of what cannot be shared, and the supervisors.

use super::*;

/// What all actors of a run know. Dropped with the last of them: then the owners have nobody to serve.
pub(in crate::program) struct World {
    pub(super) shared: Rc<Shared>,
    pub(super) kind: Kind,
    /// By the name of the lock or device.
    pub(super) owners: BTreeMap<String, Mailbox>,
    /// By the name of the task whose instances it starts again.
    pub(super) supervisors: BTreeMap<String, Rc<Supervisor>>,
    tags: Cell<u64>,
}

impl World {
    /// Starts the owners, and a supervisor for each task that has one.
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
        let mut supervisors = BTreeMap::new();
        for (task, spec) in shared.workload.tasks.iter().filter(|(_, spec)| spec.restart > 0) {
            let name = format!("{task}'s supervisor");
            let supervisor = Supervisor::new(&name, kind, spec.restart);
            owner(&name, Rc::clone(&supervisor).supervise());
            supervisors.insert(task.to_owned(), supervisor);
        }
        Rc::new(World { shared: Rc::clone(shared), kind, owners, supervisors, tags: Cell::new(0) })
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
            self.supervisors.values().for_each(|supervisor| supervisor.close());
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

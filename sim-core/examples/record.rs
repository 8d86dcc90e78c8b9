//! A run saved as a file: `wakeline FILE` then opens it in the window, and `wakeline events FILE` lists it.
//!
//! One sees the markers that the code set, and the fingerprint of the run: the same on every computer, because nothing
//! in it is left to chance. The first argument says where to save; a temporary file otherwise.

use sim_core::{Device, Executor, Latency, Machine, SimDuration, TaskBuilder, Trace, io::Request, mark, work};

const fn ms(n: u64) -> SimDuration {
    SimDuration::from_millis(n)
}

async fn client(name: &'static str) {
    Request::new().submit().await; // as long as the device takes
    work(ms(1));
    mark(format!("{name} done"));
}

fn main() {
    let path = std::env::args_os().nth(1).map_or_else(|| std::env::temp_dir().join("x.wkl"), Into::into);
    let network = Device::new("network", Latency::Uniform(ms(5), ms(20)));
    let outcome = Machine::new().cores(2).devices(vec![network]).seed(7).run_async(Executor::stealing(2), || async {
        let clients = ["a", "b", "c"].map(|name| TaskBuilder::new(name).spawn(client(name)));
        for client in clients {
            client.await.unwrap();
        }
    });
    outcome.trace.save(&path).expect("the file can be written");
    for marker in outcome.trace.markers() {
        println!("{:>6.3} ms  {}", marker.time.as_millis_f64(), marker.text);
    }
    let (read, damage) = Trace::load(&path).expect("what was written can be read");
    assert!(damage.is_none() && read.digest() == outcome.trace.digest());
    println!("{} events, digest {}", read.len(), read.digest());
    println!("open it with: wakeline {}", path.display());
}

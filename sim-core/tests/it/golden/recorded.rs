//! The orders that the real runtimes gave.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

/// Marker order by mode.
pub type Orders = BTreeMap<String, String>;

/// What was recorded of a workload: the mode's name and its markers.
pub fn orders(workload: &str) -> &'static Orders {
    all().get(workload).unwrap_or_else(|| panic!("{workload} is not in async_runtimes.json"))
}

/// Every recorded workload.
pub fn all() -> &'static BTreeMap<String, Orders> {
    static ALL: OnceLock<BTreeMap<String, Orders>> = OnceLock::new();
    ALL.get_or_init(|| {
        let file: Value = serde_json::from_str(include_str!("async_runtimes.json")).expect("the file is JSON");
        let workloads = file["workloads"].as_object().expect("the file lists workloads");
        let orders = |value: &Value| serde_json::from_value(value["order"].clone()).expect("orders are texts by mode");
        workloads.iter().map(|(name, value)| (name.clone(), orders(value))).collect()
    })
}

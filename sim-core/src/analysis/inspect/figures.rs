//! Counts as sentences write them: the noun is always there.

pub use crate::clock::thousands;

/// "1 task", "12,345 tasks".
pub fn counted(number: u64, one: &str, more: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {more}", thousands(number)) }
}

//! Fetching what the next polls need from memory while the present one runs.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Core;

/// So many tasks stay in the cache by themselves.
pub(super) const FEW: usize = 16_384;

impl Core {
    /// With many tasks a poll costs what fetching the task from memory does: the slot of the third in line and the future
    /// and cell of the second are asked for while the first is polled.
    #[inline(always)]
    pub(super) fn look_ahead(&self, list: &VecDeque<u32>) {
        if let Some(third) = list.get(2) {
            prefetch(&raw const self.tasks[*third as usize]);
        }
        if let Some(second) = list.get(1) {
            let slot = &self.tasks[*second as usize];
            if let (Some(future), Some(cell)) = (&slot.future, &slot.cell) {
                prefetch(&raw const **future);
                prefetch(Arc::as_ptr(cell));
            }
        }
    }
}

/// Asks for a line of memory that will be needed soon. Changes nothing but the time it takes.
#[inline(always)]
fn prefetch<T: ?Sized>(what: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing that the program can see, and may be given any address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(what.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = what;
}

//! An event as it is held: 16 bytes, and a side table for values that do not fit.
//!
//! Owns the bits. Which events there are is [`super`]'s.

use crate::instant::{SimDuration, SimTime};
use crate::trace::ids::*;

/// One event in 16 bytes: 48 bits of time, 8 of kind, 8 of flags, and two 32-bit fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Record {
    head: u64,
    /// First field; its meaning depends on the kind.
    pub a: u32,
    /// Second field; its meaning depends on the kind.
    pub b: u32,
}

impl Record {
    /// Packs a record. `time` is held at [`SimTime::MAX`] by the type's own arithmetic.
    #[inline]
    pub const fn new(time: SimTime, kind: u8, flags: u8, a: u32, b: u32) -> Record {
        Record { head: time.as_nanos() << 16 | (kind as u64) << 8 | flags as u64, a, b }
    }

    /// When it happened.
    #[inline]
    pub const fn time(self) -> SimTime {
        SimTime::from_nanos(self.head >> 16)
    }

    /// Which event this is: the number in [`super::Event`]'s catalogue.
    #[inline]
    pub const fn kind(self) -> u8 {
        (self.head >> 8) as u8
    }

    /// The 8 flags; their meaning depends on the kind.
    #[inline]
    pub const fn flags(self) -> u8 {
        self.head as u8
    }

    /// The record as 16 bytes, little-endian: what is hashed and stored.
    pub fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.head.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.a.to_le_bytes());
        bytes[12..].copy_from_slice(&self.b.to_le_bytes());
        bytes
    }

    /// The record from [`Record::to_bytes`].
    pub fn from_bytes(bytes: [u8; 16]) -> Record {
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Record { head: u64::from(word(0)) | u64::from(word(4)) << 32, a: word(8), b: word(12) }
    }
}

/// A value that fits in a 32-bit field, with the side table of wide values where it does not.
pub trait Field: Copy {
    /// The field's bits; a value too large for them goes into `wide` and leaves its place there.
    fn put(self, wide: &mut Vec<u64>) -> u32;
    /// The value, from the field's bits and the side table. A place that is not there reads as zero.
    fn get(bits: u32, wide: &[u64]) -> Self;
}

impl<T: Pack32> Field for T {
    #[inline]
    fn put(self, _: &mut Vec<u64>) -> u32 {
        self.pack()
    }
    #[inline]
    fn get(bits: u32, _: &[u64]) -> T {
        T::unpack(bits)
    }
}

const WIDE: u32 = 1 << 31;

impl Field for u64 {
    #[inline]
    fn put(self, wide: &mut Vec<u64>) -> u32 {
        if self < u64::from(WIDE) {
            return self as u32;
        }
        wide.push(self);
        WIDE | u32::try_from(wide.len() - 1).expect("a run has fewer than 2^31 wide values")
    }
    #[inline]
    fn get(bits: u32, wide: &[u64]) -> u64 {
        if bits & WIDE == 0 { u64::from(bits) } else { wide.get((bits & !WIDE) as usize).copied().unwrap_or(0) }
    }
}

impl Field for SimDuration {
    #[inline]
    fn put(self, wide: &mut Vec<u64>) -> u32 {
        self.as_nanos().put(wide)
    }
    #[inline]
    fn get(bits: u32, wide: &[u64]) -> SimDuration {
        SimDuration::from_nanos(u64::get(bits, wide))
    }
}

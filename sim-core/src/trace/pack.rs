//! Records as few bytes: each is written as what differs from the last one of its kind.
//!
//! ```text
//! record = kind:u8 (bit 7: flags follow; 127: the kind follows) [kind:u8] [flags:u8] dt:varint da:zigzag db:zigzag
//! ```
//! Times are differences to the record before, modulo 2^48. A stretch of records stands alone: nothing is carried over.

use super::event::Record;
use crate::instant::SimTime;

const NEW_FLAGS: u8 = 128;
const ESCAPE: u8 = 127;
const TIME_MASK: u64 = SimTime::MAX.as_nanos();

/// What the records so far predict of the next.
struct Model {
    time: u64,
    last: Box<[(u8, u32, u32); 256]>,
}

impl Model {
    fn new() -> Model {
        Model { time: 0, last: Box::new([(0, 0, 0); 256]) }
    }
}

/// The records as bytes.
pub(super) fn pack(records: &[Record]) -> Vec<u8> {
    let mut model = Model::new();
    let mut out = Vec::with_capacity(records.len() * 5);
    for record in records {
        let kind = record.kind();
        let (flags, a, b) = std::mem::replace(&mut model.last[usize::from(kind)], (record.flags(), record.a, record.b));
        let new_flags = if flags == record.flags() { 0 } else { NEW_FLAGS };
        out.push(kind.min(ESCAPE) | new_flags);
        if kind >= ESCAPE {
            out.push(kind);
        }
        if new_flags != 0 {
            out.push(record.flags());
        }
        let time = record.time().as_nanos();
        put_varint(&mut out, time.wrapping_sub(model.time) & TIME_MASK);
        model.time = time;
        put_varint(&mut out, u64::from(zigzag(record.a.wrapping_sub(a))));
        put_varint(&mut out, u64::from(zigzag(record.b.wrapping_sub(b))));
    }
    out
}

/// The records of [`pack`]. Every record takes at least four bytes, so the result is bounded by the input.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<Record>, &'static str> {
    let mut model = Model::new();
    let mut records = Vec::with_capacity(bytes.len() / 4);
    let mut rest = bytes.iter().copied();
    while let Some(first) = rest.next() {
        records.push(next_record(&mut model, first, &mut rest).ok_or("its events make no sense")?);
    }
    Ok(records)
}

fn next_record(model: &mut Model, first: u8, rest: &mut impl Iterator<Item = u8>) -> Option<Record> {
    let kind = match first & !NEW_FLAGS {
        ESCAPE => rest.next()?,
        kind => kind,
    };
    let last = &mut model.last[usize::from(kind)];
    if first & NEW_FLAGS != 0 {
        last.0 = rest.next()?;
    }
    model.time = model.time.wrapping_add(get_varint(rest)?) & TIME_MASK;
    last.1 = last.1.wrapping_add(unzigzag(u32::try_from(get_varint(rest)?).ok()?));
    last.2 = last.2.wrapping_add(unzigzag(u32::try_from(get_varint(rest)?).ok()?));
    Some(Record::new(SimTime::from_nanos(model.time), kind, last.0, last.1, last.2))
}

fn zigzag(difference: u32) -> u32 {
    let signed = difference as i32;
    ((signed << 1) ^ (signed >> 31)) as u32
}

fn unzigzag(bits: u32) -> u32 {
    (bits >> 1) ^ (bits & 1).wrapping_neg()
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 128 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

fn get_varint(rest: &mut impl Iterator<Item = u8>) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let byte = rest.next()?;
        value |= u64::from(byte & 127) << shift;
        if byte & 128 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_survive_packing() {
        let time = SimTime::from_nanos;
        let records = vec![
            Record::new(time(5), 4, 0, 7, u32::MAX),
            Record::new(time(5), 200, 255, 0, 1),
            Record::new(time(TIME_MASK), 127, 1, u32::MAX, 0),
            Record::new(time(3), 4, 9, 0, 0),
        ];
        assert_eq!(unpack(&pack(&records)), Ok(records));
    }

    #[test]
    fn a_usual_record_takes_four_bytes() {
        let record = |n: u32| Record::new(SimTime::from_nanos(u64::from(n)), 4, 0, n, 3);
        let records: Vec<Record> = (0..1000).map(record).collect();
        assert!(pack(&records).len() <= 4 * 1000 + 8);
    }
}

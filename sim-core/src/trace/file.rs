//! Traces as files, `.wkl`: written once, read back whole, or up to the last whole section where one was cut off.
//!
//! ```text
//! file     = "WAKELINE" version:u32 section*
//! section  = tag:[u8;4] raw:u32 packed:u32 checksum:u64 bytes[packed]     bytes: LZ4 block of `raw` bytes
//! "ROWS"   = rows that the side tables gain, as postcard writes `Tables`
//! "FMLY"   = what the run's tasks are, as postcard writes `Family`
//! "NICE"   = threads with another nice value than 0, as postcard writes pairs of id and value
//! "DRVR"   = whose the drivers are, as postcard writes `Drivers`; only where each worker has its own
//! "TAKE"   = queues of which it is known who takes from them, as postcard writes pairs of id and `Takers`
//! "EVTS"   = records, see [`super::pack`]
//! "CODE"   = rows of programs, steps and who goes through which, as postcard writes the three
//! "DONE"   = the number of events, u64: the last section
//! ```
//! All numbers are little-endian. The checksum is XXH3-64 of tag, both lengths and the packed bytes. Rows stand before
//! the first event that names them. Every length is checked before anything is allocated for it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use super::event::Record;
use super::family::Family;
use super::ids::{QueueId, ThreadId};
use super::pack;
use super::store::{CHUNK_RECORDS, Chunk, Trace, TracePart};
use super::tables::{Drivers, RowCounts, Tables, Takers};

/// The version that this program writes, and the newest that it reads.
pub const VERSION: u32 = 1;

const MAGIC: &[u8; 8] = b"WAKELINE";
const HEADER: usize = 12;
const SECTION_HEADER: usize = 20;
const ROWS: [u8; 4] = *b"ROWS";
const FAMILY: [u8; 4] = *b"FMLY";
const NICE: [u8; 4] = *b"NICE";
const DRIVERS: [u8; 4] = *b"DRVR";
const TAKERS: [u8; 4] = *b"TAKE";
const EVENTS: [u8; 4] = *b"EVTS";
const CODE: [u8; 4] = *b"CODE";
const DONE: [u8; 4] = *b"DONE";

/// A section's contents are at most this large (64 MiB).
const MAX_RAW: usize = 1 << 26;

/// So many rows of each table go into one section: with texts of less than 4 KiB on average, it stays below the limit.
const ROWS_A_SECTION: usize = 16_384;

/// LZ4 cannot do better than this: a section that claims more is damaged.
const MAX_RATIO: usize = 255;

/// Why a file could not be opened as a trace at all.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It could not be read or written.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// It is something else.
    #[error("this is not a Wakeline trace: it does not begin with \"WAKELINE\"")]
    NotATrace,
    /// A later version wrote it.
    #[error(
        "this trace was written by a newer Wakeline (format {found}; this one reads up to {VERSION}): update Wakeline to open it"
    )]
    TooNew {
        /// The file's version.
        found: u32,
    },
}

/// Why a trace ends earlier than it was written. Everything before is whole.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the file is damaged at byte {at} ({what}): the first {events} events could be read")]
pub struct Damage {
    /// Where the first section stands that could not be read.
    pub at: usize,
    /// What is wrong with it.
    pub what: &'static str,
    /// How many events stand before it.
    pub events: usize,
}

impl Trace {
    /// Writes the trace to a file that `wakeline FILE` opens.
    ///
    /// ```
    /// use sim_core::{Executor, Machine, SimDuration, Trace, io};
    ///
    /// let run = || async { io(SimDuration::from_millis(10)).await };
    /// let trace = Machine::new().run_async(Executor::fifo(1), run).trace;
    /// let path = std::env::temp_dir().join("wakeline-doc-example.wkl");
    /// trace.save(&path).unwrap();
    /// let (read, damage) = Trace::load(&path).unwrap();
    /// assert_eq!((read.digest(), damage), (trace.digest(), None));
    /// # std::fs::remove_file(path).unwrap();
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), FileError> {
        let path = path.as_ref();
        let write = || {
            let mut writer = Writer::new(BufWriter::new(File::create(path)?))?;
            writer.trace(self)?;
            writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
        };
        write().map_err(|error| FileError::Io { path: path.to_owned(), error })
    }

    /// Reads a trace from a file; with the damage, if only its beginning could be read.
    pub fn load(path: impl AsRef<Path>) -> Result<(Trace, Option<Damage>), FileError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| FileError::Io { path: path.to_owned(), error })?;
        read(&bytes)
    }

    /// The trace as the bytes of a file.
    pub fn to_file_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new()).expect("writing to memory does not fail");
        writer.trace(self).expect("a trace whose texts are short fits into sections");
        writer.finish().expect("writing to memory does not fail")
    }
}

/// Writes a trace part by part, as it grows.
pub struct Writer<W: Write> {
    out: W,
    events: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    pub fn new(mut out: W) -> io::Result<Writer<W>> {
        out.write_all(MAGIC)?;
        out.write_all(&VERSION.to_le_bytes())?;
        Ok(Writer { out, events: 0 })
    }

    /// Adds the next part of a growing trace.
    pub fn part(&mut self, part: &TracePart) -> io::Result<()> {
        self.rows(&part.tables)?;
        self.records(part.chunk.records())
    }

    /// Adds a whole trace; all its rows stand first, so that every name is there if the file is cut off.
    pub fn trace(&mut self, trace: &Trace) -> io::Result<()> {
        self.rows(trace.tables())?;
        trace.chunks().iter().try_for_each(|chunk| self.records(chunk.records()))
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<W> {
        let events = self.events.to_le_bytes();
        self.section(DONE, &events)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn rows(&mut self, tables: &Tables) -> io::Result<()> {
        let mut before = RowCounts::default();
        loop {
            let (first, first_queue) = (before.threads(), before.queues());
            let rows = tables.rows_after(before, ROWS_A_SECTION);
            before = before.plus(rows.counts());
            let raw = postcard::to_stdvec(&rows).map_err(io::Error::other)?;
            self.section(ROWS, &raw)?;
            self.family(rows.run.family)?;
            self.nice(first, &rows)?;
            self.drivers(rows.run.drivers)?;
            self.takers(first_queue, &rows)?;
            self.code(&rows)?;
            if before == tables.counts() {
                return Ok(());
            }
        }
    }

    /// Not for one driver: of that the first files say nothing either.
    fn drivers(&mut self, drivers: Drivers) -> io::Result<()> {
        match drivers {
            Drivers::Common => Ok(()),
            Drivers::OfWorkers => self.section(DRIVERS, &postcard::to_stdvec(&drivers).map_err(io::Error::other)?),
        }
    }

    /// Not for async and threads: those the first rows tell apart.
    fn family(&mut self, family: Family) -> io::Result<()> {
        match family {
            Family::Async | Family::Threads => Ok(()),
            Family::Pool | Family::Sequential | Family::Callbacks | Family::Coroutines | Family::Actors => {
                self.section(FAMILY, &postcard::to_stdvec(&family).map_err(io::Error::other)?)
            }
        }
    }

    /// Of the threads in these rows, the first of which is thread `first`; only where there is something to say.
    fn nice(&mut self, first: usize, rows: &Tables) -> io::Result<()> {
        let known = rows.threads.iter().enumerate().filter(|(_, thread)| thread.nice != 0);
        let nice: Vec<(u32, i32)> = known.map(|(n, thread)| ((first + n) as u32, thread.nice)).collect();
        if nice.is_empty() {
            return Ok(());
        }
        self.section(NICE, &postcard::to_stdvec(&nice).map_err(io::Error::other)?)
    }

    /// Of the queues in these rows, the first of which is queue `first`; only where there is something to say.
    fn takers(&mut self, first: usize, rows: &Tables) -> io::Result<()> {
        let known = rows.queues.iter().enumerate().filter(|(_, queue)| queue.takers != Takers::Unknown);
        let takers: Vec<(u32, Takers)> = known.map(|(n, queue)| ((first + n) as u32, queue.takers)).collect();
        if takers.is_empty() {
            return Ok(());
        }
        self.section(TAKERS, &postcard::to_stdvec(&takers).map_err(io::Error::other)?)
    }

    fn code(&mut self, rows: &Tables) -> io::Result<()> {
        if rows.programs.is_empty() && rows.steps.is_empty() && rows.runners.is_empty() {
            return Ok(());
        }
        let raw = postcard::to_stdvec(&(&rows.programs, &rows.steps, &rows.runners)).map_err(io::Error::other)?;
        self.section(CODE, &raw)
    }

    fn records(&mut self, records: &[Record]) -> io::Result<()> {
        self.events += records.len() as u64;
        self.section(EVENTS, &pack::pack(records))
    }

    fn section(&mut self, tag: [u8; 4], raw: &[u8]) -> io::Result<()> {
        if raw.len() > MAX_RAW {
            return Err(io::Error::other("a text of this trace is too long for its file format"));
        }
        let packed = lz4_flex::block::compress(raw);
        let header = Header { tag, raw: raw.len() as u32, packed: packed.len() as u32 };
        self.out.write_all(&header.to_bytes())?;
        self.out.write_all(&header.checksum(&packed).to_le_bytes())?;
        self.out.write_all(&packed)
    }
}

#[derive(Clone, Copy)]
struct Header {
    tag: [u8; 4],
    raw: u32,
    packed: u32,
}

impl Header {
    fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&self.tag);
        bytes[4..8].copy_from_slice(&self.raw.to_le_bytes());
        bytes[8..].copy_from_slice(&self.packed.to_le_bytes());
        bytes
    }

    fn checksum(self, packed: &[u8]) -> u64 {
        let mut hash = Xxh3::new();
        hash.update(&self.to_bytes());
        hash.update(packed);
        hash.digest()
    }
}

/// Reads a trace from a file's bytes, up to the last whole section. Never panics, whatever the bytes.
pub fn read(bytes: &[u8]) -> Result<(Trace, Option<Damage>), FileError> {
    if !bytes.starts_with(MAGIC) {
        return Err(FileError::NotATrace);
    }
    let mut reader = Reader { trace: Trace::default(), open: Vec::new() };
    let Some(version) = u32_at(bytes, MAGIC.len()) else {
        return Ok((reader.trace, Some(Damage { at: bytes.len(), what: "the file ends too early", events: 0 })));
    };
    if version > VERSION {
        return Err(FileError::TooNew { found: version });
    }
    let mut at = HEADER;
    let problem = loop {
        match reader.section(&bytes[at..]) {
            Ok(Step::Next(length)) => at += length,
            Ok(Step::Done) => break None,
            Err(what) => break Some(what),
        }
    };
    let trace = reader.finish();
    let events = trace.len();
    Ok((trace, problem.map(|what| Damage { at, what, events })))
}

enum Step {
    Next(usize),
    Done,
}

struct Reader {
    trace: Trace,
    /// The records of the chunk that is not full yet.
    open: Vec<Record>,
}

impl Reader {
    /// Takes in the section that `rest` begins with.
    fn section(&mut self, rest: &[u8]) -> Result<Step, &'static str> {
        const SHORT: &str = "the file ends too early";
        let header = rest.get(..SECTION_HEADER).ok_or(SHORT)?;
        let (raw, packed) = (u32_at(header, 4).ok_or(SHORT)?, u32_at(header, 8).ok_or(SHORT)?);
        let header = Header { tag: [header[0], header[1], header[2], header[3]], raw, packed };
        let length = SECTION_HEADER + packed as usize;
        let body = rest.get(SECTION_HEADER..length).ok_or(SHORT)?;
        if u64_at(rest, 12) != Some(header.checksum(body)) {
            return Err("its checksum is wrong");
        }
        let raw = unpack_body(body, raw as usize)?;
        match header.tag {
            ROWS => self.rows(&raw)?,
            FAMILY => self.family(&raw)?,
            NICE => self.nice(&raw)?,
            DRIVERS => self.drivers(&raw)?,
            TAKERS => self.takers(&raw)?,
            CODE => self.code(&raw)?,
            EVENTS => self.records(&raw)?,
            DONE => return self.done(&raw),
            // Something that a newer program of the same version added: safe to pass over.
            _ => {}
        }
        Ok(Step::Next(length))
    }

    fn rows(&mut self, raw: &[u8]) -> Result<(), &'static str> {
        let rows: Tables = postcard::from_bytes(raw).map_err(|_| "its rows make no sense")?;
        self.trace.append_rows(rows);
        self.trace.set_family(self.trace.tables().run.family());
        Ok(())
    }

    fn family(&mut self, raw: &[u8]) -> Result<(), &'static str> {
        let family = postcard::from_bytes(raw).map_err(|_| "it does not say what its tasks are")?;
        self.trace.set_family(family);
        Ok(())
    }

    fn nice(&mut self, raw: &[u8]) -> Result<(), &'static str> {
        let nice: Vec<(u32, i32)> = postcard::from_bytes(raw).map_err(|_| "its nice values make no sense")?;
        nice.into_iter().for_each(|(thread, value)| self.trace.set_nice(ThreadId(thread), value));
        Ok(())
    }

    fn drivers(&mut self, raw: &[u8]) -> Result<(), &'static str> {
        let drivers = postcard::from_bytes(raw).map_err(|_| "it does not say whose its drivers are")?;
        self.trace.set_drivers(drivers);
        Ok(())
    }

    fn takers(&mut self, raw: &[u8]) -> Result<(), &'static str> {
        let takers: Vec<(u32, Takers)> =
            postcard::from_bytes(raw).map_err(|_| "it does not say who takes from its queues")?;
        takers.into_iter().for_each(|(queue, takers)| self.trace.set_takers(QueueId(queue), takers));
        Ok(())
    }

    fn code(&mut self, raw: &[u8]) -> Result<(), &'static str> {
        let (programs, steps, runners) = postcard::from_bytes(raw).map_err(|_| "its programs make no sense")?;
        self.trace.append_rows(Tables { programs, steps, runners, ..Tables::default() });
        Ok(())
    }

    fn records(&mut self, raw: &[u8]) -> Result<(), &'static str> {
        for record in pack::unpack(raw)? {
            if self.open.len() == CHUNK_RECORDS {
                self.flush();
            }
            self.open.push(record);
        }
        Ok(())
    }

    fn done(&self, raw: &[u8]) -> Result<Step, &'static str> {
        let events = self.trace.len() + self.open.len();
        if u64_at(raw, 0) == Some(events as u64) {
            Ok(Step::Done)
        } else {
            Err("it counts other events than there are")
        }
    }

    fn flush(&mut self) {
        let chunk = Arc::new(Chunk::of(std::mem::take(&mut self.open)));
        self.trace.append(TracePart { chunk, tables: Tables::default() });
    }

    fn finish(mut self) -> Trace {
        self.flush();
        self.trace
    }
}

fn unpack_body(body: &[u8], raw: usize) -> Result<Vec<u8>, &'static str> {
    const WRONG: &str = "its contents cannot be unpacked";
    if raw > MAX_RAW || raw > body.len().saturating_mul(MAX_RATIO) + 64 {
        return Err("it claims an impossible length");
    }
    let mut bytes = vec![0; raw];
    let filled = lz4_flex::block::decompress_into(body, &mut bytes).map_err(|_| WRONG)?;
    if filled == raw { Ok(bytes) } else { Err(WRONG) }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

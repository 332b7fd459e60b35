//! The three stages of a replay, in turn or each on a thread of its own.
//!
//! Reading and making frames costs about as much as judging or as writing lines, and only the engine
//! has a state. Batches walk from stage to stage in their order through short queues and come back
//! to be filled again: so the output is the same as in turn, and the memory is that of a few batches,
//! whatever the input.

use super::reader::{Found, Read, Reader};
use super::summary::Summary;
use super::writer::Writer;
use anyhow::Result;
use credsieve_engine::{Engine, Observed};
use std::io::Write;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Batches that wait before a stage; a stage that is ahead waits for the others.
const QUEUE: usize = 4;

/// A batch on its way.
#[derive(Default)]
struct Batch {
    read: Read,
    observed: Vec<Observed>,
}

/// What reading came to, and what writing.
pub type Done = (Result<Found>, Result<Summary>);

/// Reads, judges and writes batch by batch.
pub fn in_turn(
    mut reader: Reader<'_>,
    engine: &mut Engine,
    mut writer: Writer<'_, impl Write>,
) -> Done {
    let mut batch = Batch::default();
    loop {
        match reader.read(&mut batch.read) {
            Ok(true) => {}
            Ok(false) => return (reader.finish(), writer.finish()),
            Err(error) => return (Err(error), writer.finish()),
        }
        judge(engine, &mut batch);
        if let Err(error) = writer.write(&batch.read, &mut batch.observed) {
            return (reader.finish(), Err(error));
        }
    }
}

/// The same on three threads, of which the caller's is one.
pub fn on_threads(
    reader: Reader<'_>,
    engine: &mut Engine,
    writer: Writer<'_, impl Write + Send>,
) -> Done {
    let (to_engine, of_reader) = sync_channel::<Batch>(QUEUE);
    let (to_writer, of_engine) = sync_channel::<Batch>(QUEUE);
    let (to_reader, empty) = sync_channel::<Batch>(2 * QUEUE + 3);
    thread::scope(|scope| {
        let reading = scope.spawn(move || read_all(reader, &empty, &to_engine));
        let writing = scope.spawn(move || write_all(writer, &of_engine, &to_reader));
        for mut batch in of_reader {
            judge(engine, &mut batch);
            if to_writer.send(batch).is_err() {
                break; // The writer failed and says why.
            }
        }
        drop(to_writer);
        let written = writing
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let read = reading
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (read, written)
    })
}

fn judge(engine: &mut Engine, batch: &mut Batch) {
    let Batch { read, observed } = batch;
    if read.questions.is_empty() {
        engine.observe_with_words(&read.frames, &|n| read.ids.words(n), observed);
    } else {
        ask(engine, read, observed);
    }
}

/// Asks about each attempt, as an auth service does, before the engine hears how it ended. The answers stand in place of the
/// verdicts; what is found out later is no answer.
fn ask(engine: &mut Engine, read: &Read, observed: &mut Vec<Observed>) {
    let mut said = Vec::new();
    for (n, (frame, question)) in read.frames.iter().zip(&read.questions).enumerate() {
        let answer = engine.peek(question, frame.time_ms);
        let frames = std::slice::from_ref(frame);
        engine.observe_with_words(frames, &|_| read.ids.words(n), &mut said);
        let mut answer = Some(answer);
        observed.extend(said.drain(..).filter_map(|said| match said {
            Observed::Judged(_) => answer.take().map(Observed::Judged),
            Observed::Repeat => Some(Observed::Repeat),
            Observed::Revised(_) | Observed::Campaign(_) => None,
        }));
    }
}

fn read_all(
    mut reader: Reader<'_>,
    empty: &Receiver<Batch>,
    to_engine: &SyncSender<Batch>,
) -> Result<Found> {
    loop {
        let mut batch = empty.try_recv().unwrap_or_default();
        if !reader.read(&mut batch.read)? {
            break;
        }
        if to_engine.send(batch).is_err() {
            break; // Nobody listens any more.
        }
    }
    reader.finish()
}

fn write_all(
    mut writer: Writer<'_, impl Write>,
    of_engine: &Receiver<Batch>,
    to_reader: &SyncSender<Batch>,
) -> Result<Summary> {
    for mut batch in of_engine {
        writer.write(&batch.read, &mut batch.observed)?;
        // Where the reader is done nobody needs it.
        to_reader.try_send(batch).unwrap_or_default();
    }
    writer.finish()
}

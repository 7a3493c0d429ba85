//! Files that are sent while they are written: a task reads rows and writes lines, the response takes
//! them piece by piece, and neither waits for more than a few pieces of the other.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, TryStreamExt, stream};
use measurand::{Param, Value};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::csv::{self, Cell};
use crate::database::{Snapshot, values};
use crate::error::{Answered, Refusal};

/// How many bytes of a file are sent at once, and how many such pieces wait for a slow reader.
const PIECE: usize = 64 * 1024;
const WAITING: usize = 4;

/// Where a file is written to.
pub type Pieces = Sender<Answered<Bytes>>;

/// What is written of a row.
pub type CellsOf<'s> = dyn Fn(&[Option<Value>]) -> Vec<Cell> + Send + Sync + 's;

/// The lines of a file: a statement, and what is written of each of its rows.
pub struct Lines<'s> {
    /// The text.
    pub sql: &'s str,
    /// Its parameters.
    pub params: &'s [Param],
    /// The names of the columns.
    pub header: Vec<&'s str>,
    /// The cells of a row.
    pub cells: Box<CellsOf<'s>>,
}

/// Answers with a file that a task writes. What goes wrong before the first piece is an answer of its own;
/// what goes wrong later breaks the file off, so that half of it is never taken for the whole.
///
/// # Errors
/// Those of the task before its first piece.
pub async fn written_by<T>(
    name: &'static str,
    write: impl FnOnce(Pieces) -> T,
) -> Answered<Response>
where
    T: Future<Output = Answered<()>> + Send + 'static,
{
    let (pieces, mut received) = channel(WAITING);
    let writing = write(pieces.clone());
    tokio::spawn(async move {
        let last = writing.await.map(|()| Bytes::new());
        // Nobody is left to be told, where nobody reads any more.
        let _ = pieces.send(last).await;
    });
    let first = received.recv().await.ok_or_else(Refusal::unreadable)??;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((StatusCode::OK, headers, body(first, received)).into_response())
}

fn body(first: Bytes, received: Receiver<Answered<Bytes>>) -> Body {
    let rest = stream::unfold(received, async |mut received| {
        let piece = received.recv().await?;
        Some((piece, received))
    });
    let pieces = stream::once(async { Ok(first) }).chain(rest);
    Body::from_stream(pieces.map_err(|_| io::Error::other("the rows could not be read")))
}

/// Writes lines and says how many bytes they have; nothing where nobody reads them any more.
///
/// # Errors
/// As the database has it.
pub async fn write(
    lines: &Lines<'_>,
    snapshot: &Snapshot<'_>,
    pieces: &Pieces,
) -> Answered<Option<i64>> {
    let rows = snapshot.stream(lines.sql, lines.params).await?;
    let mut rows = std::pin::pin!(rows);
    let mut bytes = 0;
    let mut text = csv::header(lines.header.iter().copied());
    while let Some(row) = rows.try_next().await? {
        csv::line(&mut text, (lines.cells)(&values(&row)?));
        if text.len() >= PIECE {
            bytes += text.len();
            let piece = Bytes::from(std::mem::take(&mut text));
            if pieces.send(Ok(piece)).await.is_err() {
                return Ok(None);
            }
        }
    }
    bytes += text.len();
    if pieces.send(Ok(Bytes::from(text))).await.is_err() {
        return Ok(None);
    }
    Ok(Some(i64::try_from(bytes).unwrap_or(i64::MAX)))
}

//! The event stream: what is so now, at once and after each change.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use tokio::sync::mpsc;

use super::body::Sent;
use super::snapshot::{Board, State};

/// A line that means nothing, sent so that a lost connection is noticed at both ends.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A stream for one browser. Its first message comes at once; each says everything, and the browser compares the
/// numbers with those of its page.
pub fn stream(board: Arc<Board>) -> Sent {
    let (sender, pieces) = mpsc::channel(4);
    let mut news = board.subscribe();
    tokio::spawn(async move {
        let mut told: Option<State> = None;
        // Browsers come back after this many milliseconds when the connection is lost.
        let mut piece = "retry: 500\n\n".to_string();
        loop {
            if sender.send(Bytes::from(piece)).await.is_err() {
                return;
            }
            piece = match tokio::time::timeout(HEARTBEAT, next(&mut news, &board, &told)).await {
                Ok(Some(state)) => {
                    let message = format!("id: {}\ndata: {}\n\n", state.build, json(&state));
                    told = Some(state);
                    message
                }
                Ok(None) => return,
                Err(_) => ": still here\n\n".to_string(),
            };
        }
    });
    Sent::stream(pieces)
}

/// Waits until there is something else to tell; `None` at the end of the program.
async fn next(
    news: &mut tokio::sync::watch::Receiver<Arc<super::snapshot::Snapshot>>,
    board: &Board,
    told: &Option<State>,
) -> Option<State> {
    loop {
        news.changed().await.ok()?;
        let snapshot = news.borrow_and_update().clone();
        let state = board.state(&snapshot);
        if snapshot.number > 0 && told.as_ref() != Some(&state) {
            return Some(state);
        }
    }
}

/// A state as JSON, on one line.
pub fn json(state: &State) -> String {
    // Strings and numbers always serialise.
    serde_json::to_string(state).unwrap_or_default()
}

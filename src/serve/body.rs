//! The bodies of answers: bytes at hand, or pieces as they come.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::mpsc;

/// A body.
#[derive(Debug)]
pub struct Sent {
    from: From,
    /// Held until the answer is out, so that the connection counts as at work.
    _at_work: Option<AtWork>,
}

#[derive(Debug)]
enum From {
    Bytes(Option<Bytes>),
    /// Pieces, and how many bytes are to come where that is known. A sender that gives up early breaks the answer off.
    Pieces(mpsc::Receiver<Bytes>, Option<u64>),
}

/// What went wrong with a body.
#[derive(Debug)]
pub struct BrokenOff;

impl std::fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the file changed while it was being sent")
    }
}

impl std::error::Error for BrokenOff {}

impl Sent {
    /// Bytes at hand.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            from: From::Bytes((!bytes.is_empty()).then_some(bytes)),
            _at_work: None,
        }
    }

    /// Pieces without end: it is over when the sender is gone.
    pub fn stream(pieces: mpsc::Receiver<Bytes>) -> Self {
        Self {
            from: From::Pieces(pieces, None),
            _at_work: None,
        }
    }

    /// Pieces that make `size` bytes.
    pub fn pieces(pieces: mpsc::Receiver<Bytes>, size: u64) -> Self {
        Self {
            from: From::Pieces(pieces, Some(size)),
            _at_work: None,
        }
    }

    /// The same body, holding `at_work`.
    pub fn holding(self, at_work: AtWork) -> Self {
        Self {
            _at_work: Some(at_work),
            ..self
        }
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        match &mut self.from {
            From::Bytes(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            From::Pieces(pieces, left) => pieces.poll_recv(context).map(|piece| match (piece, left) {
                (Some(piece), None) => Some(Ok(Frame::data(piece))),
                (Some(piece), Some(left)) => match left.checked_sub(piece.len() as u64) {
                    Some(less) => {
                        *left = less;
                        Some(Ok(Frame::data(piece)))
                    }
                    None => Some(Err(BrokenOff)),
                },
                (None, Some(left)) if *left > 0 => Some(Err(BrokenOff)),
                (None, _) => None,
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.from, From::Bytes(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.from {
            From::Bytes(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |b| b.len() as u64)),
            From::Pieces(_, Some(left)) => SizeHint::with_exact(*left),
            From::Pieces(_, None) => SizeHint::default(),
        }
    }
}

/// Counts the answers that a connection is giving.
#[derive(Debug)]
pub struct AtWork(Arc<AtomicUsize>);

impl AtWork {
    /// One more.
    pub fn begin(counter: &Arc<AtomicUsize>) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Self(counter.clone())
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

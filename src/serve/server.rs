//! Connections: as many as do no harm, and none for ever without a word.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use super::body::AtWork;
use super::routes::Shared;

/// Connections held at once. Each is a file handle, and some systems give a program 256.
const CONNECTIONS: usize = 128;
/// How long a client may take to say what it wants, and how long a connection without a request is kept.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most bytes of a request's head.
const HEAD: usize = 16 * 1024;
/// Most headers of a request.
const HEADERS: usize = 64;

struct Held {
    abort: AbortHandle,
    at_work: Arc<AtomicUsize>,
}

/// Opens the port: `port` itself, or with `others` the first free one of the next twenty.
///
/// # Errors
/// What the system said of the last port tried.
pub async fn listen(host: &str, port: u16, others: bool) -> std::io::Result<(TcpListener, SocketAddr)> {
    let last = if others { port.saturating_add(20) } else { port };
    let mut at = port;
    loop {
        match TcpListener::bind((host, at)).await {
            Ok(listener) => {
                let address = listener.local_addr()?;
                return Ok((listener, address));
            }
            Err(error) if at >= last || error.kind() != std::io::ErrorKind::AddrInUse => return Err(error),
            Err(_) => at += 1,
        }
    }
}

/// Answers until it is dropped.
pub async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut held: BTreeMap<u64, Held> = BTreeMap::new();
    for number in 0.. {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // Out of file handles, or a client that left at once. The next one may fare better.
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        held.retain(|_, connection| !connection.abort.is_finished());
        if held.len() >= CONNECTIONS {
            make_room(&mut held);
        }
        let at_work = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(connection(stream, shared.clone(), at_work.clone()));
        held.insert(
            number,
            Held {
                abort: task.abort_handle(),
                at_work,
            },
        );
    }
}

/// Closes the connection that has been silent longest; where all are at work, the oldest. Browsers come back.
fn make_room(held: &mut BTreeMap<u64, Held>) {
    let silent = held
        .iter()
        .find(|(_, connection)| connection.at_work.load(Ordering::Relaxed) == 0);
    let number = silent.or_else(|| held.iter().next()).map(|(number, _)| *number);
    if let Some(connection) = number.and_then(|number| held.remove(&number)) {
        connection.abort.abort();
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>, at_work: Arc<AtomicUsize>) {
    // A saved file should show at once: no waiting for more to send.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let (shared, at_work) = (shared.clone(), AtWork::begin(&at_work));
        async move {
            let answer = shared.answer(request).await;
            Ok::<_, std::convert::Infallible>(answer.map(|body| body.holding(at_work)))
        }
    });
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(HEAD)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

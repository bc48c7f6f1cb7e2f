//! Runs a decoder that others wrote on files that others sent: on a thread of its own, with a deep stack, and so that
//! a panic in it is an answer and not the end of the build.

use std::panic::resume_unwind;
use std::sync::Once;

/// Name of the threads that decode.
const NAME: &str = "exhibit-decoder";
/// Stack of such a thread in bytes; only what is used of it takes memory.
const STACK: usize = 64 * 1024 * 1024;

/// Says that a file asks for more work than is done for one exhibit.
struct TooMuch;

/// How a decoder came to its end before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::print) enum Fallen {
    /// It panicked, or no thread could be had.
    Over,
    /// It gave up through [`give_up`].
    TooMuch,
}

/// Leaves [`run`] from within the decoder.
pub(in crate::print) fn give_up() -> ! {
    resume_unwind(Box::new(TooMuch))
}

/// Runs `decode`.
pub(in crate::print) fn run<T: Send>(decode: impl FnOnce() -> T + Send) -> Result<T, Fallen> {
    keep_quiet();
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new()
            .name(NAME.to_string())
            .stack_size(STACK);
        let Ok(thread) = builder.spawn_scoped(scope, decode) else {
            return Err(Fallen::Over);
        };
        thread.join().map_err(|why| {
            if why.is::<TooMuch>() {
                Fallen::TooMuch
            } else {
                Fallen::Over
            }
        })
    })
}

/// A decoder that falls over says so on the terminal, in words for programmers. The reader gets a warning with the
/// line of the exhibit instead; every other panic is reported as before.
fn keep_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().name() != Some(NAME) {
                before(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_falls_over_is_an_answer() {
        let empty: &[u8] = &[];
        assert_eq!(run(|| empty[std::hint::black_box(0)]), Err(Fallen::Over));
        assert_eq!(run(|| -> u8 { give_up() }), Err(Fallen::TooMuch));
        assert_eq!(run(|| 7), Ok(7));
    }
}

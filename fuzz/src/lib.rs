//! The fuzz targets. What each does stands in [`targets`], which the program's own tests take in as well.

#[path = "targets.rs"]
pub mod targets;

pub use targets::*;

/// Has everything done on the thread that asks for it: a fuzzer begins more runs than threads are quick to wake.
pub fn on_one_thread() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    // An error says that there is one already.
    let _ = pool.build_global();
}

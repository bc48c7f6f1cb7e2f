//! What a build may take over from the one before.
//!
//! Only results of pure functions are kept, under a digest of everything that went in: a build with a memory has the
//! same bytes as one without. What a build did not ask for is forgotten after it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// SHA-256 of everything that a result depends on.
pub type Digest = [u8; 32];

/// Results by name, each with the digest of what it was made from.
#[derive(Debug)]
pub struct Memo<V> {
    kept: Mutex<BTreeMap<String, Kept<V>>>,
}

#[derive(Debug)]
struct Kept<V> {
    from: Digest,
    value: V,
    asked: bool,
}

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
        }
    }
}

impl<V: Clone> Memo<V> {
    /// The result kept under `name`, if it was made from the same; else what `make` gives, which is kept.
    pub fn get(&self, name: &str, from: &Digest, make: impl FnOnce() -> V) -> V {
        // Others may ask while it is made: making takes long, asking does not.
        match self.find(name, from) {
            Some(value) => value,
            None => self.keep(name, *from, make()),
        }
    }

    /// The result kept under `name`, if it was made from the same.
    pub fn find(&self, name: &str, from: &Digest) -> Option<V> {
        let mut all = self.lock();
        let kept = all.get_mut(name).filter(|kept| kept.from == *from)?;
        kept.asked = true;
        Some(kept.value.clone())
    }

    /// Keeps a result, and gives it back.
    pub fn keep(&self, name: &str, from: Digest, value: V) -> V {
        let kept = Kept {
            from,
            value: value.clone(),
            asked: true,
        };
        self.lock().insert(name.to_string(), kept);
        value
    }

    /// Forgets what nobody asked for since the last time.
    pub fn forget_unasked(&self) {
        self.lock()
            .retain(|_, kept| std::mem::replace(&mut kept.asked, false));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Kept<V>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_made_once_for_the_same_and_anew_for_another() {
        let memo = Memo::default();
        assert_eq!(memo.get("a", &[0; 32], || 1), 1);
        assert_eq!(memo.get("a", &[0; 32], || 2), 1);
        assert_eq!(memo.get("a", &[1; 32], || 3), 3);
        assert_eq!(memo.get("a", &[0; 32], || 4), 4, "only the last is kept");
        assert_eq!(memo.get("b", &[0; 32], || 5), 5);
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten() {
        let memo = Memo::default();
        memo.get("a", &[0; 32], || 1);
        memo.forget_unasked();
        assert_eq!(memo.get("a", &[0; 32], || 2), 1, "it was asked for");
        memo.forget_unasked();
        memo.forget_unasked();
        assert_eq!(memo.get("a", &[0; 32], || 3), 3);
    }
}

//! What a build may take over from the one before.
//!
//! Only results of pure functions are kept, under a digest of everything that went in: a build with a memory has the
//! same bytes as one without. What a build did not ask for is forgotten after it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// SHA-256 of everything that a result depends on.
pub type Digest = [u8; 32];

/// Results by name, each with what it was made from: a digest of it, or another value that is equal only where nothing
/// changed.
#[derive(Debug)]
pub struct Memo<V, From = Digest> {
    kept: Mutex<BTreeMap<String, Kept<V, From>>>,
}

#[derive(Debug)]
struct Kept<V, From> {
    from: From,
    value: V,
    asked: bool,
}

impl<V, From> Default for Memo<V, From> {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
        }
    }
}

impl<V: Clone, From: Clone + PartialEq> Memo<V, From> {
    /// The result kept under `name`, if it was made from the same; else what `make` gives, which is kept.
    pub fn get(&self, name: &str, from: &From, make: impl FnOnce() -> V) -> V {
        // Others may ask while it is made: making takes long, asking does not.
        match self.find(name, from) {
            Some(value) => value,
            None => self.keep(name, from.clone(), make()),
        }
    }

    /// The result kept under `name`, if it was made from the same.
    pub fn find(&self, name: &str, from: &From) -> Option<V> {
        let mut all = self.lock();
        let kept = all.get_mut(name).filter(|kept| kept.from == *from)?;
        kept.asked = true;
        Some(kept.value.clone())
    }

    /// Keeps a result, and gives it back.
    pub fn keep(&self, name: &str, from: From, value: V) -> V {
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

    /// Forgets everything.
    pub fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Kept<V, From>>> {
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

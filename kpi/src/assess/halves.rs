//! The same question to many programmes, half of them on a second thread: the board is what everybody
//! waits for. No programme's answer rests on another's.

use std::thread::{Builder, ScopedJoinHandle, scope};

/// With fewer items a second thread costs more than it saves.
const MANY: usize = 16;

/// What `of` makes of every item, in their order.
pub(super) fn each<T: Sync, R: Send>(items: &[T], of: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let half = match items.len() {
        MANY.. => items.len().div_ceil(2),
        few => few,
    };
    let (own, others) = items.split_at(half);
    let all = |part: &[T]| part.iter().map(&of).collect::<Vec<R>>();
    if others.is_empty() {
        return all(own);
    }
    scope(|scope| {
        let begun = Builder::new().spawn_scoped(scope, || all(others));
        let mut made = all(own);
        match begun.map(ScopedJoinHandle::join) {
            Ok(Ok(rest)) => made.extend(rest),
            // As if it had been made on this thread.
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // No thread could be had.
            Err(_) => made.extend(all(others)),
        }
        made
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_items_keep_their_order() {
        for count in [0, 1, MANY - 1, MANY, MANY * 2 + 1] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(each(&items, |item| item * 2), doubled);
        }
    }
}

//! The same work on many files, on several threads: an office may have thousands of sources, and
//! every command waits until they are read.

use std::thread::{available_parallelism, scope};

/// With fewer items a thread costs more than it saves.
const FEW: usize = 256;
/// Threads at most.
const MOST: usize = 4;

/// What `work` makes of every item, in their order.
pub(super) fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = match items.len() {
        0..FEW => 1,
        _ => available_parallelism().map_or(1, |cores| cores.get().min(MOST)),
    };
    let share = items.len().div_ceil(threads).max(1);
    let (own, others) = items.split_at(share.min(items.len()));
    let work = &work;
    scope(|scope| {
        let others: Vec<_> = others
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>()))
            .collect();
        let mut done = Vec::with_capacity(items.len());
        done.extend(own.iter().map(work));
        for other in others {
            match other.join() {
                Ok(part) => done.extend(part),
                // As if it had been done on this thread.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_items_keep_their_order() {
        for count in [0, 1, FEW - 1, FEW, FEW * 3 + 1] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(
                each(&items, |item| item * 2),
                items.iter().map(|i| i * 2).collect::<Vec<_>>()
            );
        }
    }
}

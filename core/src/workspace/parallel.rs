//! The same work on many files, on several threads: an office may have thousands of sources, and
//! every command waits until they are read.

use quarterdeck_store::Core;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, available_parallelism, scope};

/// With fewer items a thread costs more than it saves.
const FEW: usize = 256;
/// Threads at most.
const MOST: usize = 4;

/// What `work` makes of every item, in their order; of many items on several threads.
pub(super) fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = match items.len() {
        0..FEW => 1,
        _ => MOST,
    };
    each_on(threads, items, work)
}

/// The same on so many threads, this one among them, where the machine has the cores.
pub(super) fn each_on<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let most = threads.min(items.len());
    let cores = || available_parallelism().map_or(1, |cores| cores.get().min(most));
    if most < 2 || cores() < 2 {
        return items.iter().map(work).collect();
    }
    let (next, core) = (AtomicUsize::new(0), Core::in_use());
    // Whoever is done takes the next: a thread that comes late does less, and nobody waits for it.
    let take = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            match items.get(index) {
                Some(item) => done.push((index, work(item))),
                None => return done,
            }
        }
    };
    let mut done = scope(|scope| {
        let help = || {
            core.leave();
            take()
        };
        let others: Vec<_> = (1..cores())
            // Without it the others do the work.
            .filter_map(|_| Builder::new().spawn_scoped(scope, help).ok())
            .collect();
        let kept = core.keep();
        let mut done = take();
        drop(kept);
        for other in others {
            match other.join() {
                Ok(part) => done.extend(part),
                // As if it had been done on this thread.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_items_keep_their_order() {
        for count in [0, 1, FEW - 1, FEW, FEW * 3 + 1] {
            let items: Vec<usize> = (0..count).collect();
            let expected: Vec<usize> = items.iter().map(|i| i * 2).collect();
            assert_eq!(each(&items, |item| item * 2), expected);
            for threads in [0, 1, 2, 9] {
                assert_eq!(each_on(threads, &items, |item| item * 2), expected);
            }
        }
    }
}

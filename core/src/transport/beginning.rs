//! A look at an answer: its head, its first bytes, and how long each took. What follows is not read.

use super::error::{NetError, Trouble};
use super::exchange::{self, Sink};
use super::{Exchange, Head, Transport};
use bytes::Bytes;
use std::time::{Duration, Instant};

/// What was seen of an answer.
#[derive(Debug)]
pub(crate) struct Look {
    /// The head, and the time until it was there.
    pub(crate) head: Option<(Head, Duration)>,
    /// The beginning of the body, unpacked.
    pub(crate) beginning: Vec<u8>,
    /// Time until the beginning was read, or what went wrong.
    pub(crate) outcome: Result<Duration, NetError>,
}

struct Beginning {
    began: Instant,
    most: usize,
    head: Option<(Head, Duration)>,
    bytes: Vec<u8>,
    is_full: bool,
}

impl Sink for Beginning {
    async fn head(&mut self, head: Head) -> Result<(), Trouble> {
        self.head = Some((head, self.began.elapsed()));
        Ok(())
    }

    async fn block(&mut self, block: Bytes) -> Result<(), Trouble> {
        let room = self.most.saturating_sub(self.bytes.len());
        self.bytes.extend(block.iter().take(room));
        self.is_full = self.bytes.len() >= self.most;
        match self.is_full {
            // Enough was seen: the exchange is given up.
            true => Err(Trouble::Interrupted),
            false => Ok(()),
        }
    }
}

impl Transport {
    /// Looks at an answer on this thread, at most `most` bytes of it.
    pub(crate) fn look(&self, exchange: &Exchange, most: usize) -> Look {
        let mut seen = Beginning {
            began: Instant::now(),
            most,
            head: None,
            bytes: Vec::new(),
            is_full: false,
        };
        let outcome = self.drive(exchange::run(&self.shared, exchange, &mut seen));
        let elapsed = seen.began.elapsed();
        let outcome = match outcome {
            Some(Ok(_)) => Ok(elapsed),
            Some(Err(_)) if seen.is_full => Ok(elapsed),
            Some(Err(error)) => Err(error),
            None => Err(NetError::at(Trouble::Interrupted, "")),
        };
        Look {
            head: seen.head,
            beginning: seen.bytes,
            outcome,
        }
    }
}

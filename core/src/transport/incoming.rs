//! An answer on its way from the network's thread to whoever reads it.

use super::error::{NetError, Trouble};
use super::exchange::Sink;
use super::{Answer, Head};
use bytes::Bytes;
use std::collections::VecDeque;
use std::io::{self, Read};
use tokio::sync::{mpsc, oneshot};

/// Bodies up to this size are gathered on the network's thread and read without one of their own.
const SMALL: usize = 64 * 1024;

/// Shorter blocks are copied.
const COPIED: usize = 4 * 1024;

/// Blocks that may wait for their reader before the network waits too.
const BLOCKS_WAITING: usize = 8;

/// An answer whose body is there or coming in. A body that breaks off is an error of `read`, never
/// an end.
#[derive(Debug)]
pub struct Incoming {
    head: Head,
    /// What was there when it was handed over.
    first: VecDeque<Bytes>,
    /// What comes after it.
    blocks: Option<mpsc::Receiver<Bytes>>,
    block: Bytes,
    done: Option<oneshot::Receiver<Result<Answer, NetError>>>,
    end: Option<Result<Answer, NetError>>,
}

impl Incoming {
    /// Status, headers and where it came from.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The same, taken out: thousands of answers need it once.
    pub(crate) fn take_head(&mut self) -> Head {
        let url = self.head.url.clone();
        let empty = Head {
            url,
            ..Head::default()
        };
        std::mem::replace(&mut self.head, empty)
    }

    /// The error that broke the body off, if one did. Nothing is waited for.
    pub fn failure(&self) -> Option<&NetError> {
        self.end.as_ref().and_then(|end| end.as_ref().err())
    }

    /// Reads what is left and says how it ended: the hash covers the whole body.
    pub fn finish(mut self) -> Result<Answer, NetError> {
        while self.next_block() {}
        self.block = Bytes::new();
        self.settle();
        let lost = self.lost();
        self.end.take().unwrap_or(Err(lost))
    }

    /// Moves to the next block; false at the end.
    fn next_block(&mut self) -> bool {
        let next = match self.first.pop_front() {
            Some(block) => Some(block),
            None => self.blocks.as_mut().and_then(mpsc::Receiver::blocking_recv),
        };
        match next {
            Some(block) => {
                self.block = block;
                true
            }
            None => false,
        }
    }

    fn settle(&mut self) {
        if let Some(done) = self.done.take() {
            self.end = Some(done.blocking_recv().unwrap_or_else(|_| Err(self.lost())));
        }
    }

    fn lost(&self) -> NetError {
        let detail = String::new();
        NetError::at(Trouble::Broken { detail }, &self.head.url)
    }
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.block.is_empty() {
            if !self.next_block() {
                self.settle();
                return match self.failure() {
                    Some(error) => Err(io::Error::other(error.clone())),
                    None => Ok(0),
                };
            }
        }
        let length = self.block.len().min(buffer.len());
        let piece = self.block.split_to(length);
        if let Some(room) = buffer.get_mut(..length) {
            room.copy_from_slice(&piece);
        }
        Ok(length)
    }
}

/// Gathers a small answer; a larger one is handed over and fed from then on.
pub(super) struct Gathering<L> {
    large: Option<L>,
    head: Option<Head>,
    blocks: VecDeque<Bytes>,
    bytes: usize,
    feed: Option<Feed>,
}

/// The other end of an [`Incoming`] that is being read.
struct Feed {
    blocks: mpsc::Sender<Bytes>,
    done: oneshot::Sender<Result<Answer, NetError>>,
}

impl Gathering<fn(Incoming)> {
    /// Hands nothing over, whatever the size.
    pub(super) fn whole() -> Self {
        Gathering {
            large: None,
            head: None,
            blocks: VecDeque::new(),
            bytes: 0,
            feed: None,
        }
    }
}

impl<L: FnOnce(Incoming)> Gathering<L> {
    pub(super) fn new(large: L) -> Self {
        Gathering {
            large: Some(large),
            head: None,
            blocks: VecDeque::new(),
            bytes: 0,
            feed: None,
        }
    }

    /// The answer, if it was not handed over before.
    pub(super) fn end(
        self,
        outcome: Result<Answer, NetError>,
    ) -> Result<Option<Incoming>, NetError> {
        if let Some(feed) = self.feed {
            // The result first, then the end of the blocks: a reader that sees the end finds it.
            let _ = feed.done.send(outcome);
            drop(feed.blocks);
            return Ok(None);
        }
        let answer = outcome?;
        let Some(head) = self.head else {
            return Err(NetError::at(Trouble::Interrupted, ""));
        };
        Ok(Some(Incoming {
            head,
            first: self.blocks,
            blocks: None,
            block: Bytes::new(),
            done: None,
            end: Some(Ok(answer)),
        }))
    }
}

impl<L: FnOnce(Incoming)> Sink for Gathering<L> {
    async fn head(&mut self, head: Head) -> Result<(), Trouble> {
        self.head = Some(head);
        Ok(())
    }

    async fn block(&mut self, block: Bytes) -> Result<(), Trouble> {
        if let Some(feed) = &self.feed {
            return match feed.blocks.send(block).await {
                Ok(()) => Ok(()),
                // Nobody reads any more: the exchange was given up.
                Err(_) => Err(Trouble::Interrupted),
            };
        }
        self.bytes += block.len();
        // A short block is copied, so that the buffer it stands in can be used again at once.
        self.blocks.push_back(match block.len() {
            0..COPIED => Bytes::copy_from_slice(&block),
            _ => block,
        });
        if self.bytes > SMALL
            && let Some(large) = self.large.take()
            && let Some(head) = self.head.take()
        {
            let (blocks_to, blocks) = mpsc::channel(BLOCKS_WAITING);
            let (done_to, done) = oneshot::channel();
            self.feed = Some(Feed {
                blocks: blocks_to,
                done: done_to,
            });
            large(Incoming {
                head,
                first: std::mem::take(&mut self.blocks),
                blocks: Some(blocks),
                block: Bytes::new(),
                done: Some(done),
                end: None,
            });
        }
        Ok(())
    }
}

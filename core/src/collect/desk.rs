//! The network's thread of a collection: which source is asked when, how many at once, and who
//! reads what they send.
//!
//! Small answers go to a few readers that live as long as the run; a large one gets a thread of
//! its own while it comes in, and so does a source that is not asked over HTTP.

use super::asking;
use super::body::store_broken;
use super::gather::{Gathered, Stopped, gather};
use super::miss::Miss;
use super::page::{Hands, Page, Situation, Tell, read_answer};
use super::results::Open;
use super::{Event, Progress, Shared};
use crate::transport::{Exchange, Incoming};
use futures_util::stream::{FuturesUnordered, StreamExt};
use quarterdeck_sources::SourceConfig;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, mpsc as plain};
use std::thread::{Builder, Scope};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

/// Sources that are not asked over HTTP, at once.
const APART: usize = 4;

/// Small answers that may wait for a reader before the network waits too.
const WAITING: usize = 256;

/// Small answers that a reader takes at once.
const TAKEN: usize = 64;

/// With so many at once more are on their way: a reader that waits a moment is woken less often, and
/// takes them together.
const BUSY: usize = 4;
const MOMENT: Duration = Duration::from_micros(500);

/// Readers of small answers at most.
const MOST_READERS: usize = 4;

/// Who the sources of a run are asked through.
pub(super) struct Desk<'scope, 'env: 'scope> {
    pub(super) shared: &'env Shared<'env>,
    scope: &'scope Scope<'scope, 'env>,
    events: plain::Sender<Event>,
    small: mpsc::Sender<(Job<'env>, Incoming)>,
    at_once: Semaphore,
    /// Exchanges that a host may still be asked for, by host.
    hosts: Vec<Semaphore>,
}

/// A page that is to be read.
struct Job<'env> {
    shared: &'env Shared<'env>,
    source: &'env SourceConfig,
    events: plain::Sender<Event>,
    masked: Vec<String>,
    situation: Situation,
    reply: Reply<'env>,
}

/// Who waits for what an answer held.
enum Reply<'env> {
    Page(oneshot::Sender<Result<Page, Miss>>),
    /// Nobody: it goes to the writer.
    Target(Open<'env>),
}

impl Job<'_> {
    fn read(self, incoming: Incoming, hands: &mut Hands) {
        let tell = |step| {
            // The writer is gone only when the run has failed.
            let _ = self.events.send(Event::Progress(step));
        };
        let page = read_answer(
            self.shared,
            self.source,
            incoming,
            &self.masked,
            &self.situation,
            hands,
            &tell,
        );
        match self.reply {
            // Who asked is gone only when the run has failed.
            Reply::Page(reply) => drop(reply.send(page)),
            Reply::Target(open) => open.read(page),
        }
    }
}

/// Small answers on their way to a reader.
type Waiting<'env> = Arc<Mutex<mpsc::Receiver<(Job<'env>, Incoming)>>>;

/// Starts the network's thread and the readers; they end when every source is done.
pub(super) fn start<'scope, 'env: 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    shared: &'env Shared<'env>,
    events: plain::Sender<Event>,
) -> io::Result<()> {
    let queue = Queue::new(shared);
    let (small, waiting) = mpsc::channel(WAITING);
    let waiting: Waiting<'env> = Arc::new(Mutex::new(waiting));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // The network and the writer need room, too.
    for _ in 0..(cores / 2).clamp(1, MOST_READERS) {
        let waiting = Arc::clone(&waiting);
        let reader = Builder::new().name("reader".to_owned());
        reader.spawn_scoped(scope, move || read_small(&waiting))?;
    }
    let slots = |_: &Host| Semaphore::new(shared.per_host);
    let desk = Desk {
        shared,
        scope,
        events,
        small,
        at_once: Semaphore::new(shared.at_once),
        hosts: queue.hosts.iter().map(slots).collect(),
    };
    let network = Builder::new().name("network".to_owned());
    network.spawn_scoped(scope, move || {
        shared.transport.drive(desk.work(queue));
    })?;
    Ok(())
}

fn read_small(waiting: &Waiting<'_>) {
    let (mut hands, mut taken) = (Hands::new(), Vec::with_capacity(TAKEN));
    loop {
        // The one who waits for answers holds the lock; the others wait for the lock.
        if let Ok(mut waiting) = waiting.lock() {
            waiting.blocking_recv_many(&mut taken, TAKEN);
        }
        if taken.is_empty() {
            return;
        }
        let is_busy = (BUSY..TAKEN).contains(&taken.len());
        for (job, incoming) in taken.drain(..) {
            job.read(incoming, &mut hands);
        }
        if is_busy {
            std::thread::sleep(MOMENT);
        }
    }
}

impl<'scope, 'env: 'scope> Desk<'scope, 'env> {
    /// Tells a step of a source.
    pub(super) fn tell(&self, step: Progress) {
        // The writer is gone only when the run has failed.
        let _ = self.events.send(Event::Progress(step));
    }

    /// Asks every source, each host's in their order, in so many lanes: a lane asks one source
    /// after the other, so nothing is set up anew for each.
    async fn work(&self, queue: Queue) {
        let lanes = self.shared.at_once.saturating_mul(4);
        let lanes = lanes.min(self.shared.sources.len());
        let queue = RefCell::new(queue);
        let bell = Notify::new();
        let lane = |_| self.lane(&queue, &bell);
        let mut running: FuturesUnordered<_> = (0..lanes).map(lane).collect();
        while running.next().await.is_some() {}
    }

    async fn lane(&self, queue: &RefCell<Queue>, bell: &Notify) {
        while let Some((host, index)) = self.next(queue, bell).await {
            self.source(host, index).await;
            queue.borrow_mut().done(host);
            bell.notify_one();
        }
        // The next one that waits has nothing to wait for either.
        bell.notify_one();
    }

    /// The next source; none when all are begun or the run is stopped.
    async fn next(&self, queue: &RefCell<Queue>, bell: &Notify) -> Option<(usize, usize)> {
        let shared = self.shared;
        tokio::select! {
            biased;
            () = shared.transport.stopped() => return None,
            room = shared.room.acquire() => room.ok()?.forget(),
        }
        loop {
            let changed = bell.notified();
            if let Some(next) = queue.borrow_mut().next().filter(|_| !shared.is_stopping()) {
                // Its room is given back by the writer, when it has stored what came.
                return Some(next);
            }
            if queue.borrow().left == 0 || shared.is_stopping() {
                shared.room.add_permits(1);
                return None;
            }
            // Every host that has sources left has as many in hand as it may.
            changed.await;
        }
    }

    async fn source(&self, host: usize, index: usize) {
        let shared = self.shared;
        if let Some(source) = shared.sources.get(index) {
            let began = (shared.options.now)();
            self.tell(Progress::Started {
                source: source.id.clone(),
                position: index + 1,
                of: shared.sources.len(),
            });
            let gathered = gather(self, host, source).await.map(Box::new);
            let elapsed = ((shared.options.now)() - began).num_milliseconds();
            let elapsed_ms = u64::try_from(elapsed).unwrap_or_default();
            let _ = self.events.send(Event::Done(index, gathered, elapsed_ms));
        }
    }

    /// Asks for a page once and has it decoded.
    pub(super) async fn ask(
        &self,
        host: usize,
        source: &'env SourceConfig,
        exchange: &Exchange,
        situation: &Situation,
    ) -> Result<Page, Miss> {
        asking::count(self, source).await?;
        let (reply, page) = oneshot::channel();
        let job = Job {
            shared: self.shared,
            source,
            events: self.events.clone(),
            masked: exchange.masked.clone(),
            situation: situation.clone(),
            reply: Reply::Page(reply),
        };
        if let (Some(incoming), Some(job)) = self.fetch(host, exchange, job).await? {
            let _ = self.small.send((job, incoming)).await;
        }
        page.await
            .unwrap_or_else(|_| Err(Miss::Store(store_broken(""))))
    }

    /// Asks for the answer of a target once and leaves it to a reader; a page comes back where more
    /// may have to be asked for.
    pub(super) async fn ask_for_target(
        &self,
        host: usize,
        source: &'env SourceConfig,
        exchange: &Exchange,
        (situation, open): (Situation, Open<'env>),
    ) -> Result<Option<Page>, Miss> {
        let job = Job {
            shared: self.shared,
            source,
            events: self.events.clone(),
            masked: exchange.masked.clone(),
            situation,
            reply: Reply::Target(open),
        };
        let (Some(incoming), Some(mut job)) = self.fetch(host, exchange, job).await? else {
            return Ok(None);
        };
        if incoming.head().http_status == 200 {
            let _ = self.small.send((job, incoming)).await;
            return Ok(None);
        }
        // Under an accepted error status it may be asked for again, once it was looked at.
        let (reply, page) = oneshot::channel();
        job.reply = Reply::Page(reply);
        let _ = self.small.send((job, incoming)).await;
        let page = page.await;
        page.unwrap_or_else(|_| Err(Miss::Store(store_broken(""))))
            .map(Some)
    }

    /// Asks once. A small answer is given back with its job, a large one goes to a reader of its own.
    async fn fetch(
        &self,
        host: usize,
        exchange: &Exchange,
        job: Job<'env>,
    ) -> Result<(Option<Incoming>, Option<Job<'env>>), Miss> {
        let mut job = Some(job);
        let large = |incoming| {
            if let Some(job) = job.take() {
                let reader = Builder::new().name("reader".to_owned());
                // Without a thread the job is dropped, and what waits for its reply learns it.
                let _ = reader.spawn_scoped(self.scope, move || {
                    job.read(incoming, &mut Hands::new());
                });
            }
        };
        let _host = match self.hosts.get(host) {
            Some(slots) => Some(slots.acquire().await),
            None => None,
        };
        let _slot = self.at_once.acquire().await;
        let fetched = self.shared.transport.fetch(exchange, large).await;
        let small = fetched.map_err(Miss::Net)?;
        Ok((small, job))
    }

    /// Does what is not a matter of the network on a thread of its own.
    pub(super) async fn apart(
        &self,
        source: &'env SourceConfig,
        work: fn(&Shared<'_>, &SourceConfig, Tell<'_>) -> Result<Gathered, Stopped>,
    ) -> Result<Gathered, Stopped> {
        let (reply, gathered) = oneshot::channel();
        let (shared, events) = (self.shared, self.events.clone());
        let thread = Builder::new().name("apart".to_owned());
        let _ = thread.spawn_scoped(self.scope, move || {
            let tell = |step| {
                let _ = events.send(Event::Progress(step));
            };
            let _ = reply.send(work(shared, source, &tell));
        });
        let lost = |_| Err(Stopped::Store(store_broken("")));
        gathered.await.unwrap_or_else(lost)
    }

    /// Does what would hold the network up on a thread of its own; none when there is no thread.
    pub(super) async fn beside<T: Send + 'scope>(
        &self,
        work: impl FnOnce() -> T + Send + 'scope,
    ) -> Option<T> {
        let (reply, done) = oneshot::channel();
        let thread = Builder::new().name("beside".to_owned());
        let _ = thread.spawn_scoped(self.scope, move || {
            let _ = reply.send(work());
        });
        done.await.ok()
    }

    /// Where the writer learns what happens.
    pub(super) fn events(&self) -> plain::Sender<Event> {
        self.events.clone()
    }

    pub(super) fn index_of(&self, source: &SourceConfig) -> Option<usize> {
        let mut sources = self.shared.sources.iter();
        sources.position(|known| known.id == source.id)
    }

    /// Tells the writer that a portal wants to be left alone.
    pub(super) fn held(&self, source: &SourceConfig, wait: Duration) {
        if let Some(index) = self.index_of(source) {
            let _ = self.events.send(Event::Held(index, wait));
        }
    }

    /// Waits before another try; false when the run is stopped meanwhile.
    pub(super) async fn pause(&self, wait: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.shared.transport.stopped() => false,
            () = tokio::time::sleep(wait) => true,
        }
    }
}

/// The sources that wait to be asked, by host.
struct Queue {
    hosts: Vec<Host>,
    /// Hosts that may be asked for one more.
    open: VecDeque<usize>,
    /// Sources that are not begun.
    left: usize,
}

struct Host {
    sources: VecDeque<usize>,
    /// Sources begun and not done.
    in_hand: usize,
    most: usize,
}

impl Queue {
    fn new(shared: &Shared<'_>) -> Queue {
        let mut queue = Queue {
            hosts: Vec::new(),
            open: VecDeque::new(),
            left: shared.sources.len(),
        };
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (index, source) in shared.sources.iter().enumerate() {
            let host = shared
                .known
                .get(&source.id)
                .map_or("", |known| known.host.as_str());
            // Behind a filled-in origin the order of rows must not depend on which answer came
            // first: one after the other.
            let (name, most) = match (shared.options.origin.is_some(), host) {
                (true, _) => ("", 1),
                (false, "") => ("", APART),
                // One more than may be asked: the next is ready when one is done, and those that
                // wait before another try do not hold up the others.
                (false, name) => (name, shared.per_host.saturating_mul(2)),
            };
            let place = *places.entry(name).or_insert_with(|| {
                queue.hosts.push(Host {
                    sources: VecDeque::new(),
                    in_hand: 0,
                    most,
                });
                queue.open.push_back(queue.hosts.len() - 1);
                queue.hosts.len() - 1
            });
            if let Some(host) = queue.hosts.get_mut(place) {
                host.sources.push_back(index);
            }
        }
        queue
    }

    /// The next source, with its host; hosts take turns.
    fn next(&mut self) -> Option<(usize, usize)> {
        let place = self.open.pop_front()?;
        let host = self.hosts.get_mut(place)?;
        let index = host.sources.pop_front()?;
        host.in_hand += 1;
        self.left -= 1;
        if host.in_hand < host.most && !host.sources.is_empty() {
            self.open.push_back(place);
        }
        Some((place, index))
    }

    fn done(&mut self, place: usize) {
        if let Some(host) = self.hosts.get_mut(place) {
            let was_full = host.in_hand == host.most;
            host.in_hand -= 1;
            if was_full && !host.sources.is_empty() {
                self.open.push_back(place);
            }
        }
    }
}

//! One try at one page that came to nothing.

use crate::failure::Failure;
use crate::transport::{NetError, RetryAfter};
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::Refusal;
use quarterdeck_store::NewCapture;

/// One try at one page, failed.
pub(super) enum Miss {
    Net(NetError),
    Refused {
        refusal: Refusal,
        status: u16,
        wait: Option<RetryAfter>,
        evidence: Option<Box<NewCapture>>,
    },
    Local(Message),
    Store(Failure),
    /// The portal said that nothing changed since its last answer.
    Unchanged,
    /// The run was stopped while a limit made it wait.
    Interrupted,
    /// The limit of calls allows no further one.
    OverLimit(Message),
}

impl Miss {
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Miss::Net(error) => error.is_passing(),
            // An answer under an accepted error status was looked at first; now it may be tried again.
            Miss::Refused { status, .. } => *status == 429 || *status >= 500,
            Miss::Local(_)
            | Miss::Store(_)
            | Miss::Unchanged
            | Miss::Interrupted
            | Miss::OverLimit(_) => false,
        }
    }
    /// How long the portal asks to wait.
    pub(super) fn retry_after(&self) -> Option<RetryAfter> {
        match self {
            Miss::Net(error) => error.retry_after(),
            Miss::Refused { wait, .. } => *wait,
            Miss::Local(_)
            | Miss::Store(_)
            | Miss::Unchanged
            | Miss::Interrupted
            | Miss::OverLimit(_) => None,
        }
    }
    pub(super) fn message(&self) -> Message {
        match self {
            Miss::Net(error) => error.message(),
            Miss::Refused {
                refusal, status, ..
            } => {
                let said = match refusal.excerpt.is_empty() {
                    true => refusal.message.clone(),
                    false => Message::new("collect-refused")
                        .with("reason", refusal.message.clone())
                        .with("excerpt", refusal.excerpt.clone()),
                };
                match *status {
                    200 => said,
                    // Accepted, so it was looked at; that it is no good may be no wonder.
                    status => Message::new("collect-refused-status")
                        .with("status", u32::from(status).to_string())
                        .with("reason", said),
                }
            }
            Miss::Local(message) | Miss::OverLimit(message) => message.clone(),
            Miss::Store(failure) => (*failure.what).clone(),
            Miss::Unchanged => Message::new("collect-unchanged"),
            Miss::Interrupted => Message::new("cli-outcome-stopped"),
        }
    }
}

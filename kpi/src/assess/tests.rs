//! Every status path, as a controller would check it.

mod control;
mod depth;
mod figures;
mod language;
mod milestones;
mod money;
mod observed;
mod portfolio;
mod quality;
mod standing;
mod statuses;

//! The terminal face: draws the shared panels on a grid of cells and turns keys and clicks into
//! messages. It decides nothing and knows neither the domain nor the store.

pub mod app;
pub mod input;
pub mod paint;

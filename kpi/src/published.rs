//! Published checks: does a printed ratio follow from its printed parts?

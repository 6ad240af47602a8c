//! Credentials on requests, and what an answer to a test request says about them.

mod verdict;

pub use verdict::TestVerdict;

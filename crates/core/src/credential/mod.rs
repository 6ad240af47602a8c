//! Credentials at work: where a secret goes on a request, and whether it works.
//!
//! [`apply`] puts the credential of a connection on a request by what its authentication method says; [`test`] makes
//! the connector's test request and judges the answer. Obtaining tokens is not here (`oauth`), keeping them neither
//! (`vault`). Secrets live in [`Values`] and in the request, both wiped when dropped; nothing here prints them.

mod apply;
mod challenge;
mod evidence;
mod judge;
mod outcome;
mod sigv4;
pub mod test;
mod verdict;
mod words;

pub use crate::connector::template::Values;
pub use apply::{ACCESS_TOKEN, apply, collect};
pub use challenge::{Challenge, challenges};
pub use judge::{Asked, judge};
pub use sigv4::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN, clock_offset_seconds};
pub use test::{TestAccount, TestOutcome};
pub use verdict::TestVerdict;

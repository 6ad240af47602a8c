//! The token endpoint: the request, our own parser of the answer, and what a failure means.

pub mod capture;
pub mod failure;
pub mod json;
pub mod request;
pub mod response;

pub use capture::Captured;
pub use failure::{FailureKind, TokenFailure};
pub use response::TokenAnswer;

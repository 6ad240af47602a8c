//! Servers and fixtures the tests share.

//! Integration tests of core through its public face.

//! Randomness as a parameter. Production code uses [`SystemRandom`]; tests may bring a seeded source.

pub trait Random: Send + Sync {
    /// Fills `bytes` with bytes fit for keys, states and verifiers.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system's random generator answers");
    }
}

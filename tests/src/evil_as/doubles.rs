//! Stand-ins for what comes from outside.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use patchbay_core::Timestamp;
use patchbay_core::clock::Clock;
use patchbay_core::http::{BoxFuture, Http, HttpError, Method, Request, Response};

/// A clock that stands still until it is set.
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// `seconds` since 1970.
    pub fn at(seconds: i64) -> Self {
        Self(AtomicI64::new(seconds * 1000))
    }

    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

type Answers = dyn Fn(&Request) -> Result<(u16, String), HttpError> + Send + Sync;

/// HTTP without a network, for providers whose addresses are fixed.
pub struct ScriptedHttp {
    answers: Box<Answers>,
    asked: Mutex<Vec<(Method, String)>>,
}

impl ScriptedHttp {
    /// The script gives status and JSON body.
    pub fn new(
        answers: impl Fn(&Request) -> Result<(u16, String), HttpError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            answers: Box::new(answers),
            asked: Mutex::default(),
        }
    }

    /// Method and address of each request so far.
    pub fn asked(&self) -> Vec<(Method, String)> {
        self.asked.lock().expect("no test panics here").clone()
    }
}

impl Http for ScriptedHttp {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, HttpError>> {
        Box::pin(async move {
            self.asked
                .lock()
                .expect("no test panics here")
                .push((request.method, request.url.to_string()));
            let (status, body) = (self.answers)(&request)?;
            Ok(Response {
                status,
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body: body.into_bytes().into(),
            })
        })
    }
}

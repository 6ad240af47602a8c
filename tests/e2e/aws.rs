//! AWS with signatures and IAM policies checked, through core and moto: the shipped definition, signed as for AWS, sent
//! to this machine.
//!
//! Not in the window, because the shipped definition names AWS's own hosts and nothing in the application can bend
//! that.

use patchbay_core::Timestamp;
use patchbay_core::clock::{Clock, SystemClock};
use patchbay_core::connector::{Catalogue, FieldKind};
use patchbay_core::credential::{TestOutcome, TestVerdict, Values, test};
use patchbay_core::http::{BoxFuture, Http, HttpError, Request, ReqwestHttp, Response};
use patchbay_tests::servers::aws::Aws;
use url::Url;

use crate::journey::journeys;

journeys![a_right_aws_key_a_wrong_secret_and_an_unknown_key_are_told_apart];

/// Carries requests for AWS's hosts to moto, with the host they were signed for.
struct ToMoto {
    address: Url,
    http: ReqwestHttp,
}

impl Http for ToMoto {
    fn send(&self, mut request: Request) -> BoxFuture<'_, Result<Response, HttpError>> {
        let host = request.url.host_str().expect("AWS has hosts").to_owned();
        let mut url = self.address.clone();
        url.set_path(request.url.path());
        url.set_query(request.url.query());
        request.url = url;
        if !request
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"))
        {
            request = request.header("host", host);
        }
        self.http.send(request)
    }
}

fn a_right_aws_key_a_wrong_secret_and_an_unknown_key_are_told_apart() {
    let aws = Aws::start();
    let right = tried(&aws, &aws.access_key_id, &aws.secret_access_key);
    assert_eq!(
        right.verdict,
        TestVerdict::Ok,
        "a good key is good: {right:?}"
    );
    let account = right.account.expect("AWS says whose key it is");
    assert!(
        account
            .name
            .is_some_and(|name| name.ends_with("user/automation")),
        "and it is the user's"
    );
    let wrong = tried(
        &aws,
        &aws.access_key_id,
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    );
    assert_eq!(
        wrong.verdict,
        TestVerdict::BadSecret,
        "the signature doesn't match: {wrong:?}"
    );
    let unknown = tried(&aws, "AKIAIOSFODNN7EXAMPLE", &aws.secret_access_key);
    assert_eq!(
        unknown.verdict,
        TestVerdict::BadSecret,
        "nobody has this key: {unknown:?}"
    );
    assert_ne!(
        wrong.provider_error, unknown.provider_error,
        "what AWS says of the two differs and is kept"
    );
}

fn tried(aws: &Aws, key: &str, secret: &str) -> TestOutcome {
    let catalogue = Catalogue::shipped();
    let connector = catalogue.require("aws-s3").expect("AWS S3 is shipped");
    let method = connector.method("access_key").expect("it takes a key pair");
    let mut values = Values::default();
    values.insert("access_key_id", FieldKind::Text, key);
    values.insert("secret_access_key", FieldKind::Secret, secret);
    values.insert("region", FieldKind::Choice, "us-east-1");
    let http = ToMoto {
        address: Url::parse(aws.address()).expect("it is an address"),
        http: ReqwestHttp::new(),
    };
    let now: Timestamp = SystemClock.now();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
    runtime
        .block_on(test::run(&http, &connector, method, &values, now))
        .expect("the request can be built")
}

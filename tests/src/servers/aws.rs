//! AWS by moto, with signatures and IAM policies checked: a wrong key is refused as AWS refuses it.

use super::{free_port, python};
use crate::process::Running;
use crate::{deadline, wire};

/// The running server and the one key it knows.
pub struct Aws {
    address: String,
    /// An access key of a user who may list buckets and ask who they are.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    _running: Running,
}

impl Aws {
    /// Starts it and makes one user with a key.
    pub fn start() -> Self {
        let port = free_port();
        let address = format!("http://127.0.0.1:{port}");
        let mut command = python("moto_server");
        command
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            // The first calls make the user; from the fourth on signatures and policies are checked.
            .env("INITIAL_NO_AUTH_ACTION_COUNT", "3")
            // Moto looks for settings in a home.
            .env("HOME", std::env::temp_dir());
        let mut running = Running::start("moto", &command);
        deadline::until("moto to listen", || {
            assert!(running.is_running(), "moto ended: {}", running.printed());
            wire::get(&format!("{address}/moto-api/"))
                .ok()
                .filter(|answer| answer.status == 200)
        });
        let mut aws = Self {
            address,
            access_key_id: String::new(),
            secret_access_key: String::new(),
            _running: running,
        };
        aws.iam(&[("Action", "CreateUser"), ("UserName", "automation")]);
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:ListAllMyBuckets","lambda:ListFunctions","sts:GetCallerIdentity"],"Resource":"*"}]}"#;
        aws.iam(&[
            ("Action", "PutUserPolicy"),
            ("UserName", "automation"),
            ("PolicyName", "list"),
            ("PolicyDocument", policy),
        ]);
        let key = aws.iam(&[("Action", "CreateAccessKey"), ("UserName", "automation")]);
        aws.access_key_id = element(&key, "AccessKeyId");
        aws.secret_access_key = element(&key, "SecretAccessKey");
        aws
    }

    /// Where it listens; it serves every AWS service at this one address.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn iam(&self, fields: &[(&str, &str)]) -> String {
        let mut form = vec![("Version", "2010-05-08")];
        form.extend(fields);
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            // Moto finds the service in the credential's scope; this signature is not looked at yet.
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=nobody/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=none",
            ),
        ];
        let answer =
            wire::request("POST", &self.address, &headers, &body).expect("moto is running");
        assert_eq!(
            answer.status, 200,
            "moto refused {fields:?}: {}",
            answer.body
        );
        answer.body
    }
}

fn element(xml: &str, name: &str) -> String {
    let after = xml
        .split(&format!("<{name}>"))
        .nth(1)
        .unwrap_or_else(|| panic!("no {name} in {xml}"));
    after.split('<').next().unwrap_or_default().to_owned()
}

//! An authorization server that knows clients by the address of their document, and the host of one such document: what
//! it registers is what is hosted at the moment (draft-ietf-oauth-client-id-metadata-document).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use crate::scripted::{Answer, Scripted, Seen};

/// See the module.
pub struct DocumentServer {
    pub api: Scripted,
    hosted: Arc<Mutex<Answer>>,
}

impl DocumentServer {
    /// Starts one that hosts nothing yet. `supported`: whether its metadata says that it takes documents.
    pub async fn start(supported: bool) -> Self {
        let hosted = Arc::new(Mutex::new(Answer::new(404, "")));
        let served = Arc::clone(&hosted);
        let api = Scripted::start(move |seen| {
            let document = served
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            match seen.path.split('?').next().unwrap_or_default() {
                "/patchbay.json" => document,
                "/authorize" => authorize(seen, &document),
                "/token" => token(seen),
                path if path.starts_with("/.well-known/") => metadata(&seen.base, supported),
                _ => Answer::new(404, ""),
            }
        })
        .await;
        Self { api, hosted }
    }

    /// The address of the document.
    pub fn address(&self) -> String {
        address(self.api.base())
    }

    /// Answers with this at the document's address from now on.
    pub fn host(&self, answer: Answer) {
        *self.hosted.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }
}

fn address(base: &str) -> String {
    format!("{base}/patchbay.json")
}

fn metadata(base: &str, supported: bool) -> Answer {
    Answer::json(
        200,
        &json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/authorize"),
            "token_endpoint": format!("{base}/token"),
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic"],
            "client_id_metadata_document_supported": supported,
        }),
    )
}

/// Sends the browser back at once, if the hosted document names the client and the way back.
fn authorize(seen: &Seen, document: &Answer) -> Answer {
    let asked = Url::parse(&format!("{}{}", seen.base, seen.path)).expect("an address of ours");
    let asked: BTreeMap<String, String> = asked.query_pairs().into_owned().collect();
    let parameter = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let document: Value = serde_json::from_slice(&document.body).unwrap_or_default();
    let without_port = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        let _ = url.set_port(None);
        Some(url)
    };
    let back = parameter("redirect_uri");
    let listed = document["redirect_uris"].as_array().is_some_and(|uris| {
        uris.iter()
            .filter_map(Value::as_str)
            .any(|uri| without_port(uri) == without_port(back))
    });
    if parameter("client_id") != address(&seen.base)
        || document["client_id"] != parameter("client_id")
        || !listed
    {
        return Answer::new(400, "the document doesn't describe this client");
    }
    let mut back = Url::parse(back).expect("the document lists addresses");
    back.query_pairs_mut()
        .append_pair("code", "the-code")
        .append_pair("state", parameter("state"));
    Answer::new(302, "").header("location", back.as_str())
}

/// Gives a token to the client of the document, which proves itself by PKCE alone.
fn token(seen: &Seen) -> Answer {
    let form: BTreeMap<String, String> = form_urlencoded::parse(&seen.body).into_owned().collect();
    let known = form.get("client_id") == Some(&address(&seen.base));
    let bare = !form.contains_key("client_secret") && seen.header("authorization").is_none();
    match known && bare && form.contains_key("code_verifier") {
        true => Answer::json(
            200,
            &json!({"access_token": "at", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "rt"}),
        ),
        false => Answer::json(401, &json!({"error": "invalid_client"})),
    }
}

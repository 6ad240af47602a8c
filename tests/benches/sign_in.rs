//! The person's part of a sign-in at the authorization server, without a browser: its pages are two forms, and a browser
//! beside the window would take from it the processor that is to be measured.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use url::Url;

/// Signs in and consents at `address`, and gives the link that the server sends the browser to.
pub async fn sign_in(address: &str) -> String {
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .build()
        .unwrap();
    let mut cookies: BTreeMap<String, String> = BTreeMap::new();
    let mut at = Url::parse(address).unwrap();
    let mut form: Option<&[(&str, &str)]> = None;
    loop {
        let jar: Vec<String> = cookies
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let request = match form.take() {
            Some(fields) => client.post(at.clone()).form(fields),
            None => client.get(at.clone()),
        };
        let answer = request.header(COOKIE, jar.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (key, value) = pair.split_once('=').unwrap();
            cookies.insert(key.to_owned(), value.to_owned());
        }
        if let Some(to) = answer.headers().get(LOCATION) {
            let to = to.to_str().unwrap();
            if to.starts_with("dev.patchbay.desktop:") {
                return to.to_owned();
            }
            at = at.join(to).unwrap();
            continue;
        }
        let page = answer.text().await.unwrap();
        form = Some(if page.contains("name=\"login\"") {
            &[("prompt", "login"), ("login", "alice"), ("password", "any")]
        } else {
            &[("prompt", "consent")]
        });
        let (_, action) = page
            .split_once("action=\"")
            .unwrap_or_else(|| panic!("no form: {page}"));
        at = at.join(action.split('"').next().unwrap()).unwrap();
    }
}

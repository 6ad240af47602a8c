//! What an answer offers as evidence: its error words, its sentences, its challenges, and values by JSON pointer or XML
//! element. Reads every common shape of error (RFC 6750, RFC 9457, Google, Microsoft, Salesforce, GraphQL, AWS) without
//! judging it. Nothing read here is fit to be shown before it has passed [`Evidence::shown`].

use serde_json::Value;

use super::apply::secrets;
use super::{Challenge, Values, challenges};
use crate::error::provider_text;
use crate::http::Response;

/// Where answers keep an error word, the more telling first.
const WORDS: &[&str] = &[
    "/error/errors/0/reason",
    "/error/details/0/reason",
    "/error/details/1/reason",
    "/error/details/2/reason",
    "/error/status",
    "/error/code",
    "/error/type",
    "/error",
    "/errorCode",
    "/error_code",
    "/errors/0/extensions/code",
    "/errors/0/code",
    "/errors/0/error_code",
    "/0/errorCode",
    "/0/code",
    "/__type",
    "/code",
    "/Code",
    "/type",
];

/// Where answers keep a sentence.
const SENTENCES: &[&str] = &[
    "/error_description",
    "/error/message",
    "/errorSummary",
    "/errorMessages/0",
    "/errors/0/message",
    "/errors/0/detail",
    "/errors/0/title",
    "/errors/0",
    "/0/message",
    "/message",
    "/Message",
    "/error_message",
    "/detail",
    "/title",
    "/description",
    "/error",
];

pub(super) struct Evidence {
    json: Option<Value>,
    xml: Option<String>,
    pub(super) html: bool,
    pub(super) challenges: Vec<Challenge>,
    /// Error words, as the provider wrote them.
    pub(super) words: Vec<String>,
    pub(super) sentences: Vec<String>,
}

impl Evidence {
    /// `error` is the pointer the definition gives for the error word.
    pub(super) fn read(response: &Response, error: Option<&str>) -> Self {
        let text = std::str::from_utf8(&response.body)
            .unwrap_or_default()
            .trim_start_matches('\u{feff}')
            .trim();
        let kind = response.header("content-type").unwrap_or_default();
        let start = text.get(..200).unwrap_or(text).to_ascii_lowercase();
        let html = start.starts_with("<!doctype html") || start.contains("<html");
        let mut evidence = Self {
            json: serde_json::from_str(text).ok(),
            xml: (text.starts_with('<') && !html).then(|| text.to_owned()),
            html: html || (kind.contains("text/html") && text.starts_with('<')),
            challenges: challenges(response),
            words: Vec::new(),
            sentences: Vec::new(),
        };
        evidence.collect(response, text, error);
        evidence
    }

    fn collect(&mut self, response: &Response, text: &str, error: Option<&str>) {
        let mut words: Vec<String> = error.and_then(|at| self.value(at)).into_iter().collect();
        let mut sentences = Vec::new();
        for challenge in &self.challenges {
            words.extend(challenge.get("error").map(str::to_owned));
            sentences.extend(challenge.get("error_description").map(str::to_owned));
        }
        // `UnrecognizedClientException:http://…`
        words.extend(
            response
                .header("x-amzn-errortype")
                .and_then(|word| word.split(':').next())
                .map(str::to_owned),
        );
        if self.json.is_some() {
            words.extend(WORDS.iter().filter_map(|at| self.string(at)));
            sentences.extend(SENTENCES.iter().filter_map(|at| self.string(at)));
        } else if self.xml.is_some() {
            words.extend(
                ["Code", "code", "faultcode"]
                    .iter()
                    .filter_map(|name| self.value(name)),
            );
            sentences.extend(
                ["Message", "message"]
                    .iter()
                    .filter_map(|name| self.value(name)),
            );
        } else if !self.html && text.len() <= 2000 && !text.is_empty() {
            sentences.push(text.to_owned());
        }
        // `com.amazon.coral.service#AccessDeniedException`
        self.words = words
            .into_iter()
            .map(|word| word.rsplit('#').next().unwrap_or_default().to_owned())
            .filter(|word| !word.is_empty() && !word.bytes().all(|byte| byte.is_ascii_digit()))
            .collect();
        self.sentences = sentences;
    }

    pub(super) fn is_readable(&self) -> bool {
        self.json.is_some() || self.xml.is_some()
    }

    pub(super) fn json(&self, pointer: &str) -> Option<&Value> {
        self.json.as_ref()?.pointer(pointer)
    }

    fn string(&self, pointer: &str) -> Option<String> {
        self.json(pointer)?.as_str().map(str::to_owned)
    }

    /// A text or a number by JSON pointer, or by element name in an XML answer.
    pub(super) fn value(&self, at: &str) -> Option<String> {
        if let Some(xml) = &self.xml {
            return element(xml, at.trim_start_matches('/'));
        }
        match self.json(at)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// What the provider said, fit to be shown: without any secret we sent, cleaned and cut.
    pub(super) fn shown(&self, values: &Values) -> Option<String> {
        let word = self.words.first();
        let sentence = self
            .sentences
            .iter()
            .find(|sentence| Some(*sentence) != word);
        let said = match (word, sentence) {
            (Some(word), Some(sentence)) => format!("{word}: {sentence}"),
            (Some(only), None) | (None, Some(only)) => only.clone(),
            (None, None) => return None,
        };
        provider_text(&without_secrets(&said, values))
    }
}

/// The text with every secret of `values` replaced, as it is and percent-encoded.
pub(super) fn without_secrets(text: &str, values: &Values) -> String {
    let mut text = text.to_owned();
    for secret in secrets(values) {
        text = text.replace(secret, "•••");
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        text = text.replace(&encoded, "•••");
    }
    text
}

/// The text of the first element of that name, whatever its namespace prefix; the five entities are resolved.
fn element(xml: &str, name: &str) -> Option<String> {
    let mut rest = xml;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        let end = rest.find('>')?;
        let tag = rest[..end].split_whitespace().next().unwrap_or_default();
        let tag = tag.rsplit(':').next().unwrap_or_default();
        rest = &rest[end + 1..];
        if tag == name {
            let text = rest[..rest.find('<')?].trim();
            let text = text
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&apos;", "'")
                .replace("&amp;", "&");
            return (!text.is_empty()).then_some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::element;

    #[test]
    fn an_element_is_found_by_its_local_name() {
        let xml = r#"<?xml version="1.0"?><a:Reply xmlns:a="x"><Arn/><a:Arn kind="y"> arn:aws:iam::1:user/a&amp;b </a:Arn></a:Reply>"#;
        assert_eq!(element(xml, "Reply"), None);
        assert_eq!(element("<A><B>1</B></A>", "B").as_deref(), Some("1"));
        assert_eq!(element("<A><B>1</B", "C"), None);
        assert_eq!(element("<A", "A"), None);
        let full = xml.replace("<Arn/>", "");
        assert_eq!(
            element(&full, "Arn").as_deref(),
            Some("arn:aws:iam::1:user/a&b")
        );
    }
}

//! AWS Signature Version 4: one request, signed with an access key pair for one service in one region.
//!
//! What is signed is what is sent: the query is rewritten in its canonical form, `host`, `content-type`, `range` and
//! every `x-amz-` header are covered, and the body by its hash. S3 takes the path encoded once and as it is, every other
//! service encoded twice and without empty segments. Chunked bodies and presigned addresses are not here.

use percent::{decode, encode, encode_path};
use ring::{digest, hmac};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use zeroize::Zeroizing;

use super::Values;
use super::apply::set_header;
use crate::clock::Timestamp;
use crate::connector::AuthMethod;
use crate::connector::template::expand_text;
use crate::error::{Code, Error, Result};
use crate::http::{Method, Request, Response};

/// The keys of the three fields a key pair is made of; the last is optional.
pub const ACCESS_KEY_ID: &str = "access_key_id";
pub const SECRET_ACCESS_KEY: &str = "secret_access_key";
pub const SESSION_TOKEN: &str = "session_token";

const AMZ_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");
const HTTP_DATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

/// Signs the request with the key pair in `values`, dated `now`.
pub(super) fn apply(
    method: &AuthMethod,
    values: &Values,
    now: Timestamp,
    request: &mut Request,
) -> Result<()> {
    let aws = method.aws.as_ref().ok_or_else(|| {
        Error::new(
            Code::InvalidDefinition,
            format!(
                "the definition doesn't say what requests are signed for: `{}`",
                method.id
            ),
        )
    })?;
    let key = Key {
        id: required(values, ACCESS_KEY_ID)?,
        secret: required(values, SECRET_ACCESS_KEY)?,
        region: &expand_text(&aws.region, values)?,
        service: &aws.service,
    };
    let body = request
        .body
        .as_ref()
        .map_or(&[][..], |body| body.as_slice());
    let hash = hex(digest::digest(&digest::SHA256, body).as_ref());
    let date = format(now, AMZ_DATE)?;
    if let Some(token) = values.get(SESSION_TOKEN).filter(|token| !token.is_empty()) {
        let token = Zeroizing::new(token.to_owned());
        set_header(request, "x-amz-security-token", token, Some(SESSION_TOKEN))?;
    }
    set_header(request, "x-amz-date", Zeroizing::new(date.clone()), None)?;
    set_header(
        request,
        "x-amz-content-sha256",
        Zeroizing::new(hash.clone()),
        None,
    )?;
    if request.url.query().is_some() {
        let query = canonical_query(&request.url);
        request.url.set_query((!query.is_empty()).then_some(&query));
    }
    let authorization = sign(request, &key, &date, &hash)?;
    set_header(request, "Authorization", authorization, Some(ACCESS_KEY_ID))
}

/// Seconds the server's clock is ahead of `now`, from the answer's `Date`. Used when a server says that the signature
/// is too old or too new.
pub fn clock_offset_seconds(response: &Response, now: Timestamp) -> Option<i64> {
    http_date(response.header("date")?).map(|there| there.seconds_since(now))
}

/// RFC 9110 5.6.7, its preferred form.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let moment = time::PrimitiveDateTime::parse(text.trim(), HTTP_DATE).ok()?;
    Some(Timestamp(
        moment.assume_utc().unix_timestamp().checked_mul(1000)?,
    ))
}

struct Key<'a> {
    id: &'a str,
    secret: &'a str,
    region: &'a str,
    service: &'a str,
}

fn required<'a>(values: &'a Values, key: &str) -> Result<&'a str> {
    values
        .get(key)
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Error::field(key, format!("The value of {key} is missing")))
}

fn format(now: Timestamp, shape: &[BorrowedFormatItem<'_>]) -> Result<String> {
    OffsetDateTime::from_unix_timestamp(now.0.div_euclid(1000))
        .ok()
        .and_then(|moment| moment.format(shape).ok())
        .ok_or_else(|| Error::internal("this machine's clock is out of any calendar"))
}

/// The value of `Authorization`.
fn sign(request: &Request, key: &Key<'_>, date: &str, hash: &str) -> Result<Zeroizing<String>> {
    let (headers, signed) = canonical_headers(request)?;
    let canonical = Zeroizing::new(format!(
        "{}\n{}\n{}\n{}\n{signed}\n{hash}",
        verb(request.method),
        canonical_path(request.url.path(), key.service),
        canonical_query(&request.url),
        headers.as_str(),
    ));
    let day = &date[..8];
    let scope = format!("{day}/{}/{}/aws4_request", key.region, key.service);
    let canonical = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{canonical}");
    let first = Zeroizing::new(format!("AWS4{}", key.secret));
    let derived = [day, key.region, key.service, "aws4_request"]
        .iter()
        .fold(Zeroizing::new(first.as_bytes().to_vec()), |key, part| {
            Zeroizing::new(mac(&key, part).as_ref().to_vec())
        });
    let signature = hex(mac(&derived, &to_sign).as_ref());
    Ok(Zeroizing::new(format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={signed}, Signature={signature}",
        key.id
    )))
}

fn mac(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

fn verb(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
        Method::Head => "HEAD",
    }
}

/// The lines of the signed headers, and their names joined.
fn canonical_headers(request: &Request) -> Result<(Zeroizing<String>, String)> {
    let host = request
        .url
        .host_str()
        .ok_or_else(|| Error::internal("an address without a host can't be signed"))?;
    let host = match request.url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let mut lines = vec![("host".to_owned(), Zeroizing::new(host))];
    for (name, value) in &request.headers {
        let name = name.to_ascii_lowercase();
        if name.starts_with("x-amz-") || matches!(name.as_str(), "content-type" | "range") {
            let folded: Vec<&str> = value.split_whitespace().collect();
            lines.push((name, Zeroizing::new(folded.join(" "))));
        }
    }
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    let mut text = Zeroizing::new(String::new());
    for (name, value) in &lines {
        text.push_str(name);
        text.push(':');
        text.push_str(value);
        text.push('\n');
    }
    let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
    Ok((text, names.join(";")))
}

fn canonical_path(path: &str, service: &str) -> String {
    if service == "s3" {
        return encode_path(path.split('/').map(decode));
    }
    let last_is_open = path.len() > 1 && path.ends_with('/');
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let once = segments.map(|segment| encode(&decode(segment)).into_bytes());
    let mut whole = format!("/{}", encode_path(once));
    if last_is_open {
        whole.push('/');
    }
    whole
}

fn canonical_query(url: &url::Url) -> String {
    let mut pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| (encode(name.as_bytes()), encode(value.as_bytes())))
        .collect();
    pairs.sort();
    let joined: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    joined.join("&")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Percent-encoding as AWS wants it: everything but unreserved characters, in capitals.
mod percent {
    pub(super) fn encode(bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len());
        for &byte in bytes {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
        text
    }

    pub(super) fn encode_path(segments: impl Iterator<Item = Vec<u8>>) -> String {
        let encoded: Vec<String> = segments.map(|segment| encode(&segment)).collect();
        encoded.join("/")
    }

    pub(super) fn decode(text: &str) -> Vec<u8> {
        let bytes = text.as_bytes();
        let mut found = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while at < bytes.len() {
            let pair = bytes.get(at + 1..at + 3).and_then(|pair| {
                let pair = std::str::from_utf8(pair).ok()?;
                u8::from_str_radix(pair, 16).ok()
            });
            match (bytes[at], pair) {
                (b'%', Some(byte)) => {
                    found.push(byte);
                    at += 3;
                }
                (byte, _) => {
                    found.push(byte);
                    at += 1;
                }
            }
        }
        found
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const KEY: Key<'_> = Key {
        id: "AKIDEXAMPLE",
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        region: "us-east-1",
        service: "service",
    };
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn signature(url: &str) -> String {
        let request = Request::new(Method::Get, url::Url::parse(url).unwrap())
            .header("X-Amz-Date", "20150830T123600Z");
        let value = sign(&request, &KEY, "20150830T123600Z", EMPTY).unwrap();
        value.split("Signature=").nth(1).unwrap().to_owned()
    }

    #[test]
    fn the_published_vectors_of_a_plain_get_hold() {
        assert_eq!(
            signature("https://example.amazonaws.com/"),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            "get-vanilla"
        );
        assert_eq!(
            signature("https://example.amazonaws.com/?Param2=value2&Param1=value1"),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            "get-vanilla-query-order-key-case"
        );
    }

    #[test]
    fn paths_are_encoded_twice_except_for_s3() {
        assert_eq!(canonical_path("/a%20b/c", "lambda"), "/a%2520b/c");
        assert_eq!(canonical_path("/a%20b/c", "s3"), "/a%20b/c");
        assert_eq!(canonical_path("//a//b/", "lambda"), "/a/b/");
        assert_eq!(canonical_path("//a", "s3"), "//a");
        assert_eq!(canonical_path("/a:b", "s3"), "/a%3Ab");
        assert_eq!(canonical_path("/", "sts"), "/");
    }

    #[test]
    fn a_date_of_http_is_read_and_anything_else_is_not() {
        assert_eq!(
            http_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(Timestamp(784_111_777_000))
        );
        assert_eq!(http_date("yesterday"), None);
    }
}

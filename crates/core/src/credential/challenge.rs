//! What `WWW-Authenticate` says (RFC 9110 11.6.1, RFC 6750 3): several challenges in one or several headers, quoted
//! strings, token68. Whatever a server sends, the parser ends and never fails; what it can't read it leaves out.

use crate::http::Response;

/// Bytes of one header that are read.
const LIMIT: usize = 16 * 1024;

/// One challenge. The scheme is in lower case, as are the names of its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    pub scheme: String,
    /// In the order given; of a repeated name only the first is kept.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The challenges of an answer, of all its `WWW-Authenticate` headers.
pub fn challenges(response: &Response) -> Vec<Challenge> {
    response
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"))
        .take(16)
        .flat_map(|(_, value)| parse(value))
        .collect()
}

fn parse(header: &str) -> Vec<Challenge> {
    let mut end = header.len().min(LIMIT);
    while !header.is_char_boundary(end) {
        end -= 1;
    }
    let mut rest = Cursor(&header[..end]);
    let mut found: Vec<Challenge> = Vec::new();
    loop {
        rest.skip(|c| c == ',' || c.is_whitespace());
        if rest.0.is_empty() {
            return found;
        }
        let word = rest.take(is_token).to_owned();
        if word.is_empty() {
            rest.step();
            continue;
        }
        let spaced = rest.skip(char::is_whitespace);
        if rest.0.starts_with('=') && !found.is_empty() && !rest.is_padding() {
            rest.step();
            rest.skip(char::is_whitespace);
            let value = rest.value();
            if let Some(challenge) = found.last_mut() {
                let name = word.to_ascii_lowercase();
                if challenge.get(&name).is_none() {
                    challenge.parameters.push((name, value));
                }
            }
            continue;
        }
        found.push(Challenge {
            scheme: word.to_ascii_lowercase(),
            parameters: Vec::new(),
        });
        if spaced {
            rest.skip_token68();
        }
    }
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.0.find(|c| !wanted(c)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    /// Whether anything was skipped.
    fn skip(&mut self, unwanted: impl Fn(char) -> bool) -> bool {
        !self.take(unwanted).is_empty()
    }

    fn step(&mut self) -> Option<char> {
        let c = self.0.chars().next()?;
        self.0 = &self.0[c.len_utf8()..];
        Some(c)
    }

    /// Whether here stands the `=` that fills up a token68, not the one of a parameter.
    fn is_padding(&self) -> bool {
        let after = self.0.trim_start_matches('=').trim_start();
        after.is_empty() || after.starts_with(',')
    }

    /// Skips `dGVzdA==`, which belongs to the scheme before it and to nothing we ask for.
    fn skip_token68(&mut self) {
        let wanted = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
        let mut ahead = Cursor(self.0);
        if ahead.take(wanted).is_empty() {
            return;
        }
        ahead.take(|c| c == '=');
        ahead.skip(char::is_whitespace);
        if ahead.0.is_empty() || ahead.0.starts_with(',') {
            self.0 = ahead.0;
        }
    }

    fn value(&mut self) -> String {
        if !self.0.starts_with('"') {
            return self.take(|c| c != ',' && !c.is_whitespace()).to_owned();
        }
        self.step();
        let mut value = String::new();
        while let Some(c) = self.step() {
            match c {
                '"' => break,
                '\\' => value.extend(self.step()),
                _ => value.push(c),
            }
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(header: &str) -> Challenge {
        let mut found = parse(header);
        assert_eq!(found.len(), 1, "{header}: {found:?}");
        found.remove(0)
    }

    #[test]
    fn a_bearer_challenge_tells_error_and_scope() {
        let challenge = one(
            r#"Bearer realm="api", error="insufficient_scope", scope="files:read files:write", error_description="say \"please\"""#,
        );
        assert_eq!(challenge.scheme, "bearer");
        assert_eq!(challenge.get("scope"), Some("files:read files:write"));
        assert_eq!(challenge.get("error"), Some("insufficient_scope"));
        assert_eq!(challenge.get("error_description"), Some("say \"please\""));
    }

    #[test]
    fn several_challenges_keep_their_own_parameters() {
        let found = parse(
            r#"Negotiate dGVzdA==, Basic realm="a, Bearer error=\"x\"", Bearer error=invalid_token , DPoP algs="ES256""#,
        );
        let schemes: Vec<_> = found.iter().map(|c| c.scheme.as_str()).collect();
        assert_eq!(schemes, ["negotiate", "basic", "bearer", "dpop"]);
        assert_eq!(found[2].get("error"), Some("invalid_token"));
        assert_eq!(found[1].get("error"), None, "quoted text is no challenge");
    }

    #[test]
    fn of_a_repeated_parameter_the_first_counts() {
        let challenge = one(r#"Bearer error="invalid_token", error="insufficient_scope""#);
        assert_eq!(challenge.get("error"), Some("invalid_token"));
    }

    #[test]
    fn broken_headers_end_and_give_what_can_be_read() {
        for broken in [
            "",
            ",,,",
            "=",
            "\"",
            "Bearer error=\"unterminated",
            "Bearer error",
            "Bearer =x",
            "Bearer error==",
            "Bearer error=\"a\\",
            "ä=ö, Bearer scope=\"ü\"",
            "Bearer , , realm",
        ] {
            let _ = parse(broken);
        }
        assert_eq!(
            one("Bearer error=\"unterminated").get("error"),
            Some("unterminated")
        );
        let endless = format!("Bearer {}", "a=b,".repeat(100_000));
        assert_eq!(parse(&endless)[0].get("a"), Some("b"));
        let many = "Basic ".repeat(60_000);
        assert!(parse(&many).len() <= LIMIT);
        let wide = "ä".repeat(LIMIT);
        assert!(parse(&wide).is_empty());
    }
}

//! JSON with positions: every value knows the bytes it stands on.
//!
//! The write-back changes a few strings of an export and leaves every other byte as it was, so the readers need byte
//! spans, which serde_json doesn't give. The nodes lie in one array in the order of the text; a subtree is a range of
//! it. Nothing here recurses, so no file can exhaust the stack; what nests deeper than [`MAX_DEPTH`] is refused.

use std::borrow::Cow;
use std::ops::Range;

/// Deepest nesting that is read. The deepest known export has about 120 levels.
pub const MAX_DEPTH: usize = 4096;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    kind: Kind,
    start: u32,
    end: u32,
    /// The member's name with its quotes; empty for elements of arrays and for the root.
    key_start: u32,
    key_end: u32,
    /// Index after the last node of this subtree.
    after: u32,
}

/// Why a text is no JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    pub what: String,
    pub line: usize,
    pub column: usize,
    /// It is well formed so far but nests too deeply.
    pub too_deep: bool,
}

/// A parsed text.
#[derive(Debug)]
pub struct Document<'t> {
    text: &'t str,
    entries: Vec<Entry>,
}

/// One value of a [`Document`].
#[derive(Debug, Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document<'d>,
    index: usize,
}

impl<'t> Document<'t> {
    /// Parses the whole of `text` (RFC 8259). Lone surrogates in strings are accepted, as JavaScript writes them.
    pub fn parse(text: &'t str) -> Result<Self, Malformed> {
        Parser {
            text,
            bytes: text.as_bytes(),
            at: 0,
            entries: Vec::new(),
        }
        .run()
    }

    pub fn root(&self) -> Node<'_> {
        Node {
            document: self,
            index: 0,
        }
    }
}

impl<'d> Node<'d> {
    fn entry(self) -> Entry {
        self.document.entries[self.index]
    }

    pub fn kind(self) -> Kind {
        self.entry().kind
    }

    pub fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    pub fn is_array(self) -> bool {
        self.kind() == Kind::Array
    }

    /// Place in the document's order; with [`Node::after`] it tells whether one node lies inside another.
    pub fn index(self) -> usize {
        self.index
    }

    /// The index after this node and everything in it.
    pub fn after(self) -> usize {
        self.entry().after as usize
    }

    /// The bytes of the value; a string's include its quotes.
    pub fn span(self) -> Range<usize> {
        let entry = self.entry();
        entry.start as usize..entry.end as usize
    }

    /// The text of the value as it stands in the file.
    pub fn raw(self) -> &'d str {
        &self.document.text[self.span()]
    }

    /// The member's name, when the node is a member of an object.
    pub fn key(self) -> Option<Cow<'d, str>> {
        let entry = self.entry();
        (entry.key_end > entry.key_start).then(|| {
            unescape(&self.document.text[entry.key_start as usize + 1..entry.key_end as usize - 1])
        })
    }

    fn key_is(self, name: &str) -> bool {
        let entry = self.entry();
        if entry.key_end <= entry.key_start {
            return false;
        }
        let raw = &self.document.text[entry.key_start as usize + 1..entry.key_end as usize - 1];
        raw == name || (raw.contains('\\') && unescape(raw) == name)
    }

    /// Members or elements in their order.
    pub fn children(self) -> impl Iterator<Item = Node<'d>> {
        let (mut next, end) = match self.kind() {
            Kind::Array | Kind::Object => (self.index + 1, self.after()),
            Kind::Null | Kind::Bool | Kind::Number | Kind::String => (0, 0),
        };
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = Node {
                    document: self.document,
                    index: next,
                };
                next = child.after();
                child
            })
        })
    }

    /// This node and everything in it, in the order of the text.
    pub fn subtree(self) -> impl Iterator<Item = Node<'d>> {
        (self.index..self.after()).map(move |index| Node {
            document: self.document,
            index,
        })
    }

    /// The member of that name; the last one where a name occurs twice, as JSON readers commonly do.
    pub fn get(self, name: &str) -> Option<Node<'d>> {
        if !self.is_object() {
            return None;
        }
        self.children().filter(|child| child.key_is(name)).last()
    }

    /// Follows member names.
    pub fn at(self, path: &[&str]) -> Option<Node<'d>> {
        path.iter().try_fold(self, |node, name| node.get(name))
    }

    /// The value of a string.
    pub fn as_str(self) -> Option<Cow<'d, str>> {
        (self.kind() == Kind::String).then(|| {
            let raw = self.raw();
            unescape(&raw[1..raw.len() - 1])
        })
    }

    pub fn as_bool(self) -> Option<bool> {
        (self.kind() == Kind::Bool).then(|| self.raw() == "true")
    }

    /// The member of that name, when it is a string that isn't blank.
    pub fn text(self, name: &str) -> Option<String> {
        self.get(name)
            .and_then(Node::as_str)
            .filter(|value| !value.trim().is_empty())
            .map(Cow::into_owned)
    }
}

/// The JSON string literal of `value`, with its quotes.
pub fn quote(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let code = rest.as_bytes()[at + 1];
        rest = &rest[at + 2..];
        match code {
            b'u' => {
                let first = hex(rest);
                rest = &rest[4..];
                let low = (0xd800..0xdc00)
                    .contains(&first)
                    .then(|| rest.strip_prefix("\\u").map(hex))
                    .flatten()
                    .filter(|low| (0xdc00..0xe000).contains(low));
                match low {
                    Some(low) => {
                        rest = &rest[6..];
                        let point = 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
                        out.push(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    None => out.push(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)),
                }
            }
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            other => out.push(char::from(other)),
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The value of the four hexadecimal digits the parser has seen at the start of `text`.
fn hex(text: &str) -> u32 {
    u32::from_str_radix(&text[..4], 16).expect("the parser has checked the digits of every escape")
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    entries: Vec<Entry>,
}

impl<'t> Parser<'t> {
    fn run(mut self) -> Result<Document<'t>, Malformed> {
        if u32::try_from(self.bytes.len()).is_err() {
            return Err(self.malformed("the text is longer than 4 GB"));
        }
        let mut open: Vec<usize> = Vec::new();
        loop {
            // One value, with its name when it is a member.
            let key = match open.last() {
                Some(&parent) if self.entries[parent].kind == Kind::Object => self.key()?,
                _ => 0..0,
            };
            let container = self.value(key)?;
            if let Some(index) = container {
                if open.len() >= MAX_DEPTH {
                    let mut malformed =
                        self.malformed(&format!("nested deeper than {MAX_DEPTH} levels"));
                    malformed.too_deep = true;
                    return Err(malformed);
                }
                self.space();
                let closing = closing(self.entries[index].kind);
                if self.bytes.get(self.at) == Some(&closing) {
                    self.at += 1;
                    self.close(index);
                } else {
                    open.push(index);
                    continue;
                }
            }
            // After a value: the next one, or the end of one or several containers.
            loop {
                self.space();
                let Some(&parent) = open.last() else {
                    return if self.at == self.bytes.len() {
                        Ok(Document {
                            text: self.text,
                            entries: self.entries,
                        })
                    } else {
                        Err(self.malformed("something follows the end of the document"))
                    };
                };
                let closing = closing(self.entries[parent].kind);
                match self.bytes.get(self.at) {
                    Some(b',') => {
                        self.at += 1;
                        break;
                    }
                    Some(byte) if *byte == closing => {
                        self.at += 1;
                        self.close(parent);
                        open.pop();
                    }
                    Some(_) => {
                        return Err(
                            self.malformed(&format!("`,` or `{}` is missing", char::from(closing)))
                        );
                    }
                    None => {
                        return Err(self.malformed("the file ends in the middle: it is cut off"));
                    }
                }
            }
        }
    }

    fn close(&mut self, index: usize) {
        let after = as_u32(self.entries.len());
        let entry = &mut self.entries[index];
        entry.end = as_u32(self.at);
        entry.after = after;
    }

    fn key(&mut self) -> Result<Range<usize>, Malformed> {
        self.space();
        let key = match self.bytes.get(self.at) {
            Some(b'"') => self.string()?,
            Some(_) => return Err(self.malformed("a name in quotes is missing")),
            None => return Err(self.malformed("the file ends in the middle: it is cut off")),
        };
        self.space();
        match self.bytes.get(self.at) {
            Some(b':') => self.at += 1,
            Some(_) => return Err(self.malformed("`:` is missing")),
            None => return Err(self.malformed("the file ends in the middle: it is cut off")),
        }
        Ok(key)
    }

    /// Reads a scalar whole, or the opening of a container, whose index it returns.
    fn value(&mut self, key: Range<usize>) -> Result<Option<usize>, Malformed> {
        self.space();
        let start = self.at;
        let kind = match self.bytes.get(self.at) {
            Some(b'{') => {
                self.at += 1;
                Kind::Object
            }
            Some(b'[') => {
                self.at += 1;
                Kind::Array
            }
            Some(b'"') => {
                self.string()?;
                Kind::String
            }
            Some(b't') => self.word("true", Kind::Bool)?,
            Some(b'f') => self.word("false", Kind::Bool)?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => return Err(self.malformed("a value is missing")),
            None => return Err(self.malformed("the file ends in the middle: it is cut off")),
        };
        let index = self.entries.len();
        self.entries.push(Entry {
            kind,
            start: as_u32(start),
            end: as_u32(self.at),
            key_start: as_u32(key.start),
            key_end: as_u32(key.end),
            after: as_u32(index + 1),
        });
        Ok(matches!(kind, Kind::Array | Kind::Object).then_some(index))
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Kind, Malformed> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(kind)
        } else {
            Err(self.malformed("a value is missing"))
        }
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        self.at - from
    }

    fn number(&mut self) -> Result<Kind, Malformed> {
        if self.bytes[self.at] == b'-' {
            self.at += 1;
        }
        let leading_zero = self.bytes.get(self.at) == Some(&b'0');
        let whole = self.digits();
        if whole == 0 || (leading_zero && whole > 1) {
            return Err(self.malformed("a number is malformed"));
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.malformed("a number is malformed"));
            }
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.malformed("a number is malformed"));
            }
        }
        Ok(Kind::Number)
    }

    /// Steps over a string and checks its escapes; returns its bytes with the quotes.
    fn string(&mut self) -> Result<Range<usize>, Malformed> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(start..self.at);
                }
                Some(b'\\') => match self.bytes.get(self.at + 1) {
                    Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
                    Some(b'u') => {
                        let digits = self.bytes.get(self.at + 2..self.at + 6);
                        if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                            return Err(self.malformed("an escape in a string is malformed"));
                        }
                        self.at += 6;
                    }
                    _ => return Err(self.malformed("an escape in a string is malformed")),
                },
                Some(0..=0x1f) => {
                    return Err(
                        self.malformed("a string holds a raw line break or control character")
                    );
                }
                Some(_) => self.at += 1,
                None => return Err(self.malformed("the file ends in the middle: it is cut off")),
            }
        }
    }

    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn malformed(&self, what: &str) -> Malformed {
        let before = &self.bytes[..self.at.min(self.bytes.len())];
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        Malformed {
            what: what.to_owned(),
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: String::from_utf8_lossy(&before[line_start..])
                .chars()
                .count()
                + 1,
            too_deep: false,
        }
    }
}

fn closing(kind: Kind) -> u8 {
    if kind == Kind::Object { b'}' } else { b']' }
}

fn as_u32(value: usize) -> u32 {
    u32::try_from(value).expect("a text of less than 4 GB has less than 2^32 values")
}

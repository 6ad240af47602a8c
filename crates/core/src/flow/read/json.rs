//! JSON with positions: every value knows the bytes it stands on.
//!
//! The write-back changes a few strings of an export and leaves every other byte as it was, so the readers need byte
//! spans, which serde_json doesn't give. The nodes lie in one array in the order of the text; a subtree is a range of
//! it. Nothing here recurses, so no file can exhaust the stack; what nests deeper than [`MAX_DEPTH`] is refused.

mod parser;

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
        parser::parse(text)
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

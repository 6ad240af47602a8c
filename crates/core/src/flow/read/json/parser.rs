//! The parser: one loop with a stack of its own.

use std::ops::Range;

use super::{Document, Entry, Kind, MAX_DEPTH, Malformed};

/// Parses the whole of `text`.
pub(super) fn parse(text: &str) -> Result<Document<'_>, Malformed> {
    Parser {
        text,
        bytes: text.as_bytes(),
        at: 0,
        entries: Vec::new(),
    }
    .run()
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

//! Keys by name (W3C WebDriver, section 17.4.2).

/// A key to press.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    /// A letter, digit or sign.
    Char(char),
    /// Control, held while the following keys of a chord are pressed.
    Control,
    /// Shift, held likewise.
    Shift,
    Enter,
    Escape,
    Tab,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    Delete,
    F2,
    F10,
}

impl Key {
    pub(super) fn code(self) -> String {
        let code = match self {
            Self::Char(char) => char,
            Self::Control => '\u{e009}',
            Self::Shift => '\u{e008}',
            Self::Enter => '\u{e007}',
            Self::Escape => '\u{e00c}',
            Self::Tab => '\u{e004}',
            Self::Up => '\u{e013}',
            Self::Down => '\u{e015}',
            Self::Left => '\u{e012}',
            Self::Right => '\u{e014}',
            Self::Home => '\u{e011}',
            Self::End => '\u{e010}',
            Self::Delete => '\u{e017}',
            Self::F2 => '\u{e032}',
            Self::F10 => '\u{e03a}',
        };
        code.to_string()
    }
}

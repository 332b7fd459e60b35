//! Short texts on the stack: what every verdict prints several times is written without the
//! formatter and without an allocation.

use std::fmt;

/// Room for the longest of them, a network of IPv6 with its dimension.
const ROOM: usize = 64;

/// A text of at most 64 bytes. What is too long is cut, which no text here is.
pub(crate) struct Short {
    bytes: [u8; ROOM],
    len: usize,
}

const HEX: &[u8; 16] = b"0123456789abcdef";

impl Short {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self {
            bytes: [0; ROOM],
            len: 0,
        }
    }

    /// Appends text.
    pub(crate) fn text(&mut self, text: &str) {
        let mut room = text.len().min(ROOM - self.len);
        while !text.is_char_boundary(room) {
            room -= 1;
        }
        self.bytes[self.len..self.len + room].copy_from_slice(&text.as_bytes()[..room]);
        self.len += room;
    }

    /// Appends one ASCII character.
    pub(crate) fn ascii(&mut self, byte: u8) {
        debug_assert!(byte.is_ascii());
        if self.len < ROOM {
            self.bytes[self.len] = byte;
            self.len += 1;
        }
    }

    /// Appends a number in decimal digits.
    pub(crate) fn decimal(&mut self, number: u32) {
        let mut room = [0; 10];
        self.digits(decimal(number, &mut room));
    }

    /// Appends a number in exactly `N` decimal digits, leading zeros included.
    pub(crate) fn padded<const N: usize>(&mut self, number: u32) {
        let mut digits = [b'0'; N];
        let mut rest = number;
        for place in digits.iter_mut().rev() {
            *place = digit(rest % 10);
            rest /= 10;
        }
        self.digits(&digits);
    }

    /// Appends two hexadecimal digits a byte.
    pub(crate) fn hex<const N: usize>(&mut self, bytes: [u8; N]) {
        let digits = bytes.map(|byte| [byte >> 4, byte & 15].map(|n| HEX[usize::from(n)]));
        self.digits(digits.as_flattened());
    }

    fn digits(&mut self, digits: &[u8]) {
        if let Some(room) = self.bytes.get_mut(self.len..self.len + digits.len()) {
            room.copy_from_slice(digits);
            self.len += digits.len();
        }
    }

    /// The bytes of what was written.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// What was written.
    pub(crate) fn as_str(&self) -> &str {
        // Whole characters went in.
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

/// A number in decimal digits, at the end of `room`.
pub(crate) fn decimal(number: u32, room: &mut [u8; 10]) -> &[u8] {
    let (mut rest, mut from) = (number, room.len());
    loop {
        from -= 1;
        room[from] = digit(rest % 10);
        rest /= 10;
        if rest == 0 {
            return &room[from..];
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a digit")]
fn digit(value: u32) -> u8 {
    b'0' + value as u8
}

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_written_as_the_formatter_writes_them(number in any::<u32>(), wide in any::<u64>()) {
            let mut short = Short::new();
            short.decimal(number);
            short.ascii(b' ');
            short.hex(wide.to_be_bytes());
            short.text(" and ");
            short.padded::<4>(number % 10_000);
            prop_assert_eq!(
                short.as_str(),
                format!("{number} {wide:016x} and {:04}", number % 10_000)
            );
        }
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_whole_character() {
        let mut short = Short::new();
        short.text(&"ż".repeat(40));
        short.text("żx");
        assert_eq!(short.as_str(), "ż".repeat(32));
        let mut odd = Short::new();
        odd.text("a");
        odd.text(&"ż".repeat(40));
        assert_eq!(odd.as_str(), format!("a{}", "ż".repeat(31)));
    }
}

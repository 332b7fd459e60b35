//! What stands in a record where a text should and is none: bytes that are no UTF-8, and halves of
//! surrogate pairs. Whoever logs in can write either, so each is replaced by U+FFFD and nothing is refused for it.

use std::borrow::Cow;

/// The text of bytes, with U+FFFD for each run of those that are none.
pub(super) fn readable(record: &[u8]) -> String {
    let mut text = String::with_capacity(record.len());
    let mut is_in_run = false;
    for chunk in record.utf8_chunks() {
        text.push_str(chunk.valid());
        is_in_run &= chunk.valid().is_empty();
        if !chunk.invalid().is_empty() && !is_in_run {
            text.push(char::REPLACEMENT_CHARACTER);
            is_in_run = true;
        }
    }
    text
}

/// The text with U+FFFD for each escaped half of a surrogate pair that is without its other half.
pub(super) fn mended(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut mended = String::new();
    // As far as it is mended, and as far as it is looked through.
    let (mut done, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        if *byte != b'\\' {
            at += 1;
            continue;
        }
        at += match escaped_unit(&bytes[at..]) {
            Some(0xd800..=0xdbff)
                if matches!(escaped_unit(&bytes[at + 6..]), Some(0xdc00..=0xdfff)) =>
            {
                12
            }
            Some(0xd800..=0xdfff) => {
                mended.push_str(&text[done..at]);
                mended.push(char::REPLACEMENT_CHARACTER);
                done = at + 6;
                6
            }
            // The backslash and what it escapes, which may be another.
            _ => 2,
        };
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    mended.push_str(&text[done..]);
    Cow::Owned(mended)
}

/// The UTF-16 unit of the escape (`\u` and four digits) that a text begins with.
fn escaped_unit(text: &[u8]) -> Option<u16> {
    let [b'\\', b'u', digits @ ..] = text else {
        return None;
    };
    let digits = digits.first_chunk::<4>()?;
    let digit = |unit: u16, digit: &u8| {
        let value = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(value).ok()?)
    };
    digits.iter().try_fold(0, digit)
}

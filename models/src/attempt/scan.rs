//! The usual record: one flat JSON object whose strings have no escapes, read without a parser's
//! machinery. Whatever else comes is left to the parser, which also says what is wrong with it.

use super::fields::Fields;
use super::value::Value;
use std::borrow::Cow;

/// The fields of a usual record; `None` where the parser must look.
pub(super) fn usual(record: &str) -> Option<Fields<'_>> {
    let mut scan = Scan { record, at: 0 };
    let mut fields = Fields::default();
    scan.space();
    scan.take(b'{')?;
    loop {
        scan.space();
        let name = scan.string()?;
        scan.space();
        scan.take(b':')?;
        scan.space();
        let value = scan.value()?;
        if let Some((number, _, slot)) = fields.slot(name) {
            *slot = value;
            // Which field stood twice is the parser's to say.
            fields.sees(number).then_some(())?;
        } else {
            fields.has_unknown = true;
        }
        scan.space();
        match scan.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    scan.space();
    (scan.at == record.len()).then_some(fields)
}

struct Scan<'a> {
    record: &'a str,
    at: usize,
}

/// In each byte of a word, its lowest and its highest bit.
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The highest bit of each byte that is less than `limit`, up to the first of them exactly.
fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGHS
}

/// The highest bit of each byte that ends a string or stands in none unescaped.
fn special(word: u64) -> u64 {
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    below(word, 0x20) | equal(b'"') | equal(b'\\')
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.record.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// A string without escapes.
    fn string(&mut self) -> Option<&'a str> {
        self.take(b'"')?;
        let start = self.at;
        while let Some(word) = self.record.as_bytes()[self.at..].first_chunk::<8>() {
            let found = special(u64::from_le_bytes(*word));
            if found != 0 {
                self.at += found.trailing_zeros() as usize / 8;
                break;
            }
            self.at += 8;
        }
        // The last bytes of a record, and what the word stopped at.
        loop {
            match self.next()? {
                b'"' => return self.record.get(start..self.at - 1),
                b'\\' | ..0x20 => return None,
                _ => {}
            }
        }
    }

    /// A string, a plain integer, a truth or null.
    fn value(&mut self) -> Option<Value<'a>> {
        match self.peek()? {
            b'"' => Some(Value::Text(Cow::Borrowed(self.string()?))),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Absent),
            b'0'..=b'9' => self.integer(),
            _ => None,
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Option<Value<'a>> {
        self.record[self.at..].starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    /// An integer of at most 18 digits, which fits.
    fn integer(&mut self) -> Option<Value<'a>> {
        let start = self.at;
        let mut number = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            (self.at - start < 18).then_some(())?;
            number = number * 10 + i64::from(digit - b'0');
            self.at += 1;
        }
        let leading_zero = self.at - start > 1 && self.record.as_bytes()[start] == b'0';
        let goes_on = matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        (!leading_zero && !goes_on).then_some(Value::Integer(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pieces of which records are made, whole and broken ones.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            "[{}:,\"\\\\ \t]",
            Just("\"event_id\":".to_owned()),
            Just("\"time\":".to_owned()),
            Just("\"username\":".to_owned()),
            Just("\"ip\" : ".to_owned()),
            Just("\"what\":".to_owned()),
            Just(",\"asn\":".to_owned()),
            "\"[a-z żé\u{1}]{0,20}\"",
            "(true|false|null|nul|truex)",
            "-?[0-9]{0,20}",
            "[0-9]{1,3}(\\.[0-9]|e[0-9])?",
            "\"\\\\u00[0-9a-f]{2}\"",
        ]
    }

    fn agrees(record: &str) {
        if let Some(fields) = usual(record) {
            let parsed: Fields = serde_json::from_str(record).expect(record);
            assert!(fields == parsed, "{record}");
        }
    }

    #[test]
    fn an_integer_of_nineteen_digits_is_left_to_the_parser() {
        for digits in ["9223400000000000000", "9999999999999999999"] {
            assert!(usual(&format!("{{\"time\":{digits}}}")).is_none());
        }
        agrees("{\"time\":999999999999999999}");
    }

    proptest! {
        #[test]
        fn what_it_reads_the_parser_reads_likewise(
            pieces in prop::collection::vec(piece(), 0..12),
        ) {
            agrees(&format!("{{{}}}", pieces.concat()));
            agrees(&pieces.concat());
        }

        #[test]
        fn a_usual_record_is_read_and_a_changed_byte_never_misread(
            name in "[a-zA-Zżé@. ]{0,40}",
            number in 0u64..2_000_000_000_000_000_000,
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let record = format!(
                "{{\"event_id\":\"e{number}\", \"time\": {},\"ip\":\"203.0.113.9\",\
                 \"username\":\"{name}\",\"breached_password\":false,\"app\":null,\"more\":1}}",
                number % 1_000_000_000_000,
            );
            prop_assert!(usual(&record).is_some(), "{}", record);
            agrees(&record);
            let mut bytes = record.into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(changed) = String::from_utf8(bytes) {
                agrees(&changed);
            }
        }
    }
}

//! Numbers as text, appended to what is being written: events are made by the million, and the
//! standard formatter costs as much as all the rest of an event.

/// Appends a number.
pub(crate) fn number(mut value: u64, out: &mut String) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + last_digit(value);
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|digit| char::from(*digit)));
}

/// Appends the last `digits` digits of a number, with zeros before it.
pub(crate) fn padded(value: u64, digits: u32, out: &mut String) {
    for place in (0..digits).rev() {
        out.push(char::from(b'0' + last_digit(value / 10u64.pow(place))));
    }
}

/// Appends the last `digits` hexadecimal digits of a number.
pub(crate) fn hex(value: u64, digits: u32, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for place in (0..digits).rev() {
        out.push(char::from(HEX[((value >> (4 * place)) & 15) as usize]));
    }
}

fn last_digit(value: u64) -> u8 {
    u8::try_from(value % 10).expect("below ten")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_the_standard_formatter_writes_them() {
        for value in [0, 7, 10, 4_200_001_001, u64::MAX] {
            let mut out = String::new();
            number(value, &mut out);
            hex(value, 16, &mut out);
            padded(value, 4, &mut out);
            assert_eq!(out, format!("{value}{value:016x}{:04}", value % 10_000));
        }
    }
}

//! A JSON array cut into its elements without understanding them.
//!
//! An element that is no attempt must be refused by itself and kept byte for byte, so the array is
//! not parsed into values: it is only cut at the commas between its elements.

/// The text is no JSON array: the 1-based column in bytes where that showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotAnArray(pub(crate) usize);

/// The elements of the array that `text` is, each without the white space around it. Where there are
/// more than `most`, the first so many and one more: what follows is not looked at.
pub(crate) fn elements(text: &[u8], most: usize) -> Result<Vec<&[u8]>, NotAnArray> {
    let mut at = skip_space(text, 0);
    if text.get(at) != Some(&b'[') {
        return Err(NotAnArray(at + 1));
    }
    at = skip_space(text, at + 1);
    let mut found = Vec::new();
    if text.get(at) == Some(&b']') {
        at += 1;
    } else {
        loop {
            let end = element_end(text, at)?;
            let element = text[at..end].trim_ascii_end();
            if element.is_empty() {
                return Err(NotAnArray(at + 1));
            }
            found.push(element);
            if found.len() > most {
                return Ok(found);
            }
            at = skip_space(text, end + 1);
            if text[end] == b']' {
                break;
            }
        }
    }
    match skip_space(text, at) {
        end if end == text.len() => Ok(found),
        end => Err(NotAnArray(end + 1)),
    }
}

/// Where the comma or bracket stands that ends the element which starts at `start`.
fn element_end(text: &[u8], start: usize) -> Result<usize, NotAnArray> {
    let mut depth = 0usize;
    let mut at = start;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = string_end(text, at + 1)?;
                continue;
            }
            b'[' | b'{' => depth += 1,
            b',' | b']' if depth == 0 => return Ok(at),
            b']' | b'}' => depth = depth.checked_sub(1).ok_or(NotAnArray(at + 1))?,
            _ => {}
        }
        at += 1;
    }
    Err(NotAnArray(text.len() + 1))
}

/// Behind the quotation mark that ends the string whose text starts at `start`.
fn string_end(text: &[u8], start: usize) -> Result<usize, NotAnArray> {
    let mut at = start;
    while let Some(rest) = text.get(at..)
        && let Some(found) = memchr::memchr2(b'"', b'\\', rest)
    {
        at += found + 1;
        if rest[found] == b'"' {
            return Ok(at);
        }
        // Whatever is escaped does not end it.
        at += 1;
    }
    Err(NotAnArray(text.len() + 1))
}

fn skip_space(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.len() - rest.trim_ascii_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Where an element ends, looked for byte by byte.
    fn plain_element_end(text: &[u8], start: usize) -> Result<usize, NotAnArray> {
        let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
        for (at, byte) in text.iter().enumerate().skip(start) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b'[' | b'{' => depth += 1,
                b',' | b']' if depth == 0 => return Ok(at),
                b']' | b'}' => depth = depth.checked_sub(1).ok_or(NotAnArray(at + 1))?,
                _ => {}
            }
        }
        Err(NotAnArray(text.len() + 1))
    }

    proptest! {
        #[test]
        fn an_element_ends_where_looking_byte_by_byte_finds_it(text in r#"[\[\]{}",\\a ]{0,24}"#) {
            let text = text.as_bytes();
            prop_assert_eq!(element_end(text, 0), plain_element_end(text, 0));
        }
    }

    fn cut(text: &str) -> Result<Vec<&str>, NotAnArray> {
        let found = elements(text.as_bytes(), usize::MAX)?;
        Ok(found
            .into_iter()
            .map(|element| std::str::from_utf8(element).unwrap())
            .collect())
    }

    #[test]
    fn elements_are_cut_at_the_outer_commas_only() {
        let text = r#" [ {"a":[1,2],"b":"],\"}{"} , 7,[[]] ] "#;
        let found = cut(text).unwrap();
        assert_eq!(found, [r#"{"a":[1,2],"b":"],\"}{"}"#, "7", "[[]]"]);
        assert_eq!(cut("[]").unwrap(), [""; 0]);
        assert_eq!(cut(r#"["\\"]"#).unwrap(), [r#""\\""#]);
        assert_eq!(cut(r#"["\",",7]"#).unwrap(), [r#""\",""#, "7"]);
    }

    #[test]
    fn no_more_elements_are_looked_at_than_are_taken_and_one() {
        let endless = format!("[{}", "1,".repeat(1_000));
        assert_eq!(elements(endless.as_bytes(), 10).unwrap().len(), 11);
        assert_eq!(elements(b"[1,2]", 2).unwrap().len(), 2);
        assert!(elements(b"[1,2", 2).is_err());
    }

    #[test]
    fn what_is_no_array_says_where() {
        for (text, column) in [
            ("", 1),
            ("{}", 1),
            ("[", 2),
            ("[1", 3),
            ("[1,]", 4),
            ("[,1]", 2),
            ("[}]", 2),
            ("[1] x", 5),
            (r#"["a]"#, 5),
            (r#"["a\"#, 5),
            (r#"["a\"]"#, 7),
        ] {
            assert_eq!(cut(text), Err(NotAnArray(column)), "{text}");
        }
    }
}

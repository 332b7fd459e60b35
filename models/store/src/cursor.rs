//! Cursors: where a page ended, as a text that callers cannot read and need not.
//!
//! A cursor names the last item by its sort key, never by its number, so that items that come in
//! meanwhile move nothing. It also says which listing it belongs to, and carries a check sum: what
//! is foreign or broken is refused, never misread.

use crate::rows::to_hex;
use crate::{Page, PageRequest, StoreError};
use sha2::{Digest, Sha256};

/// The most items a page can have.
const MAX_LIMIT: u32 = 1_000;

/// The listing that a cursor belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Listing {
    Verdicts = 1,
    Sessions = 2,
    Lists = 3,
    Campaigns = 4,
    Accounts = 5,
    Alerts = 6,
    Audit = 7,
}

/// The sort key of an item: an instant (or a running number) and an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub at: i64,
    pub id: u128,
}

const BODY: usize = 1 + 8 + 16;
const CHECK: usize = 4;

impl Listing {
    fn write(self, place: Place) -> String {
        let mut bytes = vec![self as u8];
        bytes.extend(place.at.to_be_bytes());
        bytes.extend(place.id.to_be_bytes());
        bytes.extend(check(&bytes));
        to_hex(&bytes)
    }

    fn read(self, text: &str) -> Result<Place, StoreError> {
        let bytes = from_hex(text).ok_or(StoreError::BadCursor)?;
        if bytes.len() != BODY + CHECK {
            return Err(StoreError::BadCursor);
        }
        let (body, sum) = bytes.split_at(BODY);
        if body[0] != self as u8 || check(body) != sum {
            return Err(StoreError::BadCursor);
        }
        let (at, id) = body[1..].split_at(8);
        Ok(Place {
            at: i64::from_be_bytes(at.try_into().expect("8 bytes were split off")),
            id: u128::from_be_bytes(id.try_into().expect("16 bytes are left")),
        })
    }

    /// Where the page begins, and how many items to ask for: one more than it holds, which tells
    /// whether there is another page.
    pub fn start(self, page: &PageRequest) -> Result<(Option<Place>, i64), StoreError> {
        let after = page.cursor.as_deref().map(|text| self.read(text));
        let limit = page.limit.clamp(1, MAX_LIMIT);
        Ok((after.transpose()?, i64::from(limit) + 1))
    }

    /// The page from the items that were found, which may be one more than it holds.
    pub fn page<T>(self, page: &PageRequest, found: Vec<(Place, T)>) -> Page<T> {
        let limit = page.limit.clamp(1, MAX_LIMIT) as usize;
        let next = found
            .get(limit.wrapping_sub(1))
            .filter(|_| found.len() > limit)
            .map(|&(last, _)| self.write(last));
        let items = found.into_iter().take(limit).map(|(_, item)| item);
        Page {
            items: items.collect(),
            next,
        }
    }
}

fn check(body: &[u8]) -> [u8; CHECK] {
    let digest: [u8; 32] = Sha256::digest(body).into();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_in_its_own_listing_only() {
        let place = Place {
            at: -5,
            id: u128::MAX,
        };
        let text = Listing::Verdicts.write(place);
        assert_eq!(Listing::Verdicts.read(&text).unwrap(), place);
        assert!(matches!(
            Listing::Sessions.read(&text),
            Err(StoreError::BadCursor)
        ));
    }

    #[test]
    fn a_broken_cursor_is_refused() {
        let text = Listing::Lists.write(Place { at: 7, id: 1 });
        let mut other = text.clone().into_bytes();
        other[12] = if other[12] == b'0' { b'1' } else { b'0' };
        let other = String::from_utf8(other).unwrap();
        for bad in ["", "zz", "ü", "0", &text[2..], &other] {
            assert!(
                matches!(Listing::Lists.read(bad), Err(StoreError::BadCursor)),
                "{bad}"
            );
        }
    }
}

//! Enrich: ASN and country of an address, from files that an operator may provide.
//!
//! What the producer says wins: it may know the client behind a proxy.

use credsieve_models::Attempt;
use maxminddb::{Reader, path};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// A database cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("database {}: {source}", path.display())]
pub struct EnrichError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    pub source: maxminddb::MaxMindDbError,
}

/// Databases in the `.mmdb` format, read whole into memory; none is fine.
#[derive(Default)]
pub struct Enrich {
    asn: Option<Reader<Vec<u8>>>,
    country: Option<Reader<Vec<u8>>>,
}

impl std::fmt::Debug for Enrich {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrich")
            .field("asn", &self.asn.is_some())
            .field("country", &self.country.is_some())
            .finish()
    }
}

impl Enrich {
    /// Opens the databases that are given.
    ///
    /// # Errors
    /// When a file cannot be read or is no such database.
    pub fn open(asn_path: Option<&Path>, country_path: Option<&Path>) -> Result<Self, EnrichError> {
        Ok(Self {
            asn: asn_path.map(open).transpose()?,
            country: country_path.map(open).transpose()?,
        })
    }

    /// Fills in ASN and country where the attempt has none and a database knows the address.
    pub fn apply(&self, attempt: &mut Attempt<'_>) {
        if attempt.asn.is_none() {
            attempt.asn = self.asn(attempt.ip);
        }
        if attempt.country.is_none() {
            attempt.country = self.country(attempt.ip);
        }
    }

    fn asn(&self, ip: IpAddr) -> Option<u32> {
        // An address that the file has no place for (IPv6 in a file for IPv4) is one it does not
        // know; the same holds for a damaged record.
        let found = self.asn.as_ref()?.lookup(ip).ok()?;
        found
            .decode_path(&path!["autonomous_system_number"])
            .ok()
            .flatten()
    }

    fn country(&self, ip: IpAddr) -> Option<[u8; 2]> {
        let found = self.country.as_ref()?.lookup(ip).ok()?;
        let code: &str = found
            .decode_path(&path!["country", "iso_code"])
            .ok()
            .flatten()?;
        let code: [u8; 2] = code.as_bytes().try_into().ok()?;
        code.iter().all(u8::is_ascii_uppercase).then_some(code)
    }
}

fn open(path: &Path) -> Result<Reader<Vec<u8>>, EnrichError> {
    Reader::open_readfile(path).map_err(|source| EnrichError {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name)
    }

    fn enriched(enrich: &Enrich, ip: &str, more: &str) -> (Option<u32>, Option<[u8; 2]>) {
        let json = format!(r#"{{"ip":"{ip}"{more}}}"#);
        let mut attempt = Attempt::parse_question(json.as_bytes(), 0).unwrap().attempt;
        enrich.apply(&mut attempt);
        (attempt.asn, attempt.country)
    }

    #[test]
    fn asn_and_country_are_filled_in_only_where_the_producer_gave_none() {
        let (asn, country) = (fixture("asn.mmdb"), fixture("country.mmdb"));
        let enrich = Enrich::open(Some(&asn), Some(&country)).unwrap();
        let known = (Some(64_500), Some(*b"DE"));
        assert_eq!(enriched(&enrich, "203.0.113.9", ""), known);
        assert_eq!(enriched(&enrich, "::ffff:203.0.113.9", ""), known);
        let v6 = (Some(64_501), Some(*b"FR"));
        assert_eq!(enriched(&enrich, "2001:db8::1", ""), v6);
        assert_eq!(enriched(&enrich, "198.51.100.1", ""), (None, None));
        let given = r#","asn":1,"country":"US""#;
        assert_eq!(
            enriched(&enrich, "203.0.113.9", given),
            (Some(1), Some(*b"US"))
        );
    }

    #[test]
    fn without_databases_nothing_is_filled_in() {
        let enrich = Enrich::open(None, None).unwrap();
        assert_eq!(enriched(&enrich, "203.0.113.9", ""), (None, None));
    }

    #[test]
    fn a_file_that_is_no_database_is_named() {
        let script = fixture("make_mmdb.py");
        let error = Enrich::open(Some(&script), None).unwrap_err();
        assert!(error.to_string().contains("make_mmdb.py"), "{error}");
    }
}

//! Files as they come, plain or packed: gzip and zstd are told by their first bytes, whatever the name.

use anyhow::{Context, bail};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

const ROOM: usize = 1 << 18;

/// What a reader gives, unpacked. `name` is the file's, for messages.
///
/// # Errors
/// When it cannot be read, or is packed otherwise: with a command that unpacks it.
pub fn unpacked(
    mut raw: impl BufRead + Send + 'static,
    name: &str,
) -> anyhow::Result<Box<dyn BufRead + Send>> {
    let start = raw.fill_buf().with_context(|| format!("reading {name}"))?;
    if let Some((packer, command)) = packed_otherwise(start) {
        bail!(
            "{name} is packed with {packer}, which is not read: pipe what `{command}` makes of it into this command, with `-` in place of the file"
        );
    }
    Ok(match start {
        [0x1f, 0x8b, ..] => Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(raw))),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(BufReader::new(
            zstd::stream::read::Decoder::with_buffer(raw).context("reading zstd")?,
        )),
        _ => Box::new(raw),
    })
}

/// Opens a file, and unpacks it.
///
/// # Errors
/// When it cannot be opened, and those of [`unpacked`].
pub fn open(path: &Path) -> anyhow::Result<Box<dyn BufRead + Send>> {
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
    unpacked(BufReader::with_capacity(ROOM, file), &name)
}

/// What is packed in a way that is not unpacked here, and a command that does it, by the first bytes.
fn packed_otherwise(start: &[u8]) -> Option<(&'static str, &'static str)> {
    match start {
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(("xz", "xz -dc")),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(("bzip2", "bzip2 -dc")),
        [0x04, 0x22, 0x4d, 0x18, ..] => Some(("lz4", "lz4 -dc")),
        [b'P', b'K', 3, 4, ..] => Some(("zip", "unzip -p")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn read(content: &[u8]) -> anyhow::Result<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let mut text = String::new();
        open(file.path())?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn gzip_and_zstd_are_told_by_their_first_bytes_and_the_rest_is_read_as_it_is() {
        let plain = b"one\ntwo\n";
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(plain).unwrap();
        let zst = zstd::encode_all(&plain[..], 1).unwrap();
        for content in [gz.finish().unwrap(), zst, plain.to_vec()] {
            assert_eq!(read(&content).unwrap(), "one\ntwo\n");
        }
        assert_eq!(read(b"BZ is no name of a format").unwrap().len(), 25);
        assert_eq!(read(b"").unwrap(), "");
    }

    #[test]
    fn what_is_packed_otherwise_is_refused_with_a_command() {
        let error = read(b"\xfd7zXZ\0and more").unwrap_err().to_string();
        assert!(error.contains("is packed with xz"), "{error}");
        assert!(error.contains("`xz -dc`"), "{error}");
    }
}

//! Lists the migrations, so that a new file is compiled in without being named anywhere.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let crate_folder = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let migrations = Path::new(&crate_folder).join("../../migrations");
    let mut code = String::new();
    for database in ["postgres", "sqlite"] {
        let folder = migrations.join(database);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files: Vec<_> = fs::read_dir(&folder)?
            .map(|entry| entry.map(|e| e.path()))
            .collect::<Result<_, _>>()?;
        files.retain(|file| file.extension().is_some_and(|e| e == "sql"));
        files.sort();
        let name = database.to_uppercase();
        // Writing to a string cannot fail.
        let _ = writeln!(code, "const {name}: &[(&str, &str)] = &[");
        for file in files {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            let path = file.display().to_string();
            let _ = writeln!(code, "    ({stem:?}, include_str!({path:?})),");
        }
        let _ = writeln!(code, "];");
    }
    fs::write(Path::new(&out).join("migrations.rs"), code)
}

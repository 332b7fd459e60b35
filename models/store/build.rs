//! Lists the migrations, so that a new file is compiled in without being named anywhere.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

fn main() -> io::Result<()> {
    let folder_of = |variable| std::env::var(variable).map_err(io::Error::other);
    let migrations = Path::new(&folder_of("CARGO_MANIFEST_DIR")?).join("../../migrations");
    let mut code = File::create(Path::new(&folder_of("OUT_DIR")?).join("migrations.rs"))?;
    for database in ["postgres", "sqlite"] {
        let folder = migrations.join(database);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files: Vec<_> = fs::read_dir(&folder)?
            .map(|entry| entry.map(|e| e.path()))
            .collect::<Result<_, _>>()?;
        files.retain(|file| file.extension().is_some_and(|e| e == "sql"));
        files.sort();
        let name = database.to_uppercase();
        writeln!(code, "const {name}: &[(&str, &str)] = &[")?;
        for file in files {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            let path = file.display().to_string();
            writeln!(code, "    ({stem:?}, include_str!({path:?})),")?;
        }
        writeln!(code, "];")?;
    }
    Ok(())
}

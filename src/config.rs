//! What every role needs to start: the policy, the file of names, the hash seed, the time.

use anyhow::{Context, Result, bail};
use credsieve_models::names::NameSet;
use credsieve_models::time::EpochMs;
use credsieve_models::{HashSeed, Policy};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// The machine's clock.
pub fn now_ms() -> EpochMs {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| {
        EpochMs::try_from(d.as_millis()).unwrap_or(EpochMs::MAX)
    })
}

/// The policy of a file, or the defaults.
pub fn load_policy(path: Option<&Path>) -> Result<Policy> {
    let Some(path) = path else {
        return Ok(Policy::default());
    };
    let text =
        std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    match Policy::parse(&text) {
        Ok(policy) => Ok(policy),
        Err(error) => {
            let problems: Vec<String> = error
                .problems
                .iter()
                .map(|problem| match problem.line {
                    Some(line) => format!("{}:{line}: {}", path.display(), problem.message),
                    None => format!("{}: {}", path.display(), problem.message),
                })
                .collect();
            bail!("{}", problems.join("\n"))
        }
    }
}

/// The set of names that the policy asks for. Its path is relative to the policy's file.
pub fn load_names(policy: &Policy, policy_path: Option<&Path>, seed: &HashSeed) -> Result<NameSet> {
    let Some(file) = &policy.names.file else {
        return Ok(NameSet::parse("", seed));
    };
    let folder = policy_path.and_then(Path::parent).unwrap_or(Path::new(""));
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("reading {} (names.file in the policy)", path.display()))?;
    Ok(NameSet::parse(&text, seed))
}

/// The seed of a file of 32 hexadecimal digits.
pub fn read_seed(path: &Path) -> Result<HashSeed> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    HashSeed::from_hex(&text)
        .with_context(|| format!("{}: expected 32 hexadecimal digits", path.display()))
}

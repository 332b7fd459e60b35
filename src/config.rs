//! The configuration of a process: one TOML file, then the environment, then flags.
//!
//! The policy (thresholds) is a file of its own: it belongs to those who tune detection, this one
//! to those who run the service.

use anyhow::{Context, Result, bail, ensure};
use credsieve_detector::DetectorConfig;
use credsieve_detector::config::Share;
use credsieve_detector::kafka::KafkaConfig;
use credsieve_models::names::NameSet;
use credsieve_models::{HashSeed, Policy};
use serde::Deserialize;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Flags and environment that every serving role knows. Each wins over the file. They are global, so
/// that they may stand before or behind a command such as `keys create`.
#[derive(clap::Args, Clone, Default)]
pub struct CommonArgs {
    /// The configuration file (TOML); docs/operations.md has every key.
    #[arg(long, global = true, env = "CREDSIEVE_CONFIG")]
    pub config: Option<PathBuf>,
    /// The policy file; the compiled-in defaults where absent.
    #[arg(long, global = true, env = "CREDSIEVE_POLICY")]
    pub policy: Option<PathBuf>,
    /// File with the hash seed, 32 hexadecimal digits: a secret that every node of a deployment
    /// shares.
    #[arg(long, global = true, env = "CREDSIEVE_HASH_SEED_FILE")]
    pub hash_seed_file: Option<PathBuf>,
    /// Folder for what outlives the process: the state between two runs, the SQLite database.
    #[arg(long, global = true, env = "CREDSIEVE_STATE_DIR")]
    pub state_dir: Option<PathBuf>,
    /// Where verdicts are stored: `postgres://…` or `sqlite:FILE`.
    #[arg(
        long,
        global = true,
        env = "CREDSIEVE_STORE_URL",
        hide_env_values = true
    )]
    pub store: Option<String>,
    /// The first Kafka brokers to ask, `host:port,host:port`.
    #[arg(long, global = true, env = "CREDSIEVE_KAFKA_BOOTSTRAP_SERVERS")]
    pub kafka: Option<String>,
    /// The consumer group.
    #[arg(long, global = true, env = "CREDSIEVE_KAFKA_GROUP_ID")]
    pub kafka_group: Option<String>,
    /// Where HTTP is served.
    #[arg(long, global = true, env = "CREDSIEVE_HTTP_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// What is logged, such as `info` (the default) or `credsieve_detector=debug`.
    #[arg(long, global = true, env = "CREDSIEVE_LOG")]
    pub log: Option<String>,
    /// Log one JSON object a line.
    #[arg(long, global = true, env = "CREDSIEVE_LOG_JSON")]
    pub log_json: bool,
}

/// The store's URL may hold a password.
impl std::fmt::Debug for CommonArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommonArgs")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// The configuration of a process.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The policy file.
    pub policy: Option<PathBuf>,
    /// File with the hash seed.
    pub hash_seed_file: Option<PathBuf>,
    /// Folder for what outlives the process.
    pub state_dir: Option<PathBuf>,
    /// Kafka.
    pub kafka: Option<KafkaConfig>,
    /// The store.
    pub store: StoreConfig,
    /// HTTP.
    pub http: HttpConfig,
    /// Databases of addresses.
    pub enrich: EnrichConfig,
}

/// Where verdicts are kept.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// `postgres://…` or `sqlite:FILE`.
    pub url: Option<String>,
    /// The share of plain allows that are stored whole, from 0 to 1; all others are counted.
    pub keep_allows: Share,
    /// What is older than this many days before the watermark is removed; at least 1.
    pub retention_days: u32,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            url: None,
            keep_allows: Share::default(),
            retention_days: 90,
        }
    }
}

/// The URL may hold a password.
impl std::fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreConfig")
            .field("retention_days", &self.retention_days)
            .finish_non_exhaustive()
    }
}

/// The HTTP face.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// TLS is terminated in front: cookies are marked for HTTPS only.
    pub secure_cookies: bool,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            secure_cookies: false,
        }
    }
}

/// Where ASN and country come from that a producer does not name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnrichConfig {
    /// Database of autonomous systems (`.mmdb`).
    pub asn_database: Option<PathBuf>,
    /// Database of countries (`.mmdb`).
    pub country_database: Option<PathBuf>,
}

impl Config {
    /// The file, if any, then environment and flags over it.
    ///
    /// # Errors
    /// When the file cannot be read, or says what is not known or cannot be meant.
    pub fn load(args: &CommonArgs) -> Result<Self> {
        let mut config = match &args.config {
            Some(path) => {
                let text = read_named(path, "--config or CREDSIEVE_CONFIG")?;
                toml::from_str(&text).map_err(|error| unreadable(path, &text, &error))?
            }
            None => Self::default(),
        };
        let args = args.clone();
        config.policy = args.policy.or(config.policy);
        config.hash_seed_file = args.hash_seed_file.or(config.hash_seed_file);
        config.state_dir = args.state_dir.or(config.state_dir);
        config.store.url = args.store.or(config.store.url);
        config.http.listen = args.listen.unwrap_or(config.http.listen);
        if let Some(bootstrap) = args.kafka {
            match &mut config.kafka {
                Some(kafka) => kafka.bootstrap = bootstrap,
                none => *none = Some(KafkaConfig::new(bootstrap)),
            }
        }
        if let (Some(group), Some(kafka)) = (args.kafka_group, &mut config.kafka) {
            kafka.group = group;
        }
        // Whoever writes 0 may well mean "for ever", and would lose everything every ten minutes.
        ensure!(
            config.store.retention_days > 0,
            "store.retention_days is 0, which would remove all that is stored: say for how many days it is kept \
             (90 where it is not set; 36500 keeps it for a century)"
        );
        Ok(config)
    }

    /// The part that the detector needs.
    pub fn detector(&self) -> DetectorConfig {
        DetectorConfig {
            kafka: self.kafka.clone(),
            state_file: self.state_dir.as_ref().map(|dir| dir.join("state")),
            keep_allows: self.store.keep_allows,
            asn_database: self.enrich.asn_database.clone(),
            country_database: self.enrich.country_database.clone(),
        }
    }

    /// The deployment's hash seed, which every node shares.
    ///
    /// # Errors
    /// When none is configured, or the file holds none.
    pub fn shared_seed(&self) -> Result<HashSeed> {
        let Some(path) = &self.hash_seed_file else {
            bail!(
                "no hash seed: set hash_seed_file (or CREDSIEVE_HASH_SEED_FILE) to a file with 32 \
                 hexadecimal digits that all nodes share; `openssl rand -hex 16 > FILE` makes one"
            );
        };
        read_seed(path, SEED_NAMED_BY)
    }

    /// The hash seed of a process that stands alone: the configured one, else one of its own, made
    /// at the first start.
    ///
    /// # Errors
    /// When the file holds none, or cannot be written.
    pub fn own_seed(&self, state_dir: &Path) -> Result<HashSeed> {
        if self.hash_seed_file.is_some() {
            return self.shared_seed();
        }
        let path = state_dir.join("hash-seed");
        if path.exists() {
            return read_seed(&path, "made at the first start");
        }
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("no randomness: {e}"))?;
        let seed = HashSeed::from_bytes(bytes);
        write_secret(&path, &seed.to_hex())?;
        Ok(seed)
    }
}

/// What is wrong with a configuration, and where. Neither the line nor a value is repeated, as the parser's
/// own words would: either may be a secret, and this goes to the log.
fn unreadable(path: &Path, text: &str, error: &toml::de::Error) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let place = before.map_or_else(String::new, |before| {
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        format!(":{line}:{column}")
    });
    let message = error.message();
    let has_value = ["invalid ", "unknown variant "]
        .iter()
        .any(|start| message.starts_with(start));
    let value = message.find(['"', '`']).zip(message.rfind(", expected "));
    let message = match value {
        Some((start, end)) if has_value && start < end => {
            format!("{}{}", message[..start].trim_end(), &message[end..])
        }
        _ => message.to_owned(),
    };
    anyhow::anyhow!("{}{place}: {message}", path.display())
}

/// Writes a file that only its owner may read.
fn write_secret(path: &Path, text: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| writeln!(file, "{text}"))
        .with_context(|| format!("writing {}", path.display()))
}

/// What names the policy's file.
pub const POLICY_NAMED_BY: &str = "--policy, CREDSIEVE_POLICY or `policy` in the configuration";
/// What names the file of the seed.
pub const SEED_NAMED_BY: &str =
    "--hash-seed-file, CREDSIEVE_HASH_SEED_FILE or `hash_seed_file` in the configuration";

/// The text of a file.
///
/// # Errors
/// When it cannot be read: with `named_by`, so that a person knows where the name came from.
pub fn read_named(path: &Path, named_by: &str) -> Result<String> {
    std::fs::read_to_string(path)
        .with_context(|| format!("reading {} (named by {named_by})", path.display()))
}

/// The policy of a file, or the defaults.
///
/// # Errors
/// When the file cannot be read, or is no policy: every problem with its line.
pub fn load_policy(path: Option<&Path>, named_by: &str) -> Result<Policy> {
    let Some(path) = path else {
        return Ok(Policy::default());
    };
    let text = read_named(path, named_by)?;
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
///
/// # Errors
/// When the file cannot be read.
pub fn load_names(policy: &Policy, policy_path: Option<&Path>, seed: &HashSeed) -> Result<NameSet> {
    let Some(file) = &policy.names.file else {
        return Ok(NameSet::parse("", seed));
    };
    let folder = policy_path.and_then(Path::parent).unwrap_or(Path::new(""));
    let path = folder.join(file);
    let text = read_named(&path, "names.file in the policy")?;
    Ok(NameSet::parse(&text, seed))
}

/// The seed of a file of 32 hexadecimal digits.
///
/// # Errors
/// When the file cannot be read or holds something else.
pub fn read_seed(path: &Path, named_by: &str) -> Result<HashSeed> {
    let text = read_named(path, named_by)?;
    HashSeed::from_hex(&text)
        .with_context(|| format!("{}: expected 32 hexadecimal digits", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "[kafka]\nbootstrap_servers = \"a:1\"\n[store]\nurl = \"sqlite:a\"\n[http]\nlisten = \"127.0.0.1:1\"\n";
        std::fs::write(file.path(), text).unwrap();
        let config = Config::load(&CommonArgs {
            config: Some(file.path().to_owned()),
            kafka: Some("b:2".into()),
            store: Some("sqlite:b".into()),
            ..CommonArgs::default()
        })
        .unwrap();
        assert_eq!(config.kafka.unwrap().bootstrap, "b:2");
        assert_eq!(config.store.url.as_deref(), Some("sqlite:b"));
        assert_eq!(config.http.listen.port(), 1);
    }

    #[test]
    fn the_address_of_the_store_is_not_shown() {
        let args = CommonArgs {
            store: Some("postgres://credsieve_api:geheim@host/db".into()),
            ..CommonArgs::default()
        };
        let config = Config::load(&args).unwrap();
        assert!(config.store.url.is_some());
        let shown = format!("{args:?} {config:?}");
        assert!(!shown.contains("geheim"), "{shown}");
    }

    #[test]
    fn the_files_that_the_compose_file_uses_are_good() {
        let config: Config = toml::from_str(include_str!("../deploy/credsieve.toml")).unwrap();
        assert_eq!(config.kafka.unwrap().bootstrap, "kafka:9092");
        Policy::parse(include_str!("../deploy/policy.toml")).unwrap();
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[http]\n\nlisen = 1\n").unwrap();
        let error = Config::load(&CommonArgs {
            config: Some(file.path().to_owned()),
            ..CommonArgs::default()
        })
        .unwrap_err();
        let text = format!("{error:#}");
        assert!(text.contains(":3:1: ") && text.contains("lisen"), "{text}");
    }

    #[test]
    fn a_slip_beside_a_secret_is_told_with_its_place_and_without_the_secret() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let args = CommonArgs {
            config: Some(file.path().to_owned()),
            ..CommonArgs::default()
        };
        for (text, place, said) in [
            ("[store]\npasswort = \"geheim\"\n", ":2:1: ", "passwort"),
            (
                "[store]\nurl = \"postgres://u:geheim@h/db\" x\n",
                ":2:34: ",
                "",
            ),
            ("[store]\nurl = \"geheim\n", ":2:", ""),
            (
                "[store]\nretention_days = \"geheim, expected `1`\"\n",
                ":2:18: ",
                "invalid type: string, expected u32",
            ),
            (
                "[kafka.sasl]\nmechanism = \"PLAIN\"\nusername = \"u\"\npassword = 4711\n",
                ":4:12: ",
                "invalid type: integer, expected a string",
            ),
        ] {
            std::fs::write(file.path(), text).unwrap();
            let error = format!("{:?}", Config::load(&args).unwrap_err());
            assert!(error.contains(place) && error.contains(said), "{error}");
            assert!(!error.contains("geheim"), "{error}");
            assert!(!error.contains("4711"), "{error}");
        }
    }

    #[test]
    fn keeping_nothing_is_refused_with_what_to_do() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let args = CommonArgs {
            config: Some(file.path().to_owned()),
            ..CommonArgs::default()
        };
        std::fs::write(file.path(), "[store]\nretention_days = 0\n").unwrap();
        let text = format!("{:#}", Config::load(&args).unwrap_err());
        assert!(text.contains("store.retention_days"), "{text}");
        std::fs::write(file.path(), "[store]\nretention_days = 1\n").unwrap();
        assert_eq!(Config::load(&args).unwrap().store.retention_days, 1);
    }

    #[test]
    fn a_seed_of_its_own_is_made_once_and_only_its_owner_may_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config::default();
        let seed = config.own_seed(dir.path()).unwrap();
        assert_eq!(config.own_seed(dir.path()).unwrap(), seed);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let meta = std::fs::metadata(dir.path().join("hash-seed")).unwrap();
            assert_eq!(meta.permissions().mode() & 0o777, 0o600);
        }
    }
}

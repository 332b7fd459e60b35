//! A private PostgreSQL cluster in a temporary folder.
//!
//! Never the system's: its own data, reachable over a Unix socket in that folder only, so that no
//! port is taken. The server must not outlive the tests, however they end: a small shell waits on
//! a pipe that this process holds, and when the pipe closes (drop, panic, `kill -9`) it stops the
//! server at once and removes the folder.

use anyhow::{Context, bail};
use std::fs;
use std::io::{Read, Seek};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The role that owns everything in the cluster.
const USER: &str = "credsieve";

/// How long the server may take to start on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(1);

/// How long it may take to stop and to remove its folder.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// Waits for the end of standard input, which comes with the end of the process that started it,
/// then stops the server (`QUIT`: at once, without a checkpoint) and removes the folder.
const KEEPER: &str = r#"
postgres="$1"; folder="$2"
"$postgres" -D "$folder/data" -k "$folder" </dev/null >"$folder/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT "$server" 2>/dev/null
wait "$server"
cd /
rm -rf "$folder"
"#;

/// Speed over safety: the data is thrown away.
const SETTINGS: &str = "
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
shared_buffers = 64MB
wal_level = minimal
max_wal_senders = 0
autovacuum_naptime = 60min
timezone = 'UTC'
";

/// A running cluster; stopped and removed when dropped.
#[derive(Debug)]
pub struct PostgresCluster {
    folder: PathBuf,
    bin: PathBuf,
    run_as: Option<(u32, u32)>,
    /// The shell that keeps the server; its standard input is the pipe that it waits on.
    keeper: Child,
    databases: AtomicU32,
}

impl PostgresCluster {
    /// Starts a cluster and waits until it answers.
    ///
    /// # Errors
    /// When PostgreSQL is not installed (one line that says how to install it), or does not start.
    pub fn start() -> anyhow::Result<Self> {
        let bin = find_programs()?;
        let folder = tempfile::Builder::new().prefix("credsieve-pg-").tempdir()?;
        let run_as = unprivileged_user(folder.path())?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
        if let Some((uid, gid)) = run_as {
            std::os::unix::fs::chown(folder.path(), Some(uid), Some(gid))?;
        }
        initialise(&bin, folder.path(), run_as)?;

        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]);
        keeper.arg(bin.join("postgres")).arg(folder.path());
        keeper.stdin(Stdio::piped()).stdout(Stdio::null());
        // A group of its own: Ctrl-C in the terminal must not end it before it has tidied up.
        keeper.stderr(Stdio::null()).process_group(0);
        as_user(&mut keeper, run_as);
        let keeper = keeper.spawn().context("starting the server's keeper")?;
        let cluster = Self {
            // From here on the keeper removes it.
            folder: folder.keep(),
            bin,
            run_as,
            keeper,
            databases: AtomicU32::new(0),
        };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// One cluster for all tests of a binary. Statics are not dropped, but the end of the process
    /// stops the server just as well.
    ///
    /// # Errors
    /// As [`Self::start`], in every call after the first failure too.
    pub fn shared() -> anyhow::Result<&'static Self> {
        static SHARED: OnceLock<Result<PostgresCluster, String>> = OnceLock::new();
        SHARED
            .get_or_init(|| Self::start().map_err(|error| format!("{error:#}")))
            .as_ref()
            .map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// The address of a database of this cluster.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres:///{database}?host={}&user={USER}",
            self.folder.display()
        )
    }

    /// Creates an empty database, with a name of its own, and answers its address.
    ///
    /// # Errors
    /// When the server does not.
    pub fn create_database(&self) -> anyhow::Result<String> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        let mut createdb = Command::new(self.bin.join("createdb"));
        createdb.arg("-h").arg(&self.folder);
        createdb.args(["-U", USER, "-T", "template0", &name]);
        as_user(&mut createdb, self.run_as);
        run(&mut createdb)?;
        Ok(self.url(&name))
    }

    /// The same database for another user; every user is believed to be who it says.
    #[must_use]
    pub fn as_user(url: &str, user: &str) -> String {
        url.replace(&format!("user={USER}"), &format!("user={user}"))
    }

    /// Runs a file of SQL by `psql`, as the role that owns everything, with these variables in its environment.
    ///
    /// # Errors
    /// At the first statement that fails.
    pub fn psql(&self, url: &str, file: &Path, environment: &[(&str, &str)]) -> anyhow::Result<()> {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f"]);
        psql.arg(file).envs(environment.iter().copied());
        run(&mut psql)
    }

    /// Stops the server as an administrator would, and waits until it is gone: for tests of what
    /// happens without it.
    ///
    /// # Errors
    /// When it does not stop.
    pub fn stop(&self) -> anyhow::Result<()> {
        let mut stop = Command::new(self.bin.join("pg_ctl"));
        stop.arg("-D").arg(self.folder.join("data"));
        stop.args(["stop", "-m", "fast", "-w"]);
        as_user(&mut stop, self.run_as);
        run(&mut stop)
    }

    /// What the server has logged so far.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn log(&self) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.folder.join("log"))?)
    }

    /// The server writes `ready` into the last line of its lock file once it takes connections.
    fn wait_until_ready(&self) -> anyhow::Result<()> {
        let lock_file = self.folder.join("data/postmaster.pid");
        let deadline = Instant::now() + START_LIMIT;
        while Instant::now() < deadline {
            let state = fs::read_to_string(&lock_file).unwrap_or_default();
            if state.lines().nth(7).is_some_and(|s| s.trim() == "ready") {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(10));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        bail!("PostgreSQL did not start within {START_LIMIT:?}: {log}");
    }
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let deadline = Instant::now() + STOP_LIMIT;
        while Instant::now() < deadline {
            if !matches!(self.keeper.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The folder of the newest PostgreSQL's programs: Debian keeps them out of `PATH`.
fn find_programs() -> anyhow::Result<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .collect();
    versions.sort();
    let in_path = std::env::var_os("PATH").unwrap_or_default();
    versions
        .into_iter()
        .rev()
        .map(|(_, folder)| folder)
        .chain(std::env::split_paths(&in_path))
        .find(|folder| {
            ["initdb", "postgres", "createdb", "psql"]
                .iter()
                .all(|program| folder.join(program).is_file())
        })
        .context(
            "PostgreSQL is missing (initdb, postgres, createdb, psql): apt-get install -y postgresql",
        )
}

/// PostgreSQL refuses to run as root; whose it is then: `postgres`, or else `nobody`.
fn unprivileged_user(own_folder: &Path) -> anyhow::Result<Option<(u32, u32)>> {
    if fs::metadata(own_folder)?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").context("reading the users")?;
    let ids = |name: &str| {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some(name)).then_some(())?;
            let uid = fields.nth(1)?.parse().ok()?;
            Some((uid, fields.next()?.parse().ok()?))
        })
    };
    let user = ids("postgres").or_else(|| ids("nobody"));
    let missing = "PostgreSQL does not run as root, and there is neither a user `postgres` nor \
                   `nobody`: useradd --system postgres";
    user.map(Some).context(missing)
}

fn as_user(command: &mut Command, run_as: Option<(u32, u32)>) {
    // Nobody else can enter the folder that the tests run in, perhaps.
    command.current_dir("/");
    if let Some((uid, gid)) = run_as {
        command.uid(uid).gid(gid);
    }
}

fn initialise(bin: &Path, folder: &Path, run_as: Option<(u32, u32)>) -> anyhow::Result<()> {
    let data = folder.join("data");
    let mut initdb = Command::new(bin.join("initdb"));
    initdb.arg("-D").arg(&data);
    initdb.args(["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]);
    as_user(&mut initdb, run_as);
    run(&mut initdb)?;
    let settings = data.join("postgresql.conf");
    let mut all = fs::read_to_string(&settings)?;
    all.push_str(SETTINGS);
    fs::write(&settings, all)?;
    Ok(())
}

/// Runs a program to its end; what it wrote is part of the error.
fn run(command: &mut Command) -> anyhow::Result<()> {
    // Into a file, not a pipe: a server left running would hold a pipe open.
    let mut output = tempfile::tempfile()?;
    command.stdin(Stdio::null());
    command
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?);
    let status = command
        .status()
        .with_context(|| format!("running {}", command.get_program().display()))?;
    if status.success() {
        return Ok(());
    }
    let mut text = String::new();
    output.rewind()?;
    output.read_to_string(&mut text)?;
    bail!(
        "{} failed ({status}): {text}",
        command.get_program().display()
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};

    const HOLD: &str = "CREDSIEVE_TEST_HOLDS_A_CLUSTER";

    fn server_of(cluster: &Path) -> PathBuf {
        let lock_file = fs::read_to_string(cluster.join("data/postmaster.pid")).unwrap();
        Path::new("/proc").join(lock_file.lines().next().unwrap())
    }

    #[test]
    fn a_dropped_cluster_leaves_neither_server_nor_folder() {
        let cluster = PostgresCluster::start().unwrap();
        let folder = cluster.folder.clone();
        let server = server_of(&folder);
        assert!(server.exists());
        assert!(cluster.create_database().unwrap().contains("test_0"));
        drop(cluster);
        assert!(!folder.exists());
        assert!(!server.exists());
    }

    /// What the next test starts in a process of its own, and kills. Does nothing otherwise.
    #[test]
    fn hold_a_cluster() {
        if std::env::var_os(HOLD).is_none() {
            return;
        }
        let cluster = PostgresCluster::shared().unwrap();
        println!("\nFOLDER {}", cluster.folder.display());
        std::io::stdin().read_line(&mut String::new()).unwrap();
    }

    #[test]
    fn a_killed_process_leaves_neither_server_nor_folder() {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "postgres::tests::hold_a_cluster", "--nocapture"])
            .env(HOLD, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let folder = BufReader::new(process.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("FOLDER ").map(PathBuf::from))
            .unwrap();
        let server = server_of(&folder);
        assert!(server.exists());
        process.kill().unwrap();
        process.wait().unwrap();
        let deadline = Instant::now() + STOP_LIMIT;
        while folder.exists() || server.exists() {
            assert!(
                Instant::now() < deadline,
                "{} is still there",
                folder.display()
            );
            thread::sleep(Duration::from_millis(10));
        }
    }
}

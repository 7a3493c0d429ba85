//! One throw-away PostgreSQL cluster per test process.
//!
//! The server belongs to a small shell process, the keeper, that waits for the end of its standard
//! input. The test process holds the other end of that pipe and never writes to it, so the keeper
//! learns of the end of the test process however it comes (return, panic, abort, kill), stops the
//! server and removes the directory. A `Drop` of a static would never run.

#![allow(
    dead_code,
    reason = "every test binary includes this file and uses a part of it"
)]
#![allow(
    clippy::panic,
    reason = "a test that has no server must fail, and no caller could do better"
)]

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use postgres::{Client, Config, NoTls};

/// The superuser of the cluster; local connections are trusted.
const SUPERUSER: &str = "postgres";

/// Longest socket path that every platform takes (`sun_path` has 104 bytes on some).
const LONGEST_SOCKET_PATH: usize = 100;

const START_TIMEOUT: Duration = Duration::from_secs(90);

/// `$1` is the directory of the server's programs, `$2` the directory of the cluster.
///
/// The keeper makes and runs the server itself, so there is no moment at which the test process
/// could be killed and leave a server that nobody stops.
const KEEPER: &str = r#"
"$1/initdb" --pgdata="$2/data" --username=postgres --auth=trust --no-sync \
    --encoding=UTF8 --locale=C.UTF-8 </dev/null >"$2/log" 2>&1 || : >"$2/failed"
server=
if [ ! -e "$2/failed" ]; then
    "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
        -c max_connections=200 -c shared_buffers=32MB -c jit=off -c autovacuum=off \
        -c timezone=UTC -c datestyle=ISO,YMD </dev/null >>"$2/log" 2>&1 &
    server=$!
fi
while read -r _; do :; done
if [ -n "$server" ]; then
    kill -QUIT "$server" 2>/dev/null
    wait "$server" 2>/dev/null
fi
cd / && rm -rf "$2"
"#;

/// A running server that listens on a socket in its own directory only.
pub struct Cluster {
    directory: PathBuf,
    /// Holds the write end of the keeper's pipe, which is what keeps the server alive.
    _keeper: Child,
}

/// The cluster of this test process, started on first use.
///
/// # Panics
/// With one line that says what to install where the machine has no PostgreSQL server, and with
/// the server's log where it does not start.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    match CLUSTER.get_or_init(Cluster::start) {
        Ok(cluster) => cluster,
        Err(reason) => panic!("{reason}"),
    }
}

impl Cluster {
    /// A new connection, as superuser, to a database that exists (`postgres` always does).
    pub fn connect(&self, database: &str) -> Client {
        self.try_connect(database)
            .unwrap_or_else(|error| panic!("cannot connect to database {database}: {error}"))
    }

    /// Makes an empty database, dropping one of the same name, and connects to it.
    pub fn fresh_database(&self, name: &str) -> Client {
        let mut admin = self.connect("postgres");
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        // Each statement by itself: neither may run inside a transaction block.
        for statement in [
            format!("DROP DATABASE IF EXISTS {quoted} WITH (FORCE)"),
            format!("CREATE DATABASE {quoted} TEMPLATE template0"),
        ] {
            admin
                .batch_execute(&statement)
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        self.connect(name)
    }

    /// The directory of the server's socket, as `host` in a connection string.
    pub fn socket_dir(&self) -> &Path {
        &self.directory
    }

    fn try_connect(&self, database: &str) -> Result<Client, postgres::Error> {
        Config::new()
            .host_path(&self.directory)
            .user(SUPERUSER)
            .dbname(database)
            .connect(NoTls)
    }

    fn start() -> Result<Self, String> {
        let programs = server_programs()?;
        let directory = make_directory()
            .map_err(|error| format!("cannot make a directory for the test cluster: {error}"))?;
        let keeper = match start_keeper(&programs, &directory) {
            Ok(keeper) => keeper,
            Err(reason) => {
                let _ = fs::remove_dir_all(&directory);
                return Err(reason);
            }
        };
        let cluster = Self {
            directory,
            _keeper: keeper,
        };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    fn wait_until_ready(&self) -> Result<(), String> {
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            let Err(error) = self.try_connect("postgres") else {
                return Ok(());
            };
            if self.directory.join("failed").exists() || Instant::now() > deadline {
                let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
                return Err(format!("the test cluster does not start: {error}\n{log}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The directory that holds `initdb` and `postgres`.
fn server_programs() -> Result<PathBuf, String> {
    let on_path = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect::<Vec<_>>())
        .unwrap_or_default();
    on_path
        .into_iter()
        .chain(packaged_programs())
        .chain(configured_programs())
        .find_map(|directory| real_programs(&directory))
        .ok_or_else(|| {
            "no PostgreSQL server (initdb, postgres) on this machine: apt-get install postgresql"
                .to_owned()
        })
}

/// Where the two programs really are. Links are followed, since the server finds the rest of its
/// installation from its own place.
fn real_programs(directory: &Path) -> Option<PathBuf> {
    let initdb = directory.join("initdb").canonicalize().ok()?;
    let real = initdb.parent()?.to_path_buf();
    real.join("postgres").is_file().then_some(real)
}

/// The Debian layout, the highest version first.
fn packaged_programs() -> Vec<PathBuf> {
    let Ok(versions) = fs::read_dir("/usr/lib/postgresql") else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

fn configured_programs() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let directory = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(directory.trim()))
}

/// A new directory that only its owner can enter, with a path short enough for a socket.
fn make_directory() -> io::Result<PathBuf> {
    let mut base = std::env::temp_dir();
    let longest_name = "measurand-4294967295-999999999/.s.PGSQL.5432.lock".len();
    if base.as_os_str().len() + longest_name > LONGEST_SOCKET_PATH {
        base = PathBuf::from("/tmp");
    }
    loop {
        let nanos = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| elapsed.subsec_nanos());
        let path = base.join(format!("measurand-{}-{nanos}", std::process::id()));
        match fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

fn start_keeper(programs: &Path, directory: &Path) -> Result<Child, String> {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", KEEPER, "keeper"])
        .args([programs, directory])
        .current_dir(directory)
        // What the environment says about servers and locales is meant for others.
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", directory)
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        // A runner waits for the end of the pipes it gave to a test; the keeper must not hold them.
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // An interrupt from the terminal goes to the tests, not to the keeper that cleans up.
        .process_group(0);
    let owner = fs::metadata(directory)
        .map_err(|error| format!("cannot read the test cluster's directory: {error}"))?;
    if owner.uid() == 0 {
        // The server refuses to run as root.
        let (user, group) = unprivileged_user()?;
        chown(directory, Some(user), Some(group))
            .map_err(|error| format!("cannot give the test cluster's directory away: {error}"))?;
        command.uid(user).gid(group);
    }
    command
        .spawn()
        .map_err(|error| format!("cannot start the test cluster's keeper: {error}"))
}

/// User and group id of `postgres`, or `nobody`, or else any user but root.
///
/// `initdb` looks its user up by name, so an id without an entry would not do.
fn unprivileged_user() -> Result<(u32, u32), String> {
    let entries = fs::read_to_string("/etc/passwd")
        .map_err(|error| format!("cannot read /etc/passwd: {error}"))?;
    let users: Vec<(&str, u32, u32)> = entries
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            let user = fields.nth(1)?.parse().ok()?;
            let group = fields.next()?.parse().ok()?;
            (user != 0).then_some((name, user, group))
        })
        .collect();
    ["postgres", "nobody"]
        .iter()
        .find_map(|wanted| users.iter().find(|(name, _, _)| name == wanted))
        .or_else(|| users.first())
        .map(|&(_, user, group)| (user, group))
        .ok_or_else(|| "no user but root to run the test cluster as".to_owned())
}

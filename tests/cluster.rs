//! The test cluster itself: it answers, it is private to this process, and it leaves nothing.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use measurand_tests::support::cluster::cluster;

/// Set in the second process of [`a_killed_process_leaves_nothing`].
const VICTIM: &str = "MEASURAND_CLUSTER_VICTIM";

#[test]
fn server_answers() {
    let mut client = cluster().connect("postgres");
    let row = client.query_one("SELECT 40 + 2", &[]).unwrap();
    assert_eq!(row.get::<_, i32>(0), 42);
}

#[test]
fn two_clients_share_one_server() {
    let mut first = cluster().fresh_database("shared");
    let mut second = cluster().connect("shared");
    first
        .batch_execute("CREATE TABLE t (n int); INSERT INTO t VALUES (7)")
        .unwrap();
    let row = second.query_one("SELECT n FROM t", &[]).unwrap();
    assert_eq!(row.get::<_, i32>(0), 7);
}

#[test]
fn a_fresh_database_is_empty_each_time() {
    let mut client = cluster().fresh_database("Fresh \"quoted\"");
    client.batch_execute("CREATE TABLE t (n int)").unwrap();
    let mut again = cluster().fresh_database("Fresh \"quoted\"");
    let row = again
        .query_one("SELECT to_regclass('t') IS NULL", &[])
        .unwrap();
    assert!(row.get::<_, bool>(0));
}

#[test]
fn only_the_socket_listens() {
    let mut client = cluster().connect("postgres");
    let mut setting = |name: &str| -> String {
        let row = client
            .query_one("SELECT current_setting($1)", &[&name])
            .unwrap();
        row.get(0)
    };
    assert_eq!(setting("listen_addresses"), "");
    assert_eq!(
        PathBuf::from(setting("unix_socket_directories")),
        cluster().socket_dir()
    );
    assert!(cluster().socket_dir().join(".s.PGSQL.5432").exists());
}

#[test]
fn text_sorts_by_code_point_and_folds_beyond_ascii() {
    let mut client = cluster().fresh_database("collation");
    let row = client
        .query_one("SELECT 'Z' < 'a', 'ÉLAN' ILIKE 'élan'", &[])
        .unwrap();
    assert_eq!((row.get::<_, bool>(0), row.get::<_, bool>(1)), (true, true));
}

/// Runs this test a second time in a process of its own, kills that process once its server
/// answers, and waits for the directory to go.
#[test]
fn a_killed_process_leaves_nothing() {
    if std::env::var_os(VICTIM).is_some() {
        cluster().connect("postgres");
        println!("\nsocket_dir={}", cluster().socket_dir().display());
        std::thread::sleep(Duration::from_secs(60));
        return;
    }
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_process_leaves_nothing", "--nocapture"])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let directory = BufReader::new(victim.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("socket_dir=").map(PathBuf::from))
        .expect("the second process starts a cluster");
    assert!(directory.exists());
    victim.kill().unwrap();
    victim.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while directory.exists() {
        assert!(Instant::now() < deadline, "{} stays", directory.display());
        std::thread::sleep(Duration::from_millis(50));
    }
}

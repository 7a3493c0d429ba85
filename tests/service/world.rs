//! A service on a database of its own.

use std::net::SocketAddr;
use std::sync::{LazyLock, Mutex, OnceLock};

use measurand::Moment;
use measurand_service::app::App;
use measurand_service::install::install;
use measurand_service::router::serve;
use measurand_service::settings::{Clock, Settings};
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::rows::{self, Rows};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::http::{Reply, send};
use super::people::{Person, ROOT};

/// The day that the rows end on.
const NOW: &str = "2026-11-20T10:00:00Z";

/// One runtime for all services of the process.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

/// A service that runs.
pub struct World {
    address: SocketAddr,
    database: String,
}

impl World {
    /// A service with the example's catalog, rows and people, and without any rule.
    pub fn new(name: &str) -> Self {
        Self::with(name, "")
    }

    /// The same with a script run over the rows before the service starts.
    pub fn with(name: &str, script: &str) -> Self {
        Self::set(name, script, |_| {}, std::future::pending())
    }

    /// The same with other settings, until it is told to stop.
    pub fn set(
        name: &str,
        script: &str,
        set: impl FnOnce(&mut Settings),
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let database = format!("service_{name}");
        copy(&database);
        let mut client = cluster().connect(&database);
        client.batch_execute(script).expect("the script runs");
        drop(client);
        let mut settings = Settings::new(config(&database));
        settings.connections = 4;
        settings.clock = Clock::Fixed(Moment::parse(NOW).expect("a moment"));
        set(&mut settings);
        let address = RUNTIME.block_on(async {
            let app = App::start(settings).await.expect("the service starts");
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
            let listener = listener.expect("a port");
            let address = listener.local_addr().expect("an address");
            tokio::spawn(serve(listener, app, stopped));
            address
        });
        Self { address, database }
    }

    /// What comes back to somebody.
    pub fn call(&self, who: Person, method: &str, target: &str, body: Option<&str>) -> Reply {
        let mut headers = who.headers();
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        self.raw(method, target, &headers, body.map(str::as_bytes))
    }

    /// What comes back to whatever is sent.
    pub fn raw(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Reply {
        send(self.address, method, target, headers, body)
    }

    /// What is read, which has to be there.
    #[track_caller]
    pub fn get(&self, who: Person, target: &str) -> Value {
        let reply = self.call(who, "GET", target, None);
        assert_eq!(reply.status, 200, "{target}: {}", reply.text());
        reply.json()
    }

    /// What comes of a body, which has to be taken.
    #[track_caller]
    pub fn post(&self, who: Person, target: &str, body: Value) -> Value {
        let reply = self.call(who, "POST", target, Some(&body.to_string()));
        assert!(
            matches!(reply.status, 200 | 201),
            "{target}: {}",
            reply.text()
        );
        reply.json()
    }

    /// Makes a row and gives its id.
    #[track_caller]
    pub fn make(&self, who: Person, target: &str, body: Value) -> i64 {
        let row = self.post(who, target, body);
        row["id"].as_i64().unwrap_or_else(|| panic!("{row}"))
    }

    /// The id of a dimension, as a rule names it.
    pub fn dimension(&self, key: &str) -> i64 {
        let all = self.get(ROOT, "/api/v1/dimensions");
        let mut all = all.as_array().expect("a list").iter();
        let found = all.find(|dimension| dimension["key"] == key);
        found
            .and_then(|found| found["id"].as_i64())
            .expect("a dimension")
    }

    /// Gives somebody a rule.
    #[track_caller]
    pub fn rule(&self, of: Person, dimension: &str, access_type: &str, values: Value) -> i64 {
        let root = Person {
            client: of.client,
            ..ROOT
        };
        self.make(
            root,
            "/api/v1/access/rules",
            json!({"user_id": of.user, "dimension_id": self.dimension(dimension),
                   "access_type": access_type, "allowed_values": values}),
        )
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A session of its own on the database.
    pub fn session(&self) -> postgres::Client {
        cluster().connect(&self.database)
    }

    /// The rows of a query written by hand.
    pub fn by_hand(&self, sql: &str) -> Rows {
        let mut client = cluster().connect(&self.database);
        rows::rows(client.simple_query(sql)).unwrap_or_else(|error| panic!("{error}\n{sql}"))
    }
}

fn config(database: &str) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    config
        .host_path(cluster().socket_dir())
        .user("postgres")
        .dbname(database);
    config
}

/// A new database like the one that was installed once.
fn copy(database: &str) {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    const INSTALLATION: &str = "service_installation";
    INSTALLED.get_or_init(|| {
        drop(cluster().fresh_database(INSTALLATION));
        let installed = RUNTIME.block_on(install(&config(INSTALLATION)));
        installed.unwrap_or_else(|error| panic!("{error:?}"));
    });
    // A database is copied while nobody is connected to it, and by one at a time.
    static COPYING: Mutex<()> = Mutex::new(());
    let _copying = COPYING.lock().expect("no copy failed");
    let mut client = cluster().connect("postgres");
    let copy = format!("CREATE DATABASE {database} TEMPLATE {INSTALLATION}");
    client.batch_execute(&copy).expect("a copy");
}

/// The rows of an answer as text, the way that `simple_query` shows them.
pub fn rows_of(answer: &Value) -> Rows {
    let rows = answer["rows"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    let text = |value: &Value| match value {
        Value::Null => rows::NULL.to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let row = |row: &Value| row.as_array().expect("a row").iter().map(text).collect();
    rows.iter().map(row).collect()
}

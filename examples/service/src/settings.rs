//! What differs between one installation and another.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use measurand::Moment;

/// The settings of a service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the database is, and as whom to connect.
    pub database: tokio_postgres::Config,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The most connections to the database.
    pub connections: usize,
    /// How long a request waits for one of them.
    pub patience: Duration,
    /// How long a statement may run.
    pub statement_timeout: Duration,
    /// How long the statement of a file may run, which ends when the caller has read all of it.
    pub export_timeout: Duration,
    /// What tells the time.
    pub clock: Clock,
}

/// What tells the time.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// That of the machine.
    System,
    /// One that stands still, for tests and examples with fixed rows.
    Fixed(Moment),
}

impl Clock {
    /// What it shows.
    pub fn now(self) -> Moment {
        match self {
            Clock::Fixed(moment) => moment,
            Clock::System => {
                let now = jiff::Timestamp::now().to_string();
                // Clocks show years of four digits for a long time yet.
                Moment::parse_clock(&now).unwrap_or(Moment::MIN)
            }
        }
    }
}

impl Settings {
    /// Settings for a database, with the usual for all else.
    pub fn new(database: tokio_postgres::Config) -> Self {
        Self {
            database,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            connections: 16,
            patience: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(20),
            export_timeout: Duration::from_secs(600),
            clock: Clock::System,
        }
    }

    /// Settings from the environment: `DATABASE_URL`, `LISTEN` and, to look at the example's rows as if
    /// it were their last day, `NOW`.
    ///
    /// # Errors
    /// A variable that is missing or cannot be read.
    pub fn from_environment() -> Result<Self, Box<dyn Error>> {
        let database = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL is not set")?;
        let mut settings = Self::new(database.parse()?);
        if let Ok(listen) = std::env::var("LISTEN") {
            settings.listen = listen.parse()?;
        }
        if let Ok(now) = std::env::var("NOW") {
            let now = Moment::parse(&now).ok_or("NOW is no moment such as 2026-11-20T10:00:00Z")?;
            settings.clock = Clock::Fixed(now);
        }
        Ok(settings)
    }
}

//! `measurand-service install` makes the tables and rows to look at; `measurand-service` serves.

use std::error::Error;

use measurand_service::app::App;
use measurand_service::install::install;
use measurand_service::router;
use measurand_service::settings::Settings;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_environment()?;
    match std::env::args().nth(1).as_deref() {
        None => run(settings).await,
        Some("install") => install(&settings.database).await,
        Some(_) => Err("the one argument that there is, is `install`".into()),
    }
}

/// Serves until the process is told to stop, and then answers what has been asked.
async fn run(settings: Settings) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(settings.listen).await?;
    let app = App::start(settings).await?;
    println!("http://{}/openapi.json", listener.local_addr()?);
    router::serve(listener, app.clone(), stopped()).await?;
    app.database.close();
    Ok(())
}

/// The end of waiting for SIGINT or SIGTERM.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // A process that cannot listen for signals is ended without being asked.
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}

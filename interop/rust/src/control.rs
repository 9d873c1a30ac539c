//! Reads commands, one JSON object a line, and answers each with one line.

use std::{collections::HashMap, io::Write as _, sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use libp2p::PeerId;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

const COMMAND_TIMEOUT: Duration = Duration::from_secs(300);

pub type Answer = Result<Value, String>;
type Handler = Arc<dyn Fn(Command) -> BoxFuture<'static, Answer> + Send + Sync>;

/// One line of stdin.
pub struct Command(Value);

impl Command {
    pub fn text(&self, field: &str) -> Result<&str, String> {
        self.0[field].as_str().ok_or_else(|| format!("{field} is missing"))
    }

    pub fn number(&self, field: &str) -> u64 {
        self.0[field].as_u64().unwrap_or(0)
    }

    pub fn peer(&self) -> Result<PeerId, String> {
        self.text("peer")?.parse().map_err(|e| format!("{e}"))
    }
}

pub struct Control {
    handlers: HashMap<&'static str, Handler>,
}

impl Control {
    pub fn new() -> Self {
        Self { handlers: HashMap::new() }
    }

    /// The answer of `handler` is an object: what goes beside "id" and "ok".
    pub fn on<F, R>(&mut self, name: &'static str, handler: F)
    where
        F: Fn(Command) -> R + Send + Sync + 'static,
        R: Future<Output = Answer> + Send + 'static,
    {
        self.handlers.insert(name, Arc::new(move |command| handler(command).boxed()));
    }

    pub fn write(&self, answer: Value) {
        print_line(&answer);
    }

    /// Returns at the end of stdin.
    pub async fn serve(&self) {
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str::<Value>(&line) {
                Ok(command) => self.spawn(command),
                Err(e) => print_line(&json!({"id": null, "ok": false, "error": format!("not a command: {e}")})),
            }
        }
    }

    fn spawn(&self, command: Value) {
        let id = command["id"].clone();
        let name = command["cmd"].as_str().unwrap_or_default().to_owned();
        let handler = self.handlers.get(name.as_str()).cloned();
        tokio::spawn(async move {
            let answer = match handler {
                None => Err(format!("unsupported: no command {name}")),
                Some(handler) => tokio::time::timeout(COMMAND_TIMEOUT, handler(Command(command)))
                    .await
                    .unwrap_or_else(|_| Err("the command took too long".to_owned())),
            };
            print_line(&match answer {
                Ok(mut fields) => {
                    fields["id"] = id;
                    fields["ok"] = json!(true);
                    fields
                }
                Err(error) => json!({"id": id, "ok": false, "error": error}),
            });
        });
    }
}

fn print_line(value: &Value) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{value}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

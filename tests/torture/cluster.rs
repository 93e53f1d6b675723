//! A PostgreSQL of a test's own, that can be stopped and started.

use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// Stopped, by its own pid file, when it is dropped.
pub struct Cluster {
    folder: TempDir,
    bin: PathBuf,
    port: u16,
}

fn bin() -> PathBuf {
    if let Ok(bin) = std::env::var("PG_BIN") {
        return bin.into();
    }
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.filter_map(Result::ok).map(|e| e.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    versions.pop().expect("PG_BIN is not set: run tests/run, or name the folder of initdb and pg_ctl")
}

/// PostgreSQL refuses to run as root; then it runs as its own user.
fn is_root(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    folder.metadata().unwrap().uid() == 0
}

impl Cluster {
    pub fn start() -> Cluster {
        let folder = tempfile::Builder::new().prefix("sesame-cluster").tempdir().unwrap();
        if is_root(folder.path()) {
            assert!(Command::new("chown").arg("postgres").arg(folder.path()).status().unwrap().success());
        }
        // Free at this moment; the test fails loudly if someone else takes it.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Cluster { folder, bin: bin(), port };
        cluster.run("initdb", &["-U", "sesame", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        cluster.go_on();
        cluster
    }

    fn run(&self, program: &str, args: &[&str]) {
        assert!(self.try_run(program, args), "{program} {args:?} failed in {}", self.folder.path().display());
    }

    fn try_run(&self, program: &str, args: &[&str]) -> bool {
        let (data, path) = (self.folder.path().join("data"), self.bin.join(program));
        // Made by this process, or handed over to its own user in `start`.
        let as_root = std::fs::metadata("/proc/self").is_ok_and(|_| is_root(Path::new("/proc/self")));
        let mut command = if as_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.arg("-D").arg(data).args(args).current_dir(self.folder.path());
        let log = std::fs::File::create(self.folder.path().join(format!("{program}.log"))).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log).status().unwrap().success()
    }

    pub fn go_on(&self) {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=100",
            self.port,
            self.folder.path().display()
        );
        self.run("pg_ctl", &["-w", "-t", "60", "-o", &options, "start"]);
    }

    /// As a crash is: no farewell to anybody.
    pub fn crash(&self) {
        self.run("pg_ctl", &["-w", "-m", "immediate", "stop"]);
    }

    pub fn url(&self) -> String {
        format!("postgres://sesame@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.try_run("pg_ctl", &["-w", "-m", "immediate", "stop"]);
    }
}

//! What a process holds in memory, in megabytes, where the system tells (Linux).

fn status(pid: &str, field: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix(field))?;
    line.trim_start_matches(':').split_whitespace().next()?.parse::<u64>().ok().map(|kb| kb / 1024)
}

/// What a process holds now.
pub fn of(pid: u32) -> Option<u64> {
    status(&pid.to_string(), "VmRSS")
}

/// The most this process held since [`reset_peak`].
pub fn peak() -> Option<u64> {
    status("self", "VmHWM")
}

/// Starts counting anew; what is held now.
pub fn reset_peak() -> Option<u64> {
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    status("self", "VmRSS")
}

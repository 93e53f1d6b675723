//! All settings as a table, for people: what `sesame config` prints and `docs/configuration.md` shows.

use super::{Kind, SETTINGS, Setting, variable};

/// The reference table of all settings, in Markdown, for the documentation (a test there compares).
pub fn reference() -> String {
    let mut table = String::from("| Variable | Default | Meaning |\n|---|---|---|\n");
    table.push_str(
        "| `SESAME_CONFIG` |  | TOML file with the same settings as `key = value`; `--config` wins over it. |\n",
    );
    for Setting { key, kind, default, expects, doc } in SETTINGS {
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        let file = if *kind == Kind::Secret {
            format!(" Or `{}_FILE`: a file that holds it.", variable(key))
        } else {
            String::new()
        };
        table.push_str(&format!("| `{}` | {default} | {} Expected: {expects}.{file} |\n", variable(key), doc.trim()));
    }
    table
}

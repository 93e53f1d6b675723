//! Where settings come from: the defaults, a TOML file, the environment; each a layer that can say in which place a value stood.
//!
//! Next: `config.rs` puts one over the other.

use super::{ConfigError, Kind, SETTINGS, known, setting, variable};
use figment::{
    Metadata, Profile, Provider, Source,
    providers::{Format, Toml},
    value::{Dict, Map, Value},
};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Settings of one origin.
pub(super) struct Layer {
    metadata: Metadata,
    dict: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Ok(Profile::Default.collect(self.dict.clone()))
    }
}

impl Layer {
    fn place(&self, key: &str) -> String {
        self.metadata.interpolate(&Profile::Default, &[key])
    }

    /// Refuses keys that mean nothing, and puts the content of a secret's file in the place of its name.
    pub(super) fn with_files_read(mut self) -> Result<Layer, ConfigError> {
        for (key, value) in std::mem::take(&mut self.dict) {
            match key.strip_suffix("_file").filter(|secret| setting(secret).is_some_and(|s| s.kind == Kind::Secret)) {
                Some(secret) => {
                    if self.dict.contains_key(secret) {
                        return Err(ConfigError::Twice { place: self.place(secret), place_of_file: self.place(&key) });
                    }
                    let Some(path) = value.as_str() else {
                        let problem = "this is no path".to_owned();
                        return Err(ConfigError::Value { place: self.place(&key), problem, expects: "a path" });
                    };
                    let text = std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable {
                        place: self.place(&key),
                        path: path.into(),
                        cause,
                    })?;
                    self.dict.insert(secret.to_owned(), Value::from(text.trim_end_matches(['\r', '\n'])));
                }
                None if setting(&key).is_some() => {
                    self.dict.insert(key, value);
                }
                None => {
                    return Err(ConfigError::Unknown { place: self.place(&key), known: known(|key| self.place(key)) });
                }
            }
        }
        Ok(self)
    }
}

pub(super) fn defaults() -> Layer {
    let set = SETTINGS.iter().filter(|setting| !setting.default.is_empty());
    let dict = set.map(|setting| (setting.key.to_owned(), typed(setting.kind, setting.default))).collect();
    Layer {
        metadata: Metadata::named("the default").interpolater(|_: &Profile, keys: &[&str]| variable(&keys.join("."))),
        dict,
    }
}

pub(super) fn file_layer(named_by: &str, path: &Path) -> Result<Layer, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable {
        place: named_by.to_owned(),
        path: path.to_owned(),
        cause,
    })?;
    let dict = Toml::from_str::<Dict>(&text).map_err(|error| {
        // The error's own text quotes the line, which may hold a secret.
        let line =
            error.span().map_or(1, |span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
        ConfigError::NotToml { path: path.to_owned(), line, detail: error.message().to_owned() }
    })?;
    let shown = path.display().to_string();
    let metadata = Metadata::from("file", Source::File(path.to_owned()))
        .interpolater(move |_: &Profile, keys: &[&str]| format!("`{}` in {shown}", keys.join(".")));
    Layer { metadata, dict }.with_files_read()
}

/// Names that are taken without our prefix too.
const BARE: [&str; 2] = ["DATABASE_URL", "LOG_URL"];

/// The bare variables, the variables with our prefix, and the configuration file they name.
pub(super) fn environment_layers(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<(Layer, Layer, Option<PathBuf>), ConfigError> {
    let layer = |interpolate: fn(&Profile, &[&str]) -> String| Layer {
        metadata: Metadata::named("environment").interpolater(interpolate),
        dict: Dict::new(),
    };
    let mut bare = layer(|_, keys| keys.join(".").to_uppercase());
    let mut prefixed = layer(|_, keys| variable(&keys.join(".")));
    let mut file = None;
    for (name, value) in environment {
        // A name that is not UTF-8 is none of ours; a value that is not is a mistake only in ours.
        let Some(name) = name.to_str() else { continue };
        let Some(key) = name.strip_prefix("SESAME_").or(BARE.contains(&name).then_some(name)) else { continue };
        if value.is_empty() || is_kubernetes_link(key) {
            continue;
        }
        if name == "SESAME_CONFIG" {
            file = Some(PathBuf::from(value));
            continue;
        }
        let key = key.to_lowercase();
        let setting = setting(&key);
        let Ok(text) = value.into_string() else {
            let (problem, expects) = ("the value is not UTF-8".to_owned(), setting.map_or("text", |s| s.expects));
            return Err(ConfigError::Value { place: name.to_owned(), problem, expects });
        };
        let value = typed(setting.map_or(Kind::Text, |setting| setting.kind), &text);
        let layer = if BARE.contains(&name) { &mut bare } else { &mut prefixed };
        layer.dict.insert(key, value);
    }
    Ok((bare, prefixed, file))
}

/// What Kubernetes sets in every pod beside a Service named `sesame`: `SESAME_PORT_8080_TCP_ADDR` and its like.
fn is_kubernetes_link(key: &str) -> bool {
    key == "PORT" || key == "SERVICE_HOST" || key.starts_with("SERVICE_PORT") || key.starts_with("PORT_")
}

/// A text as the value it stands for; one that does not fit stays text, and is refused with its name when it is used.
fn typed(kind: Kind, text: &str) -> Value {
    let text = if kind == Kind::Secret { text } else { text.trim() };
    match kind {
        Kind::Number(..) => text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from),
        Kind::Switch => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Value::from(true),
            "false" | "0" | "no" | "off" => Value::from(false),
            _ => Value::from(text),
        },
        Kind::Text | Kind::Secret => Value::from(text),
    }
}

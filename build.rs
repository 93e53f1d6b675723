//! Embeds what browsers are sent: our style sheets and scripts, and, with the feature `browser`, third-party code; writes `assets.rs` for `src/web`.
//!
//! With the feature `browser`: `npm ci`, once for each lock file, installs what `src/web/package-lock.json` names (checked by hash, no scripts of
//! packages run) into cargo's output folder, never into the source tree; the published files go into the program with
//! the licences of every package. Without the feature nothing is fetched, and the pages work without scripts and with the system's letters.

use std::{
    collections::BTreeSet,
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// A file of the embedded set: its constant's name in `assets.rs`, where it is, its media type, its licence.
struct Source {
    constant: &'static str,
    path: &'static str,
    mime: &'static str,
    licence: &'static str,
}

const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// What npm installs.
const PUBLISHED: [Source; 6] = [
    Source { constant: "HTMX_JS", path: "htmx.org/dist/htmx.min.js", mime: JS, licence: "0BSD" },
    Source {
        constant: "INTER",
        path: "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
        mime: "font/woff2",
        licence: "OFL-1.1",
    },
    Source { constant: "REACT_JS", path: "react/umd/react.production.min.js", mime: JS, licence: "MIT" },
    Source { constant: "REACT_DOM_JS", path: "react-dom/umd/react-dom.production.min.js", mime: JS, licence: "MIT" },
    Source { constant: "GRAPHIQL_JS", path: "graphiql/graphiql.min.js", mime: JS, licence: "MIT" },
    Source { constant: "GRAPHIQL_CSS", path: "graphiql/graphiql.min.css", mime: CSS, licence: "MIT" },
];

/// What we wrote. The style sheet of the pages comes after the letters that it names.
const OURS: [Source; 4] = [
    Source { constant: "CONSOLE_JS", path: "src/web/console.js", mime: JS, licence: "Apache-2.0" },
    Source { constant: "CONSOLE_CSS", path: "src/web/console.css", mime: CSS, licence: "Apache-2.0" },
    Source { constant: "APP_JS", path: "pages/assets/app.js", mime: JS, licence: "Apache-2.0" },
    Source { constant: "APP_CSS", path: "pages/assets/app.css", mime: CSS, licence: "Apache-2.0" },
];

/// Where the style sheet of the pages has the address of its letters.
const FONT: &str = "{{font}}";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    for name in ["src/web/package.json", "src/web/package-lock.json"] {
        println!("cargo::rerun-if-changed={name}");
    }
    for source in &OURS {
        println!("cargo::rerun-if-changed={}", source.path);
    }
    println!("cargo::rerun-if-changed=pages/assets/areas");
    println!("cargo::rerun-if-env-changed=NPM");
    match embed(env::var_os("CARGO_FEATURE_BROWSER").is_some()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            for line in reason.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn embed(fetched: bool) -> Result<(), String> {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from).ok_or_else(|| format!("cargo did not set {name}"));
    let root = folder("CARGO_MANIFEST_DIR")?;
    let (web, out) = (root.join("src/web"), folder("OUT_DIR")?.join("browser"));
    let installed = out.join("node_modules");
    let mut licences_text = String::new();
    if fetched {
        let lock = read(&web.join("package-lock.json"))?;
        install(&web, &out, &lock)?;
        let packages = packages(&lock);
        check_bundle(&read(&installed.join("graphiql/graphiql.min.js.map"))?, &packages)?;
        licences_text = licences(&installed, &packages)?;
    }
    let published: &[Source] = if fetched { &PUBLISHED } else { &[] };

    let embedded = out.join("embedded");
    // Files of an earlier content would stay beside the new ones.
    let _ = fs::remove_dir_all(&embedded);
    fs::create_dir_all(&embedded).map_err(failed("make", &embedded))?;
    let mut constants = String::new();
    let mut names = Vec::new();
    let mut font = String::new();
    for (from, source) in
        published.iter().map(|source| (&installed, source)).chain(OURS.iter().map(|source| (&root, source)))
    {
        let path = from.join(source.path);
        let content = match source.constant {
            "GRAPHIQL_CSS" => without_fonts(&read(&path)?).into_bytes(),
            "APP_CSS" if font.is_empty() => without_fonts(&style(&path)?).into_bytes(),
            "APP_CSS" => style(&path)?.replace(FONT, &font).into_bytes(),
            _ => fs::read(&path).map_err(failed("read", &path))?,
        };
        let name = source.path.rsplit('/').next().unwrap_or(source.path);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let hashed = format!("{stem}-{:016x}.{extension}", fnv1a(&content));
        let file = embedded.join(&hashed);
        fs::write(&file, &content).map_err(failed("write", &file))?;
        if source.constant == "INTER" {
            font = format!("/assets/{hashed}");
        }
        let Source { constant, mime, licence, .. } = source;
        let _ = write!(
            constants,
            "/// `{name}`, {licence}.\npub const {constant}: Asset = Asset {{\n    name: \"{name}\",\n    hashed_name: \"{hashed}\",\n    \
             mime: \"{mime}\",\n    bytes: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/browser/embedded/{hashed}\")),\n    \
             licence: \"{licence}\",\n}};\n\n"
        );
        names.push(*constant);
    }
    write(&out.join("licences.txt"), &licences_text)?;
    let generated = format!(
        "// Written by build.rs.\n\n{constants}/// Every embedded file.\npub static ASSETS: &[Asset] = &[{}];\n\n\
         /// The packages that the embedded files are made of, and their licences.\n\
         pub static LICENCES: &str = include_str!(concat!(env!(\"OUT_DIR\"), \"/browser/licences.txt\"));\n",
        names.join(", ")
    );
    write(&out.join("assets.rs"), &generated)
}

/// The style sheet of the pages: what they share, then what each area has of its own (`areas/*.css`), by name.
fn style(path: &Path) -> Result<String, String> {
    let mut whole = read(path)?;
    let areas = path.with_file_name("areas");
    let found = fs::read_dir(&areas)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<io::Result<BTreeSet<_>>>());
    for area in found.map_err(failed("read", &areas))? {
        whole.push_str(&read(&area)?);
    }
    Ok(whole)
}

/// `npm ci` in `out`, unless this very lock was installed there before.
fn install(web: &Path, out: &Path, lock: &str) -> Result<(), String> {
    let stamp = out.join("installed.lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let _ = fs::remove_file(&stamp);
    fs::create_dir_all(out).map_err(failed("make", out))?;
    for name in ["package.json", "package-lock.json"] {
        write(&out.join(name), &read(&web.join(name))?)?;
    }
    let npm = env::var_os("NPM").unwrap_or_else(|| if cfg!(windows) { "npm.cmd" } else { "npm" }.into());
    let ran = Command::new(&npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"])
        .current_dir(out)
        .output();
    match ran {
        Ok(output) if output.status.success() => write(&stamp, lock),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("`npm ci` could not install what src/web/package-lock.json names:\n{said}\n{WITHOUT}"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(format!(
            "`{}` was not found. It fetches GraphiQL, which the service embeds.\nInstall Node.js 18 or later with npm \
             (Debian and Ubuntu: `apt-get install npm`), or name another by the variable NPM.\n{WITHOUT}",
            Path::new(&npm).display()
        )),
        Err(error) => Err(format!("`npm ci` could not be run: {error}\n{WITHOUT}")),
    }
}

const WITHOUT: &str = "To build without browser scripts: `cargo build --no-default-features`.";

/// A package of the lock file.
struct Package {
    /// Its folder below `node_modules`.
    folder: String,
    version: String,
    licence: String,
}

impl Package {
    fn name(&self) -> &str {
        self.folder.rsplit("node_modules/").next().unwrap_or(&self.folder)
    }
}

/// The packages that a lock file names. npm always writes it in the same layout, so lines are enough; type definitions,
/// which have no code, are left out.
fn packages(lock: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    for line in lock.lines() {
        if let Some(entry) = line.strip_prefix("    \"node_modules/") {
            let folder = entry.trim_end_matches("\": {").to_owned();
            packages.push(Package { folder, version: String::new(), licence: String::new() });
        } else if let Some(package) = packages.last_mut() {
            let value =
                |name: &str| line.strip_prefix(name).map(|rest| rest.trim_matches([' ', '"', ',', ':']).to_owned());
            if let Some(version) = value("      \"version\"") {
                package.version = version;
            } else if let Some(licence) = value("      \"license\"") {
                package.licence = licence;
            }
        }
    }
    packages.retain(|package| !package.name().starts_with("@types/"));
    packages
}

/// GraphiQL's bundle holds other packages, as its source map tells. Each must be in the lock, or its licence is missing.
fn check_bundle(map: &str, packages: &[Package]) -> Result<(), String> {
    let sources =
        map.split_once("\"sources\":[").and_then(|(_, rest)| rest.split_once(']')).map(|(sources, _)| sources);
    let sources = sources.ok_or("graphiql.min.js.map lists no sources")?;
    let known: BTreeSet<&str> = packages.iter().map(Package::name).collect();
    let bundled: BTreeSet<String> = sources
        .split('"')
        .filter_map(|source| source.rsplit_once("node_modules/"))
        .map(|(_, path)| path.split('/').take(if path.starts_with('@') { 2 } else { 1 }).collect::<Vec<_>>().join("/"))
        .collect();
    match bundled.iter().find(|name| !known.contains(name.as_str())) {
        None => Ok(()),
        Some(name) => {
            Err(format!("graphiql.min.js holds {name}, whose licence is missing: add it to src/web/package.json"))
        }
    }
}

/// One text of all packages with the licence files that they ship.
fn licences(installed: &Path, packages: &[Package]) -> Result<String, String> {
    let mut text = String::new();
    for package in packages {
        let folder = installed.join(&package.folder);
        if !folder.is_dir() {
            // Optional, for another platform.
            continue;
        }
        let _ = writeln!(text, "{}\n{} {}: {}\n", "=".repeat(80), package.name(), package.version, package.licence);
        let mut files: Vec<PathBuf> = fs::read_dir(&folder)
            .map_err(failed("list", &folder))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.is_file() && is_licence(path))
            .collect();
        files.sort();
        if files.is_empty() {
            let _ = writeln!(
                text,
                "This package ships no licence file; its manifest names the {} licence.\n",
                package.licence
            );
        }
        for file in files {
            let _ = writeln!(text, "{}\n", read(&file)?.trim_end());
        }
    }
    Ok(text)
}

fn is_licence(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    ["license", "licence", "copying", "notice"].iter().any(|start| name.starts_with(start))
}

/// GraphiQL's style sheet without its two embedded fonts: they are most of it, and have licences of their own. The page
/// uses the system's fonts.
fn without_fonts(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some((before, face)) = rest.split_once("@font-face") {
        kept.push_str(before);
        rest = face.split_once('}').map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// A short name for a content (FNV-1a, 64 bits): it only has to change when the content does.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(failed("read", path))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(failed("write", path))
}

fn failed(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> String {
    let path = path.display().to_string();
    move |error| format!("could not {verb} {path}: {error}")
}

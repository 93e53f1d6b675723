//! What is built in, checked without a network: deny.toml's bans, where libraries come from, and the lints that the security pages rely on. Licences and
//! advisories are what `cargo deny check` looks at.

use std::{fs, path::Path, process::Command};

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// Names between `before` and a quote, one a line.
fn named<'t>(text: &'t str, before: &str) -> Vec<&'t str> {
    text.lines().filter_map(|line| line.trim().strip_prefix(before)?.split('"').next()).collect()
}

#[test]
fn nothing_that_is_banned_is_built() {
    let (deny, lock) = (file("deny.toml"), file("Cargo.lock"));
    let banned = named(&deny, "{ crate = \"");
    assert!(banned.len() >= 5 && banned.contains(&"openssl"), "{banned:?}");
    let locked = named(&lock, "name = \"");
    for name in banned.into_iter().filter(|name| locked.contains(name)) {
        // A lock file also names what features that are off would bring.
        let tree = Command::new(std::env::var("CARGO").unwrap())
            .args(["tree", "--offline", "--locked", "--edges", "normal,build", "--invert", name])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let (built, said) = (String::from_utf8_lossy(&tree.stdout), String::from_utf8_lossy(&tree.stderr));
        assert!(tree.status.success() && built.trim().is_empty(), "{name} is built:\n{built}{said}");
    }
    // An exception says why, and one that concerns nothing any more is taken out.
    let ignored = deny.split("ignore = [").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
    for line in ignored.lines().filter(|line| line.contains("RUSTSEC-")) {
        assert!(line.contains("reason ="), "{line}");
    }
}

#[test]
fn every_source_is_the_registry() {
    for name in ["Cargo.lock", "fuzz/Cargo.lock", "benches/references/Cargo.lock"] {
        let lock = file(name);
        for package in lock.split("[[package]]").skip(1).filter(|package| package.contains("\nsource = ")) {
            assert!(
                package.contains("\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \""),
                "{name}:{package}"
            );
        }
    }
    let packages: serde_json::Value = serde_json::from_str(&file("src/web/package-lock.json")).unwrap();
    for (path, package) in packages["packages"].as_object().unwrap().iter().filter(|(path, _)| !path.is_empty()) {
        // Where a package is fetched from is npm's setting; what it has to be is the hash.
        assert!(package["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")), "{path}");
        assert!(
            package["resolved"].as_str().is_none_or(|from| from.starts_with("https://registry.npmjs.org/")),
            "{path}"
        );
    }
}

#[test]
fn the_lints_and_bans_that_the_pages_name_are_set() {
    let root = file("Cargo.toml");
    for line in ["unsafe_code = \"forbid\"", "allow_attributes = \"deny\""] {
        assert!(root.contains(line), "{line}");
    }
    for member in ["Cargo.toml", "src/domain/Cargo.toml", "projections/Cargo.toml"] {
        assert!(file(member).contains("[lints]\nworkspace = true"), "{member}");
    }
    // What is for tests and fuzzers is not in the program.
    assert!(file("src/lib.rs").contains("#[cfg(any(test, fuzzing))]\n#[doc(hidden)]\npub mod fuzzing;"));
    let (before, _) = root.split_once("[dev-dependencies]").unwrap();
    let (_, used) = before.split_once("\n[dependencies]").unwrap();
    assert!(!used.contains("kurrent-double") && !used.contains("proptest"));
    let deny = file("deny.toml");
    for line in ["wildcards = \"deny\"", "unknown-registry = \"deny\"", "unknown-git = \"deny\""] {
        assert!(deny.contains(line), "{line}");
    }
}

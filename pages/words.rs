//! The words of the pages: Fluent messages, read once from `locales/`, set as each language is printed.
//!
//! A key that is missing is shown as itself, in brackets, so that it is seen; a test compares the languages, and what templates ask for.

use crate::{
    Lang,
    typography::{number, typeset},
};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::{borrow::Cow, sync::LazyLock};
use unic_langid::LanguageIdentifier;

/// The files of each language: the same names in both.
const FILES: [(&str, &str, &str); 19] = [
    ("frame", include_str!("locales/fr/frame.ftl"), include_str!("locales/en/frame.ftl")),
    ("door", include_str!("locales/fr/door.ftl"), include_str!("locales/en/door.ftl")),
    ("contacts", include_str!("locales/fr/contacts.ftl"), include_str!("locales/en/contacts.ftl")),
    ("bulk", include_str!("locales/fr/bulk.ftl"), include_str!("locales/en/bulk.ftl")),
    ("sheet", include_str!("locales/fr/sheet.ftl"), include_str!("locales/en/sheet.ftl")),
    ("home", include_str!("locales/fr/home.ftl"), include_str!("locales/en/home.ftl")),
    ("personal", include_str!("locales/fr/personal.ftl"), include_str!("locales/en/personal.ftl")),
    ("products", include_str!("locales/fr/products.ftl"), include_str!("locales/en/products.ftl")),
    ("subscriptions", include_str!("locales/fr/subscriptions.ftl"), include_str!("locales/en/subscriptions.ftl")),
    ("claims", include_str!("locales/fr/claims.ftl"), include_str!("locales/en/claims.ftl")),
    ("countries", include_str!("locales/fr/countries.ftl"), include_str!("locales/en/countries.ftl")),
    ("subscribers", include_str!("locales/fr/subscribers.ftl"), include_str!("locales/en/subscribers.ftl")),
    ("portal", include_str!("locales/fr/portal.ftl"), include_str!("locales/en/portal.ftl")),
    ("imports", include_str!("locales/fr/imports.ftl"), include_str!("locales/en/imports.ftl")),
    ("erp", include_str!("locales/fr/erp.ftl"), include_str!("locales/en/erp.ftl")),
    ("members", include_str!("locales/fr/members.ftl"), include_str!("locales/en/members.ftl")),
    ("settings", include_str!("locales/fr/settings.ftl"), include_str!("locales/en/settings.ftl")),
    ("support", include_str!("locales/fr/support.ftl"), include_str!("locales/en/support.ftl")),
    ("audit", include_str!("locales/fr/audit.ftl"), include_str!("locales/en/audit.ftl")),
];

/// What is said in one language.
pub struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
    /// What was wrong with the files; nothing, or a test fails.
    problems: Vec<String>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Words({:?})", self.lang)
    }
}

static FRENCH: LazyLock<Words> = LazyLock::new(|| Words::read(Lang::Fr));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::read(Lang::En));

impl Words {
    /// Those of a language.
    pub fn of(lang: Lang) -> &'static Words {
        match lang {
            Lang::Fr => &FRENCH,
            Lang::En => &ENGLISH,
        }
    }

    fn read(lang: Lang) -> Words {
        let identifier: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // The marks that Fluent puts around values are seen by screen readers and by whoever copies.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match lang {
            Lang::Fr => |value, _| figures(value, Lang::Fr),
            Lang::En => |value, _| figures(value, Lang::En),
        }));
        let mut problems = Vec::new();
        for (name, french, english) in FILES {
            let text = match lang {
                Lang::Fr => french,
                Lang::En => english,
            };
            let resource = FluentResource::try_new(typeset(text, lang)).unwrap_or_else(|(resource, errors)| {
                problems.extend(errors.iter().map(|e| format!("{name}.ftl: {e}")));
                resource
            });
            if let Err(errors) = bundle.add_resource(resource) {
                problems.extend(errors.iter().map(|e| format!("{name}.ftl: {e}")));
            }
        }
        Words { lang, bundle, problems }
    }

    /// What is said under a key.
    pub fn say(&self, key: &str) -> Cow<'_, str> {
        self.say_with(key, &[])
    }

    /// The same, with values.
    pub fn say_with(&self, key: &str, values: &[(&str, FluentValue<'_>)]) -> Cow<'_, str> {
        let mut problems = Vec::new();
        let said = self.bundle.get_message(key).and_then(|message| message.value()).map(|pattern| {
            let mut args = FluentArgs::new();
            for (name, value) in values {
                args.set(*name, value.clone());
            }
            self.bundle.format_pattern(pattern, Some(&args), &mut problems).into_owned()
        });
        match said {
            Some(said) if problems.is_empty() => said.into(),
            _ => format!("[{key}]").into(),
        }
    }

    /// Whether something is said under a key.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// What was wrong with the files.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

fn figures(value: &FluentValue<'_>, lang: Lang) -> Option<String> {
    match value {
        FluentValue::Number(figure) => Some(number(&figure.as_string(), lang)),
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

//! A recipe is written in one language: Go's `modules` and `packages`, or the table of another.

use super::RawRecipe;
use crate::nearest::list;
use crate::raw::Sink;
use vocab::Backend;

impl RawRecipe {
    /// A problem when the recipe says how to build in no language or in two, or with a backend of another.
    pub(super) fn check_language(&self, sink: &mut Sink) {
        let go = !self.modules.is_empty() || !self.packages.is_empty();
        let ways = [
            (go, "`modules` and `packages`"),
            (self.c.is_some(), "`[c]`"),
            (self.rust.is_some(), "`[rust]`"),
        ];
        let tables: Vec<&str> =
            ways.into_iter().filter_map(|(there, name)| there.then_some(name)).collect();
        let hint = "a component of Go has `modules` and `packages`, one of C has `[c]`, one of Rust has `[rust]`".to_owned();
        match *tables.as_slice() {
            [] => sink.push_missing(&self.name.span, "nothing says how it is built", Some(hint)),
            [_] => self.check_backends(sink),
            _ => {
                let tables = list(tables.iter().copied());
                sink.push(
                    &self.name.span,
                    format!("it is built in two ways: {tables}"),
                    Some(hint),
                );
            }
        }
        if go && (self.modules.is_empty() || self.packages.is_empty()) {
            let message = "a component of Go needs both `modules` and `packages`";
            sink.push_missing(&self.name.span, message, None);
        }
        if self.c.is_some() || self.rust.is_some() {
            for span in self.only_of_go() {
                sink.push(span, "this is for a component of Go", Some("remove it".to_owned()));
            }
        }
    }

    fn check_backends(&self, sink: &mut Sink) {
        let fits = |backend: Backend| match backend {
            Backend::GoNative | Backend::GoBoringcrypto => self.c.is_none() && self.rust.is_none(),
            Backend::COpensslFips => self.c.is_some(),
            Backend::RustAwsLcFips => self.rust.is_some(),
            Backend::None => true,
        };
        for backend in self.backends.iter().filter(|backend| !fits(backend.value)) {
            let message = format!("`{}` does not build this language", backend.value);
            let fitting = Backend::ALL.iter().copied().filter(|backend| fits(*backend));
            let hint = format!("it is one of {}", list(fitting.map(Backend::as_str)));
            sink.push_missing(&backend.span, message, Some(hint));
        }
    }

    fn only_of_go(&self) -> impl Iterator<Item = &std::ops::Range<usize>> {
        let texts = self.version_vars.values().chain(&self.tags).chain(&self.system);
        texts.map(|text| &text.span)
    }
}

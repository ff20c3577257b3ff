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
            for (span, what) in self.only_of_go() {
                let message = format!("{what} is for a component of Go");
                sink.push(span, message, Some("remove it".to_owned()));
            }
        }
        if let Some(set) = self.system.as_ref().filter(|_| go && !self.cgo) {
            let message = "`system` is what C code is linked against, and the recipe has no `cgo`";
            sink.push_missing(&set.span, message, Some("write `cgo = true`".to_owned()));
        }
        if self.repository.is_none() && self.rust.is_none() {
            let hint = "name where upstream's sources are to be read".to_owned();
            sink.push_missing(&self.name.span, "`repository` is missing", Some(hint));
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

    /// What no other language's build looks at. Taken without a word, it would be believed to count.
    fn only_of_go(&self) -> impl Iterator<Item = (&std::ops::Range<usize>, &'static str)> {
        let variables = self.version_vars.values().map(|text| (&text.span, "`version-vars`"));
        let tags = self.tags.iter().map(|text| (&text.span, "`tags`"));
        let system = self.system.iter().map(|set| (&set.span, "`system`"));
        let source = self.source.iter().map(|source| (&source.git.span, "`[source]`"));
        let map = self.wrapper.map.values().map(|module| (&module.span, "`[wrapper]`"));
        let trust = self.wrapper.trust_first_use.iter().map(|path| (&path.span, "`[wrapper]`"));
        let missing = self.unavailable.iter().map(|of| (&of.module.span, "`[[unavailable]]`"));
        let cgo = self.cgo.then_some((&self.name.span, "`cgo`"));
        variables
            .chain(tags)
            .chain(system)
            .chain(source)
            .chain(map)
            .chain(trust)
            .chain(missing)
            .chain(cgo)
    }
}

//! Go programs that Go's own compiler did not make. Their functions are in no table, so what is linked cannot be listed.

use crate::facts::GoCompiler;
use crate::hidden::Hidden;
use crate::image::Image;
use crate::search::{Hits, Needle, Place, Wanted};

/// What `TinyGo`'s runtime prints before the address of an error (its source `src/runtime/panic.go`). Go's own has a colon
/// there instead.
const TINY_GO: Hidden<23> = Hidden::new(*b"panic: runtime error at");

/// What the library of GCC's Go prints when it fails (its source `libgo/runtime/runtime.h`).
const GCCGO: Hidden<23> = Hidden::new(*b"libgo assertion failure");

/// What is searched for.
pub(crate) fn needles() -> [Needle; 2] {
    [(Wanted::TinyGo, TINY_GO), (Wanted::Gccgo, GCCGO)].map(|(wanted, text)| Needle {
        wanted,
        place: Place::Anywhere,
        bytes: text.reveal().to_vec(),
    })
}

/// Which compiler made an image that has no function table.
pub(crate) fn find(image: &Image<'_>, hits: &Hits) -> GoCompiler {
    // The library is loaded, or linked in.
    let library = image.dynamic.needed.iter().any(|name| name.starts_with("libgo.so."));
    if library || hits.count(Wanted::Gccgo) > 0 {
        GoCompiler::Gccgo
    } else if hits.count(Wanted::TinyGo) > 0 {
        GoCompiler::TinyGo
    } else {
        GoCompiler::Gc
    }
}

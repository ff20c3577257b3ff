//! Who made a program, where that decides how much of it can be read.

use crate::elf::{AMD64, Elf};
use crate::inspect;
use crate::program::Program;
use inspect::facts::GoCompiler;

/// A program without a trace of Go's own compiler, whose read-only data holds a text.
fn with_text(text: &[u8]) -> Elf {
    let mut elf = Program::new(AMD64).elf();
    elf.sections.clear();
    elf.segments.iter_mut().for_each(|segment| segment.bytes.fill(0));
    elf.segments[1].bytes[0x123..0x123 + text.len()].copy_from_slice(text);
    elf
}

#[test]
fn other_compilers_of_go_are_told_by_their_runtimes() {
    for (text, compiler) in [
        (["panic: runtime ", "error at"].concat(), GoCompiler::TinyGo),
        (["%s:%U: libgo ", "assertion failure"].concat(), GoCompiler::Gccgo),
    ] {
        let facts = inspect(&with_text(text.as_bytes()).build());
        assert_eq!(facts.go.unwrap().compiler, compiler);
        assert_eq!(facts.problems, [], "it has no table that could be missing");
    }
    // A program of Go's own compiler may quote the text.
    let mut elf = Program::new(AMD64).elf();
    elf.segments[2].bytes[0x4000..0x4017].copy_from_slice(b"panic: runtime error at");
    assert_eq!(inspect(&elf.build()).go.unwrap().compiler, GoCompiler::Gc);
}

/// Bytes without order.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u8::try_from(state >> 56).unwrap()
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn code_without_order_is_packed_and_code_with_order_is_not() {
    let mut elf = with_text(b"");
    elf.segments[0].bytes = noise(100_000);
    let packed = inspect(&elf.build()).packed.unwrap();
    assert_eq!((packed.by, packed.offset), (None, 0x1000));
    elf.segments[0].bytes = noise(1000);
    assert_eq!(inspect(&elf.build()).packed, None, "too little to say");
    elf.segments[0].bytes = noise(100_000).iter().map(|byte| byte & 0x3f).collect();
    assert_eq!(inspect(&elf.build()).packed, None, "six bits a byte");
}

#[test]
fn a_packer_that_names_itself_at_both_ends_is_believed() {
    let mut file = with_text(b"").build();
    file[0x200..0x204].copy_from_slice(b"UPX!");
    assert_eq!(inspect(&file).packed, None, "once may be chance");
    file.extend(b"UPX!");
    let packed = inspect(&file).packed.unwrap();
    assert_eq!((packed.by, packed.offset), (Some("UPX"), 0x200));
}

#[test]
fn packages_that_block_themselves_are_named_by_their_files() {
    let file = ["fips140only_", "go1.26.go"].concat();
    let with = |path: &str| {
        let mut elf = Program::new(AMD64).elf();
        let text = [b"\0", path.as_bytes(), file.as_bytes(), b"\0"].concat();
        elf.segments[2].bytes[0x4000..0x4000 + text.len()].copy_from_slice(&text);
        inspect(&elf.build()).go.unwrap().self_blocking.into_iter().collect::<Vec<_>>()
    };
    for prefix in ["", "/root/go/pkg/mod/"] {
        let path = format!("{prefix}golang.org/x/crypto@v0.58.0/chacha20poly1305/");
        assert_eq!(with(&path), ["golang.org/x/crypto/chacha20poly1305"]);
    }
    for path in [
        "/usr/lib/go/src/vendor/golang.org/x/crypto/chacha20poly1305/",
        "example.com/fake@v1.0.0/",
        "golang.org/x/crypto@v0.58.0",
        "",
    ] {
        assert_eq!(with(path), Vec::<String>::new(), "{path}");
    }
}

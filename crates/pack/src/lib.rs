//! Reproducible archives and images: the same content gives the same bytes from any folder, on any day, on any number of
//! cores.
//!
//! Who owns a file, when it was written and in which order files were listed is not part of a release, so an archive and
//! an image say the same of every release: owner 0, one time that the caller gives, names in byte order. A program is
//! deflated once ([`Program`]) and stands in its archive and in its image as the same compressed stretch.
//!
//! Nothing here knows keys, paths on this machine, or the clock; files are opened by whoever gives the bytes.
//!
//! What is absent: devices, extended headers (`pax`, GNU), and every header field that a plain POSIX.1-1988 reader does not
//! know. Archives hold no folders and no links either (tar programs make the folders); layers of images do, because there
//! the folder's own permissions count, and a distribution's libraries are found through links.

mod gzip;
mod member;
mod oci;
mod program;
mod segment;
mod targz;
mod ustar;

pub use member::{Member, PackError};
pub use oci::{Image, ImageSpec, Layer, Platform, Thing, layer_of};
pub use program::Program;
pub use segment::Segment;
pub use targz::{TarGz, tar_gz};

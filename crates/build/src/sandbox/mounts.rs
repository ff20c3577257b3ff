//! The new root: an empty temporary file system, the mounts of the spec, four devices and /proc.

use super::{
    Spec,
    entry::{Failed, tried},
};
use camino::{Utf8Path, Utf8PathBuf};
use nix::{
    mount::{MntFlags, MsFlags, mount, umount2},
    sys::statvfs::{FsFlags, statvfs},
    unistd::{chdir, pivot_root},
};

/// The only devices of the new root.
const DEVICES: [&str; 4] = ["null", "zero", "random", "urandom"];
const NOTHING: Option<&str> = None;

/// Puts the new root together on `spec.root` and makes it the root; the host's tree is gone after that.
pub(super) fn enter(spec: &Spec) -> Result<(), Failed> {
    let root = spec.root.as_path();
    // Nothing we mount may travel back to the host.
    tried(
        "make mounts private",
        mount(NOTHING, "/", NOTHING, MsFlags::MS_REC | MsFlags::MS_PRIVATE, NOTHING),
    )?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    tried(
        "mount the new root",
        mount(Some("tmpfs"), root.as_str(), Some("tmpfs"), flags, Some("size=16m,mode=755")),
    )?;
    for item in &spec.mounts {
        let inside = below(root, &item.inside)?;
        folder(&inside)?;
        bind(&item.host, &inside)?;
        if !item.writable {
            read_only(&inside)?;
        }
    }
    devices(root)?;
    proc(root)?;
    tried("chdir to the new root", chdir(root.as_str()))?;
    // pivot_root(2), "pivot_root(".", ".")": the old root ends up on top of the new one and is taken off.
    tried("pivot_root", pivot_root(".", "."))?;
    tried("leave the old root", umount2(".", MntFlags::MNT_DETACH))?;
    tried("chdir to /", chdir("/"))?;
    read_only(Utf8Path::new("/"))
}

fn below(root: &Utf8Path, inside: &Utf8Path) -> Result<Utf8PathBuf, Failed> {
    let path = inside.strip_prefix("/").map_err(|_| format!("`{inside}` is not absolute"))?;
    Ok(root.join(path))
}

fn folder(path: &Utf8Path) -> Result<(), Failed> {
    tried("make a mount point", files::create_dir_all(path))
}

fn bind(host: &Utf8Path, inside: &Utf8Path) -> Result<(), Failed> {
    // Recursive, because in a user namespace the kernel refuses to show what a host's mount hides.
    let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
    tried(
        &format!("bind `{host}`"),
        mount(Some(host.as_str()), inside.as_str(), NOTHING, flags, NOTHING),
    )
}

/// Remounts read-only. Flags that the host set are locked in a user namespace and must be repeated
/// (`mount_namespaces(7)`).
fn read_only(path: &Utf8Path) -> Result<(), Failed> {
    let host = tried("statvfs", statvfs(path.as_str()))?.flags();
    let keep = [
        (FsFlags::ST_NOSUID, MsFlags::MS_NOSUID),
        (FsFlags::ST_NODEV, MsFlags::MS_NODEV),
        (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
        (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
        (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
        (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
    ];
    let mut flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY;
    flags.extend(keep.into_iter().filter(|(seen, _)| host.contains(*seen)).map(|(_, flag)| flag));
    tried(
        &format!("make `{path}` read-only"),
        mount(NOTHING, path.as_str(), NOTHING, flags, NOTHING),
    )
}

fn devices(root: &Utf8Path) -> Result<(), Failed> {
    for name in DEVICES {
        let (host, inside) = (Utf8Path::new("/dev").join(name), root.join("dev").join(name));
        tried(
            "make a device's mount point",
            files::write_staged(&inside, b"", files::Mode::Plain),
        )?;
        bind(&host, &inside)?;
    }
    Ok(())
}

/// A fresh /proc shows this PID namespace only. In a container whose own /proc is partly hidden the kernel refuses one;
/// then the host's is bound.
fn proc(root: &Utf8Path) -> Result<(), Failed> {
    let inside = root.join("proc");
    folder(&inside)?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    match mount(Some("proc"), inside.as_str(), Some("proc"), flags, NOTHING) {
        Ok(()) => Ok(()),
        Err(_) => bind(Utf8Path::new("/proc"), &inside),
    }
}

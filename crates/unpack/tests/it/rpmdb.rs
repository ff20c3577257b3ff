//! Package databases of rpm: made by hand in each form, broken in each way, and written by the real tools.

use crate::databases::{Package, bdb, header, log, ndb, sqlite};
use crate::packages::run;
use std::path::Path;
use unpack::{Blob, Listing};

fn packages() -> Vec<Vec<u8>> {
    let package = |name, release, epoch| Package { name, version: "3.0.7", release, epoch };
    let long: &'static str = "1.el9".to_owned().repeat(180).leak();
    [
        package("openssl-libs", "27.el9", Some(1)),
        package("gnutls", "1", None),
        package("long", long, Some(0)),
    ]
    .iter()
    .map(header)
    .collect()
}

fn read(bytes: &[u8]) -> Listing {
    unpack::installed(&Blob::memory(bytes.to_vec()), None)
}

fn listed(listing: &Listing) -> Vec<String> {
    assert_eq!(listing.problem, None);
    listing.packages.iter().map(|it| format!("{}-{}", it.name, it.version)).collect()
}

fn refused(bytes: &[u8]) -> String {
    read(bytes).problem.expect("refused").to_string()
}

/// A file with some bytes changed.
fn with(bytes: &[u8], at: usize, new: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.splice(at..at + new.len(), new.iter().copied());
    bytes
}

#[test]
fn every_form_lists_the_same_packages() {
    for (form, bytes) in
        [("ndb", ndb(&packages())), ("bdb", bdb(&packages())), ("sqlite", sqlite(&packages()))]
    {
        let listing = read(&bytes);
        let names = listed(&listing);
        assert_eq!(names.len(), 3, "{form}");
        assert_eq!(names[0], "gnutls-3.0.7-1", "{form}");
        assert!(names[1].starts_with("long-0:3.0.7-1.el91.el9"), "{form}");
        assert_eq!(names[2], "openssl-libs-1:3.0.7-27.el9", "{form}");
        assert_eq!(listing.packages[0].vendor.as_deref(), Some("Nobody"), "{form}");
    }
}

/// What was read before the fault stays, and no cut is taken for the end.
#[test]
fn a_cut_database_is_never_taken_for_a_whole_one() {
    for (form, bytes) in
        [("ndb", ndb(&packages())), ("bdb", bdb(&packages())), ("sqlite", sqlite(&packages()))]
    {
        for len in (1..bytes.len()).step_by(97) {
            let listing = read(&bytes[..len]);
            assert!(listing.problem.is_some() && listing.packages.len() < 3, "{form} {len}");
        }
    }
    assert!(refused(b"").contains("no form"));
    assert!(refused(b"text, and no database").contains("no form"));
}

#[test]
fn a_header_that_lies_is_refused() {
    let good = &packages()[1];
    let of = |header: Vec<u8>| refused(&ndb(&[header]));
    assert!(of(with(good, 0, &[0, 1, 0, 0])).contains("tags"), "too many tags");
    assert!(
        of(with(good, 0, &[0, 0, 9, 0])).contains("too early"),
        "an index longer than the header"
    );
    assert!(
        of(with(good, 4, &[0, 0, 9, 0])).contains("too early"),
        "a store longer than the header"
    );
    assert!(of(with(good, 8, &[0, 0, 0, 0])).contains("no name"));
    assert!(of(with(good, 24, &[0, 0, 0, 0])).contains("no version"));
    assert!(of(with(good, 40, &[0, 0, 0, 0])).contains("no release"));
    assert!(of(with(good, 12, &[0, 0, 0, 4])).contains("another type"));
    assert!(of(with(good, 16, &[0, 0, 9, 0])).contains("too early"), "a value outside the store");
    let endless = Package {
        name: "a",
        version: "a".to_owned().repeat(2000).leak(),
        release: "1",
        epoch: None,
    };
    assert!(of(header(&endless)).contains("no end"));
    assert!(of(vec![]).contains("too early"));
}

#[test]
fn ndb_that_lies_is_refused() {
    let good = ndb(&packages());
    let of = |at: usize, bytes: &[u8]| refused(&with(&good, at, bytes));
    assert!(of(4, &[1]).contains("version"));
    assert!(of(12, &[0]).contains("pages of slots"));
    assert!(of(12, &[255]).contains("pages of slots"));
    assert!(of(32, b"slot").contains("slot of the database does not begin"));
    assert!(of(36, &[7]).contains("does not lead"), "another package");
    assert!(of(44, &[1]).contains("does not lead"), "another length");
    assert!(of(40, &[255; 4]).contains("too early"));
    assert!(of(4096 + 20, &[9]).contains("checksum"));
    // Two slots that lead to one package say more than the file holds.
    let long = ndb(&packages()[2..]);
    let slot = long[32..48].to_vec();
    let again = (2..256).fold(long, |bytes, at| with(&bytes, 16 * at, &slot));
    assert!(refused(&again).contains("more than it can hold"));
}

#[test]
fn berkeley_db_that_lies_is_refused() {
    let good = bdb(&packages());
    let of = |at: usize, bytes: &[u8]| refused(&with(&good, at, bytes));
    assert!(of(19, &[7]).contains("version of Berkeley DB"));
    assert!(of(25, &[9]).contains("version of Berkeley DB"), "a B-tree");
    assert!(of(20, &[0, 0, 2, 1]).contains("pages of a length"));
    assert!(of(20, &[1, 0, 0, 0]).contains("pages of a length"));
    assert!(of(24, &[1]).contains("encrypted"));
    assert!(of(26, &[1]).contains("checksums"));
    assert!(of(32, &[255; 4]).contains("too early"), "more pages than the file has");
    let item = 512 + 26;
    assert!(of(item, &[2, 1]).contains("no order"), "an item behind the page");
    assert!(of(item + 2, &[2, 0]).contains("no order"));
    let value = usize::from(u16::from_be_bytes([good[item + 6], good[item + 7]]));
    assert!(of(512 + value, &[4]).contains("of a type"));
    // The third package is on pages of its own: the fourth page holds its items, the fifth the beginning.
    let overflow = good.len() / 512 - 2;
    assert!(of(overflow * 512 + 25, &[13]).contains("go on"));
    assert!(of(overflow * 512 + 22, &[0, 0]).contains("go on"), "an empty page");
    let circle = with(&good, overflow * 512 + 22, &[0, 1]);
    let circle =
        with(&circle, overflow * 512 + 16, &u32::try_from(overflow).unwrap().to_be_bytes());
    assert!(refused(&circle).contains("more than it can hold"), "a chain that leads to itself");
}

#[test]
fn sqlite_that_lies_is_refused() {
    let good = sqlite(&packages());
    let of = |at: usize, bytes: &[u8]| refused(&with(&good, at, bytes));
    assert!(of(16, &[2, 1]).contains("pages of a length"));
    assert!(of(20, &[255]).contains("first page"), "nothing of a page left");
    assert!(of(59, &[2]).contains("first page"), "UTF-16");
    assert!(of(100, &[2]).contains("of a type"), "the page of an index");
    let name = good.windows(8).position(|window| window == b"Packages").unwrap();
    assert!(of(name, b"packages").contains("no table"));
    assert!(of(name + 16, &[0]).contains("does not have"), "a table that begins nowhere");
    assert!(of(name + 16, &[200]).contains("does not have"));
    assert!(of(512 + 8, &[0, 0, 0, 2]).contains("lead to each other"));
    assert!(of(512, &[7]).contains("of a type"));
    let row = 1024 + usize::from(u16::from_be_bytes([good[1032], good[1033]]));
    assert!(
        of(row, &[0xff, 0xff, 0xff, 0xff, 0x7f]).contains("row of the database"),
        "a row of gigabytes"
    );
    assert!(of(row + 3, &[0]).contains("too early"), "no types");
    assert!(of(row + 5, &[9, 0]).contains("no header"), "a number where a header should be");
    assert!(of(row + 5, &[10]).contains("does not exist"));
    assert!(of(1024 + 8, &[2, 1]).contains("too early"), "a row behind the page");
    // The last package goes on behind its page: the chain leads to itself, or nowhere.
    let last = good.len() - 512;
    let before = last / 512;
    let circle = with(&good, last - 512, &u32::try_from(before).unwrap().to_be_bytes());
    assert!(read(&circle).packages.len() < 3 || read(&circle).problem.is_none());
    assert!(of(last - 512, &[0, 0, 0, 0]).contains("does not have"));
    assert!(of(last - 512, &[255; 4]).contains("does not have"));
}

/// A running system has its last packages in the log only, and a new one all of them.
#[test]
fn what_stands_in_the_log_counts_and_what_was_never_completed_does_not() {
    let (two, three) = (sqlite(&packages()[..2]), sqlite(&packages()));
    let pages = u32::try_from(three.len() / 512).unwrap();
    let changed: Vec<(u32, &[u8])> = (1..).zip(three.chunks(512)).collect();
    let read = |database: &[u8], log: Vec<u8>| {
        let blob = |bytes: &[u8]| Blob::memory(bytes.to_vec());
        unpack::installed(&blob(database), Some(&blob(&log)))
    };
    let log = |pages| log(&changed, pages);
    for database in [&two[..], &three, b""] {
        assert_eq!(listed(&read(database, log(pages))).len(), 3);
    }
    assert_eq!(listed(&read(&two, log(0))).len(), 2, "no page completes what was begun");
    assert_eq!(listed(&read(&two, vec![])).len(), 2);
    for at in [0, 5, 9, 30, 32 + 8, 32 + 16, 32 + 100] {
        let broken = with(&log(pages), at, &[log(pages)[at] ^ 1]);
        assert_eq!(listed(&read(&two, broken)).len(), 2, "{at}");
    }
    assert!(read(b"", vec![]).problem.is_some());
    // The log ends after its first page: of the others the database has what it had.
    assert_eq!(listed(&read(&three, log(pages)[..32 + 24 + 512 + 9].to_vec())).len(), 3);
    let other = with(&two, 16, &[4, 0]);
    assert!(
        read(&other, log(pages)[..700].to_vec()).problem.is_none(),
        "the log has the first page"
    );
}

/// Written by rpm 4.18.0 with `--enable-ndb`, which Debian leaves out: two packages of our own making were installed, and a
/// third that was removed again. `tests/fixtures/ndb.sh` makes it.
#[test]
fn a_database_of_suse_s_form_lists_what_rpm_installed() {
    let listing = read(include_bytes!("../fixtures/ndb-Packages.db"));
    let expected = [
        "libopenssl3-0:3.1.4-150600.5.15.1",
        "openssl-fips-provider-1:3.0.7-27.el9_2.ciqfips.0.2.7",
    ];
    assert_eq!(listed(&listing), expected);
    assert_eq!(listing.packages[1].vendor.as_deref(), Some("nobody"));
}

/// A hundred packages of one build, with what Red Hat calls its own. `rpm` is what the answer is compared with.
const BUILD: &str = r#"mkdir top sqlite
{ printf 'Name: first\nVersion: 1\nRelease: 1\nSummary: s\nLicense: MIT\nVendor: Red Hat, Inc.\nBuildArch: noarch\n%%description\nd\n%%files\n'
for name in gnutls libgcrypt nss-softokn nss-softokn-freebl kernel-core $(seq -f library-%g 90); do
  printf '%%package -n %s\nVersion: 3.8.3\nRelease: 6.el9\nSummary: %s\n%%description -n %s\nd\n%%files -n %s\n' $name "$(seq -s' ' 400)" $name $name; done
for name in openssl-libs openssl-fips-provider; do
  printf '%%package -n %s\nEpoch: 1\nVersion: 3.0.7\nRelease: 27.el9\nSummary: s\n%%description -n %s\nd\n%%files -n %s\n' $name $name $name; done; } > s.spec
rpmbuild --quiet --define "_topdir $PWD/top" -bb s.spec 2>&1
rpm --dbpath $PWD/sqlite --define '_db_backend sqlite' -i --justdb --nodeps top/RPMS/noarch/*.rpm 2>&1
rpm --dbpath $PWD/sqlite --define '_db_backend sqlite' -qa --qf '%{NAME}-%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n' | LC_ALL=C sort > expected"#;

/// Berkeley DB's own tool writes what rpm wrote until 2020, of either byte order; rpm itself still reads it.
const BERKELEY: &str = r"python3 - > dump <<'E'
import sqlite3, struct, sys
print('VERSION=3\nformat=bytevalue\ntype=hash\nHEADER=END\n 00000000\n 63000000')
for number, blob in sqlite3.connect('sqlite/rpmdb.sqlite').execute('select hnum, blob from Packages'):
    print(' ' + struct.pack('<I', number).hex() + '\n ' + blob.hex())
print('DATA=END')
E
mkdir little big
db5.3_load -f dump -c db_pagesize=4096 little/Packages
db5.3_load -f dump -c db_lorder=4321 -c db_pagesize=512 big/Packages
rpm --dbpath $PWD/little --define '_db_backend bdb_ro' -qa --qf '%{NAME}-%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n' 2>/dev/null | LC_ALL=C sort | cmp - expected";

/// A log that was not yet written back: of a database that lost its packages but two, and of one that is empty without it.
const LOG: &str = r"cp -r sqlite busy; mkdir copy new; python3 - <<'E'
import os, shutil, sqlite3
def opened(path):
    database = sqlite3.connect(path, isolation_level=None)
    database.execute('pragma journal_mode=wal'); database.execute('pragma wal_autocheckpoint=0')
    return database
busy = opened('busy/rpmdb.sqlite')
rows = busy.execute('select blob from Packages').fetchall()
busy.execute('delete from Packages where hnum > 2')
shutil.copy('busy/rpmdb.sqlite', 'copy/'); shutil.copy('busy/rpmdb.sqlite-wal', 'copy/')
new = opened('new/a')
new.execute('create table Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)')
new.execute('begin'); new.executemany('insert into Packages (blob) values (?)', rows[:40]); new.execute('commit')
new.execute('pragma cache_spill=1'); new.execute('pragma cache_size=2')
new.execute('begin'); new.executemany('insert into Packages (blob) values (?)', rows[40:])
shutil.copy('new/a-wal', 'new/log')
os._exit(0)
E";

fn blob(folder: &Path, name: &str) -> Blob {
    Blob::file(files::open(&folder.join(name)).unwrap()).unwrap()
}

#[test]
fn databases_of_the_real_tools_list_what_rpm_lists() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run(folder, BUILD);
    let expected: Vec<String> = run(folder, "cat expected").lines().map(str::to_owned).collect();
    assert_eq!(expected.len(), 98, "{expected:?}");
    let of = |name: &str, log: Option<&str>| {
        let log = log.map(|log| blob(folder, log));
        let mut names = listed(&unpack::installed(&blob(folder, name), log.as_ref()));
        names.sort();
        names
    };
    assert_eq!(of("sqlite/rpmdb.sqlite", None), expected);
    run(folder, BERKELEY);
    assert_eq!(of("little/Packages", None), expected);
    assert_eq!(of("big/Packages", None), expected);
    run(folder, LOG);
    assert_eq!(of("copy/rpmdb.sqlite", None), expected, "without its log");
    assert_eq!(of("copy/rpmdb.sqlite", Some("copy/rpmdb.sqlite-wal")).len(), 2);
    let empty = Blob::memory(vec![]);
    let listing = unpack::installed(&empty, Some(&blob(folder, "new/log")));
    assert_eq!(listed(&listing).len(), 40, "what was never completed does not count");
    // One changed bit, and the log ends before it.
    let log = files::utf8(folder.join("copy/rpmdb.sqlite-wal")).unwrap();
    let log = files::read(&log, 1 << 24).unwrap();
    for at in [3, 9, 40, 100] {
        let log = Blob::memory(with(&log, at, &[log[at] ^ 1]));
        let listing = unpack::installed(&blob(folder, "copy/rpmdb.sqlite"), Some(&log));
        assert_eq!(listed(&listing).len(), 98, "{at}");
    }
}

//! Package databases of rpm, byte by byte: what no tool of today writes any more, and what none would ever write.

/// What a package says of itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) release: &'static str,
    pub(crate) epoch: Option<u32>,
}

/// A header: an index of tag, type, place and count, and the values.
pub(crate) fn header(package: &Package) -> Vec<u8> {
    let (mut index, mut store) = (Vec::new(), b"\0".to_vec());
    let mut value = |tag: u32, kind: u32, value: &[u8]| {
        if kind == 4 {
            store.resize(store.len().next_multiple_of(4), 0);
        }
        let place = u32::try_from(store.len()).unwrap();
        for number in [tag, kind, place, 1] {
            index.extend_from_slice(&number.to_be_bytes());
        }
        store.extend_from_slice(value);
    };
    for (tag, text) in [(1000, package.name), (1001, package.version), (1002, package.release)] {
        value(tag, 6, &[text.as_bytes(), b"\0"].concat());
    }
    if let Some(epoch) = package.epoch {
        value(1003, 4, &epoch.to_be_bytes());
    }
    value(1011, 6, b"Nobody\0");
    let numbers = [index.len() / 16, store.len()].map(|n| u32::try_from(n).unwrap().to_be_bytes());
    [&numbers.concat(), &index, &store].into_iter().flatten().copied().collect()
}

fn adler32(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65521;
        (low, (high + low) % 65521)
    });
    high << 16 | low
}

/// rpm's own form: a page of slots, and a blob for each package.
pub(crate) fn ndb(headers: &[Vec<u8>]) -> Vec<u8> {
    let le = |numbers: &[u32]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
    let mut slots = [&b"RpmP"[..], &le(&[0, 1, 1, 9, 0, 0, 0])].concat();
    let mut blobs = Vec::new();
    for (header, number) in headers.iter().zip(1_u32..) {
        let len = u32::try_from(header.len()).unwrap();
        let place = u32::try_from((4096 + blobs.len()) / 16).unwrap();
        let mut blob = [&b"BlbS"[..], &le(&[number, 1, len]), header].concat();
        blob.resize((blob.len() + 12).next_multiple_of(16) - 12, 0);
        blob.extend(le(&[adler32(&blob), len]));
        blob.extend_from_slice(b"BlbE");
        slots.extend_from_slice(b"Slot");
        slots.extend(le(&[number, place, u32::try_from(blob.len() / 16).unwrap()]));
        blobs.extend(blob);
    }
    while slots.len() < 4096 {
        slots.extend_from_slice(b"Slot\0\0\0\0\0\0\0\0\0\0\0\0");
    }
    [slots, blobs].concat()
}

const BDB_PAGE: usize = 512;

/// Berkeley DB's hash, big-endian, with pages of 512 bytes: short values beside their keys, long ones on pages of their own.
pub(crate) fn bdb(headers: &[Vec<u8>]) -> Vec<u8> {
    let page = |kind: u8, next: u32, entries: u16, here: u16| {
        let mut page = vec![0; 26];
        page[16..20].copy_from_slice(&next.to_be_bytes());
        page[20..22].copy_from_slice(&entries.to_be_bytes());
        page[22..24].copy_from_slice(&here.to_be_bytes());
        page[25] = kind;
        page
    };
    let item = |header: &Vec<u8>, next: u32| match header.len() < 200 {
        true => [&[1][..], header].concat(),
        false => {
            [[3, 0, 0, 0], next.to_be_bytes(), u32::try_from(header.len()).unwrap().to_be_bytes()]
                .concat()
        }
    };
    // The highest number stands under zero.
    let keys = [vec![1, 0, 0, 0, 0], vec![1, 0, 0, 0, 9]];
    let mut pages: Vec<Vec<u8>> = vec![Vec::new()];
    for (header, number) in headers.iter().zip(1_u8..) {
        let next = u32::try_from(pages.len() + 1).unwrap();
        let items = [&keys[..], &[vec![1, 0, 0, 0, number], item(header, next)]].concat();
        let mut hash = page(13, 0, 4, 0);
        hash.resize(BDB_PAGE, 0);
        let mut end = BDB_PAGE;
        for (at, item) in items.iter().enumerate() {
            end -= item.len();
            hash[end..end + item.len()].copy_from_slice(item);
            hash[26 + 2 * at..][..2].copy_from_slice(&u16::try_from(end).unwrap().to_be_bytes());
        }
        pages.push(hash);
        let parts: Vec<&[u8]> = match header.len() < 200 {
            true => vec![],
            false => header.chunks(BDB_PAGE - 26).collect(),
        };
        for (at, part) in parts.iter().enumerate() {
            let next =
                if at + 1 < parts.len() { u32::try_from(pages.len() + 1).unwrap() } else { 0 };
            let mut overflow = page(7, next, 1, u16::try_from(part.len()).unwrap());
            overflow.extend_from_slice(part);
            overflow.resize(BDB_PAGE, 0);
            pages.push(overflow);
        }
    }
    let mut meta = vec![0; BDB_PAGE];
    let last = u32::try_from(pages.len() - 1).unwrap();
    for (at, number) in [(12, 0x0006_1561), (16, 9), (20, 512), (32, last)] {
        meta[at..at + 4].copy_from_slice(&u32::to_be_bytes(number));
    }
    meta[25] = 8;
    pages[0] = meta;
    pages.concat()
}

const SQLITE_PAGE: usize = 512;

fn varint(number: usize) -> Vec<u8> {
    let low = u8::try_from(number & 0x7f).unwrap();
    match number >> 7 {
        0 => vec![low],
        rest => {
            let mut bytes = varint(rest);
            for byte in &mut bytes {
                *byte |= 0x80;
            }
            bytes.push(low);
            bytes
        }
    }
}

/// A record: the types of its values, and the values.
fn record(values: &[(usize, &[u8])]) -> Vec<u8> {
    let types: Vec<u8> = values.iter().flat_map(|(serial, _)| varint(*serial)).collect();
    let content = values.iter().flat_map(|(_, value)| value.to_vec());
    [u8::try_from(types.len() + 1).unwrap()]
        .into_iter()
        .chain(types.clone())
        .chain(content)
        .collect()
}

/// SQLite with pages of 512 bytes: the schema, the root of the table, and under it a page for each row and those it goes on with.
pub(crate) fn sqlite(headers: &[Vec<u8>]) -> Vec<u8> {
    let number = |n: usize| u32::try_from(n).unwrap().to_be_bytes();
    let leaf = |start: usize, cell: &[u8]| {
        let mut page = vec![0; SQLITE_PAGE];
        let at = SQLITE_PAGE - cell.len();
        page[at..].copy_from_slice(cell);
        page[start] = 13;
        page[start + 4] = 1;
        page[start + 8..start + 10].copy_from_slice(&u16::try_from(at).unwrap().to_be_bytes());
        page
    };
    let schema =
        record(&[(23, b"table"), (29, b"Packages"), (29, b"Packages"), (1, &[2]), (13, b"")]);
    let mut first = leaf(100, &[varint(schema.len()), varint(1), schema].concat());
    first[..16].copy_from_slice(b"SQLite format 3\0");
    first[16] = 2;
    let mut root = vec![0; SQLITE_PAGE];
    root[0] = 5;
    let mut pages = vec![first, root];
    for (at, header) in headers.iter().enumerate() {
        let child = number(pages.len() + 1);
        if at + 1 == headers.len() {
            pages[1][8..12].copy_from_slice(&child);
        } else {
            let place = SQLITE_PAGE - 5 * (at + 1);
            pages[1][place..place + 4].copy_from_slice(&child);
            pages[1][12 + 2 * at..][..2]
                .copy_from_slice(&u16::try_from(place).unwrap().to_be_bytes());
            pages[1][4] += 1;
        }
        let row = record(&[(0, b""), (header.len() * 2 + 12, header)]);
        let least = (SQLITE_PAGE - 12) * 32 / 255 - 23;
        let here = match row.len() <= SQLITE_PAGE - 35 {
            true => row.len(),
            false => match least + (row.len() - least) % (SQLITE_PAGE - 4) {
                here if here <= SQLITE_PAGE - 35 => here,
                _ => least,
            },
        };
        let (local, rest) = row.split_at(here);
        let next = pages.len() + 2;
        let more = if rest.is_empty() { vec![] } else { number(next).to_vec() };
        pages.push(leaf(0, &[varint(row.len()), varint(at + 1), local.to_vec(), more].concat()));
        let parts: Vec<&[u8]> = rest.chunks(SQLITE_PAGE - 4).collect();
        for (at, part) in parts.iter().enumerate() {
            let next = if at + 1 < parts.len() { pages.len() + 2 } else { 0 };
            let mut page = [&number(next), *part].concat();
            page.resize(SQLITE_PAGE, 0);
            pages.push(page);
        }
    }
    pages.concat()
}

/// A write-ahead log of SQLite with these pages, big-endian: every one a change of its own, after which the database has
/// `pages` pages.
pub(crate) fn log(written: &[(u32, &[u8])], pages: u32) -> Vec<u8> {
    let mut sum = (0_u32, 0_u32);
    let mut add = |bytes: &[u8]| {
        for pair in bytes.chunks(8) {
            let number = |at: usize| u32::from_be_bytes(pair[at..at + 4].try_into().unwrap());
            sum.0 = sum.0.wrapping_add(number(0)).wrapping_add(sum.1);
            sum.1 = sum.1.wrapping_add(number(4)).wrapping_add(sum.0);
        }
        [sum.0.to_be_bytes(), sum.1.to_be_bytes()].concat()
    };
    let page = u32::try_from(SQLITE_PAGE).unwrap();
    let numbers = [0x377f_0683, 3_007_000, page, 0, 7, 8];
    let mut log: Vec<u8> = numbers.iter().flat_map(|n| u32::to_be_bytes(*n)).collect();
    log.extend(add(&log));
    for (number, page) in written {
        let head = [number.to_be_bytes(), pages.to_be_bytes()].concat();
        add(&head);
        let sum = add(page);
        log.extend([&head[..], &7_u32.to_be_bytes(), &8_u32.to_be_bytes(), &sum, page].concat());
    }
    log
}

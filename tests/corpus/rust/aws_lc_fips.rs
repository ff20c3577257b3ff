//! AWS-LC of a FIPS branch. Expected: what the crate's version says, see cases-native.toml.

fn main() {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"abc");
    println!("{digest:?} {:?}", aws_lc_rs::try_fips_mode());
}

//! AWS-LC without its FIPS module. Expected: not-validated.

fn main() {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"abc");
    println!("{digest:?}");
}

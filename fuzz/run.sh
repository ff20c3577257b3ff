#!/bin/sh
# Builds the fuzz targets on the stable toolchain and runs them: run.sh [TARGET [SECONDS]]
set -eu
cd "$(dirname "$0")"
triple=x86_64-unknown-linux-gnu
target_dir=${CARGO_TARGET_DIR:-target}
# The seeds are written by a plain program: it has no fuzzing engine to report coverage to.
cargo build --release --bin seeds
# `--target` keeps build scripts and procedural macros free of the counters.
RUSTFLAGS='--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1' \
  cargo build --release --target "$triple" --bin whole --bin headers --bin build_info --bin function_table --bin program \
    --bin windows --bin macos --bin archive --bin stream --bin native --bin openssl_conf --bin integrity --bin rpmdb
"$target_dir/release/seeds"
for target in ${1:-whole headers build_info function_table program windows macos archive stream native openssl_conf integrity rpmdb}; do
  mkdir -p "corpus/$target" "artifacts/$target"
  "$target_dir/$triple/release/$target" -max_total_time="${2:-600}" -rss_limit_mb=2048 -timeout=25 -print_final_stats=1 \
    -artifact_prefix="artifacts/$target/" "corpus/$target"
done

//! reproducible tar.gz archives

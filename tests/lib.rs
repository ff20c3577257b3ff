//! The end-to-end tests are in `e2e/`, one binary. There is nothing to link against here.

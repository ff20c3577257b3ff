//! the order of stages, and the binary release that xtask runs

//! plan, actions, toolchains and executors: the only crate that starts processes

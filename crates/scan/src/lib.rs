//! facts, registry, policy and date made into findings, verdict and label

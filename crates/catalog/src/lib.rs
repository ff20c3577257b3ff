//! manifests/ made into typed recipes, profiles, policies and the module registry

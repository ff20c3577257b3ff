//! the sealed manifest: its schema, its exact bytes, and how it is verified

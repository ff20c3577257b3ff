//! findings and releases as text, JSON and tables

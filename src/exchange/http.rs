//! Import and export by HTTP.

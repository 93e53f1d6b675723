//! Rows of this read model, table by table.

//! Rules of this room, row by row.

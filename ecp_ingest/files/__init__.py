"""Files, folders and URLs: their names, not their contents (only the names of a record's files are known here)."""

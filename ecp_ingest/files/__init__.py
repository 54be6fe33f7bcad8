"""Files, folders and URLs, without any knowledge of what is in them beyond the name of a record."""

"""Records in the forms that other systems read. One module a format; each has ``export``, an `items.Export`."""

FORMATS = {
    "jsonl": "one record a line",
}
"""Name (also of the module, with ``_`` for ``-``) → what it is, for the help."""

"""A person's decisions about a record: how they are written down, and how they are replayed on the record.

Review makes decisions; batch, resume, export, search and validation replay them.
"""

"""The record: its schema, older versions of it, and the scan that it was made from."""

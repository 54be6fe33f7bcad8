"""The samples: release texts, printed by a headless browser, scanned by arithmetic. ``python -m tests.samples_maker``."""

"""The samples: release texts, printed by a headless browser, aged by arithmetic. ``python -m tests.samples_maker``."""

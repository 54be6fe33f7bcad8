"""The story of a page: source → cleaned picture → layout → recognised lines. ``pipeline`` tells it from top to bottom.

Only ``pipeline`` knows the stages; stages share nothing but ``imaging``.
"""

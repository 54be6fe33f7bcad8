"""The story of a release: read pages → paragraphs → repairs → fields → comparison of both languages → record.

``assembly`` tells it from top to bottom.
"""

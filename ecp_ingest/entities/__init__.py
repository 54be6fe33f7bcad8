"""Finds names, dates, numbers and references in running text, in English and in Urdu.

No module here depends on pages, paragraphs or records.
"""

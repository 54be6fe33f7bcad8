"""Names, dates, numbers and references in running text, in English and in Urdu.

Nothing here knows of pages, paragraphs or records.
"""

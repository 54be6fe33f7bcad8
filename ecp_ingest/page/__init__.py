"""The story of a page: source → cleaned image → layout → recognised lines. ``pipeline`` tells it from top to bottom.

Only ``pipeline`` imports the stages; a stage imports only its own modules and ``imaging``. ``pipeline.ingest_page``
isn't imported here: ``recognition.models``, which the parent process imports, would become slow.
"""

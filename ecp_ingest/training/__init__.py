"""Training of the Urdu model: text → rendered and aged lines → network → ``.traineddata``.

Importing this room is fast: torch and the font libraries (``ecp-ingest[train]``) load when training starts.
"""

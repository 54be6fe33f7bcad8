"""Training of the Urdu model: text → rendered and aged lines → network → ``.traineddata``.

Importing this room costs nothing; torch and the font libraries (``ecp-ingest[train]``) load when training starts.
"""

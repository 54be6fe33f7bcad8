"""Many sources → many records: find the sources, do the work, write the records, continue where a run stopped.

A source that fails never ends the batch.
"""

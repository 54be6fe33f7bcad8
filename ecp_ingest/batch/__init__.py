"""Many sources become many records: find the sources, do the work, write the records, resume where a run stopped.

One source that fails never ends the batch.
"""

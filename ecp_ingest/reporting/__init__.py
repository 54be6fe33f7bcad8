"""The report of a batch: what became of every source, kept beside the records and added to by every run.

``report.json`` holds one line a source, one line a run, and the totals; ``report_file`` reads and writes it.
"""

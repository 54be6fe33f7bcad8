"""The report of a batch: the result of every source, kept beside the records and updated by every run.

``report.json`` has one line for each source and each run, and the totals; ``report_file`` reads and writes it.
"""

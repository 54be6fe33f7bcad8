"""The command line: what the user typed becomes settings and calls, and results and errors become text and exit codes.

No decision about pages or records is made here.
"""

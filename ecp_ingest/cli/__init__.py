"""The command line: turns what the user typed into options and calls, and results and errors into text and exit codes.

It decides nothing about pages or records.
"""

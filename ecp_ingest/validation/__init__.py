"""What is promised of every record, checked on records that were written."""

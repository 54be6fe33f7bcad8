"""Which pages belong together: pages scanned twice, overlapping scans, repeats, and the first page of each release."""

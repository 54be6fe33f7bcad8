"""Processes that read pages: one machine's, or a Dask cluster's."""

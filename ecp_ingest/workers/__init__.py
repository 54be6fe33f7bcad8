"""Processes that read pages, on this machine (``executors``) or on a Dask cluster (``dask_executor``)."""

"""Export formats that are tables: CSV, Parquet, SQLite."""

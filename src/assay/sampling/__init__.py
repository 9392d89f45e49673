"""A representative sample of Parquet files that are larger than memory."""

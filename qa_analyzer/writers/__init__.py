"""Results → files: CSV, Parquet, XLSX, HTML pages, and one call for the terminal.

Writers take finished tables and plain view values and write them; they judge and compute nothing.
"""

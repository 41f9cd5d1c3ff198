"""The index: one SQLite database, made equal to the folder by one writer, read by many."""

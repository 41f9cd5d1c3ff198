"""The API as files: every answer that needs no query, with what a server must say beside it."""

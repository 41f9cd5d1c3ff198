"""contentapi: a headless content API for content kept as Markdown with front matter."""

__version__ = "0.1.0"

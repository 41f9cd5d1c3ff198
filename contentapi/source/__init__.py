"""Where bytes come from: the only readers of content on disk."""

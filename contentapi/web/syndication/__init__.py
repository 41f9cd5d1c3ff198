"""Content for those who come by themselves: feed readers, crawlers, language models."""

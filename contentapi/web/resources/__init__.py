"""One small module for each kind of resource: it reads the index and presents what it finds."""

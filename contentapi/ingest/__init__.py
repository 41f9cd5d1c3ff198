"""From the bytes of one file to a document: pure, knowing neither SQL nor HTTP."""

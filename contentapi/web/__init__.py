"""HTTP: what can be asked, how it is answered, and how it is cached."""

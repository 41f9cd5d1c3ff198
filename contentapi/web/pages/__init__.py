"""The two pages for people: what is served here (``/``) and how to ask for it (``/docs``), each one file of HTML."""

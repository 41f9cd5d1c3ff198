"""What kramdown knows and CommonMark does not: definition lists, abbreviations, tables without a head, Markdown within HTML.

Sites made for Jekyll are written for kramdown (https://kramdown.gettalong.org/syntax.html), and would show its marks as
text. The rules are markdown-it's: each is asked at the start of a block, says whether it is one of its kind, and takes it.
"""

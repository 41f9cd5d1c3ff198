"""Content for the pages of other sites: frames, fragments, oEmbed, linked data, and the page that hands them out."""

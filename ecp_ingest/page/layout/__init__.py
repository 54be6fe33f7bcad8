"""A page image becomes regions of text lines, and boxes of what is no text."""

"""Regions of lines become paragraphs in reading order, each with its kind."""

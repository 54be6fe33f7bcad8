"""Lines of text as pictures: faces, rendering, ageing, and pairs of real lines with their text."""

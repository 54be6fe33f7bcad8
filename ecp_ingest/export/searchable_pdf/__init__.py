"""The scan as a PDF with an invisible text layer, so that it can be searched and its text copied."""

"""Files become pages: PDF, TIFF, PNG, JPEG, JPEG 2000 and plain text; a text layer where it can be trusted."""

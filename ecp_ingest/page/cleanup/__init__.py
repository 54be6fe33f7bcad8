"""A picture as scanned becomes a page image: upright, straight, evenly lit, at 300 dpi, with its ink found."""

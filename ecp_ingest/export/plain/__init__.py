"""Export formats that are plain text: txt, Markdown, JSON Lines."""

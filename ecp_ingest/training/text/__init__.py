"""The text that training lines show: a corpus, composed dates and codes, word lists."""

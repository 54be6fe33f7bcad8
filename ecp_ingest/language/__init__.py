"""Letters and words of both languages: folding of letterforms, scripts, word counts, similarity, transliteration."""

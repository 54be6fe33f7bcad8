"""The degradation bench: the same releases on every kind of hard page, with boxes that are known and not guessed."""

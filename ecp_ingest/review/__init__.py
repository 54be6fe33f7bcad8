"""Review: a person puts right what the machine got wrong.

    record as recognised + log of decisions → reviewed record

``decisions`` has the one type that both fronts (``web`` and ``terminal``) yield, ``log`` keeps it, ``apply`` makes the
reviewed record of it and is pure, ``desk`` brings the three together on the disk. ``doubts`` says which words to look
at first, ``queue`` which records.
"""

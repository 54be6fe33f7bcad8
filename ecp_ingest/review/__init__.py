"""Review: a person corrects what the machine got wrong, in the browser (``web``) or the terminal (``terminal``).

Both turn what the person asks for into decisions (``requests``), which ``edits`` takes and keeps. ``queue`` says which
record to look at first, ``doubts`` which word.
"""

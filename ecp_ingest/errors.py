"""Everything that can go wrong, as one tree; each class knows its exit code.

EcpIngestError                      1
├── UsageError                      2   what was asked can't be meant
│   ├── NoInputError                2   nothing to convert where we were told to look
│   ├── BadGazetteerError           2   a table of names that isn't of the form that such tables have
│   └── NameClashError              2   two sources would write one record
├── MissingDependencyError          3   a program or model that has to be installed
│   ├── MissingProgramError         3
│   └── MissingModelError           3
├── OutputError                     4   the output folder or a file in it can't be written
├── ClusterError                    5   the Dask cluster can't be reached, can't do the work, or is gone
├── SourceError                     1   one input file is of no use; the batch goes on
│   ├── UnreadableSourceError       1   empty, truncated, not what its name says
│   ├── EncryptedSourceError        1   needs a password
│   └── TooLargeError               1   beyond the limits for pixels, pages or bytes
├── PageError                       1   one page failed; its document goes on
│   ├── RecognitionError            1   the engine refused or crashed
│   ├── PageTimeoutError            1   took longer than allowed
│   └── OutOfMemoryError            1   needs more memory than allowed
├── ReviewError                     1   a decision that can't be taken: what it was about isn't there
│   └── ConflictError               1   what it was about has been changed since it was seen
└── TrainingError                   1   fonts, text or pairs that can't be trained on

A message says what happened and what to do about it; the file and the page travel beside it, so that a batch can
name them once and in one form. All arguments go to ``Exception.args``, hence every error survives pickling, which a
pool of processes needs.
"""

from __future__ import annotations

from typing import ClassVar


class EcpIngestError(Exception):
    """What happened and what to do; ``file`` and ``page`` (1-based) say where, if that is known."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, file: str | None = None, page: int | None = None) -> None:
        super().__init__(message, file, page)
        self.message = message
        self.file = file
        self.page = page

    def __str__(self) -> str:
        place = [self.file] if self.file else []
        if self.page is not None:
            place.append(f"page {self.page}")
        return f"{', '.join(place)}: {self.message}" if place else self.message


class UsageError(EcpIngestError):
    exit_code = 2


class NoInputError(UsageError):
    pass


class BadGazetteerError(UsageError):
    pass


class NameClashError(UsageError):
    pass


class MissingDependencyError(EcpIngestError):
    exit_code = 3


class MissingProgramError(MissingDependencyError):
    pass


class MissingModelError(MissingDependencyError):
    pass


class OutputError(EcpIngestError):
    exit_code = 4


class ClusterError(EcpIngestError):
    exit_code = 5


class SourceError(EcpIngestError):
    pass


class UnreadableSourceError(SourceError):
    pass


class EncryptedSourceError(SourceError):
    pass


class TooLargeError(SourceError):
    pass


class PageError(EcpIngestError):
    pass


class RecognitionError(PageError):
    pass


class PageTimeoutError(PageError):
    pass


class OutOfMemoryError(PageError):
    pass


class ReviewError(EcpIngestError):
    pass


class ConflictError(ReviewError):
    pass


class TrainingError(EcpIngestError):
    pass

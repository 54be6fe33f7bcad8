"""How much of a batch is done and how long the rest will take, counted from its events. Draws nothing."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ecp_ingest.batch.events import Event, Finished, Opened, PageDone, Queued

RECENT = 300
"""Pages over which the speed is measured: enough to average out single pages, few enough to follow changes."""


@dataclass(slots=True)
class Progress:
    """Call ``notify`` for every event, with its time in seconds."""

    waiting: int = 0
    """Sources that are not yet opened."""
    opened: int = 0
    known: int = 0
    """Pages of the sources that were opened."""
    done: int = 0
    """Pages."""
    skipped: int = 0
    """Sources that were done before."""
    failed: int = 0
    """Sources that failed wholly or in part, were refused or couldn't be written."""
    _open: set[str] = field(default_factory=set)
    _began: float | None = None
    _times: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))

    def notify(self, event: Event, now: float) -> None:
        match event:
            case Queued(sources):
                if self.is_idle:
                    self._begin(now)
                self.waiting += sources
            case Opened(source, pages):
                if str(source) not in self._open:  # a source that changes while it is read is opened again
                    self.waiting -= 1
                    self.opened += 1
                self._open.add(str(source))
                self.known += pages
            case PageDone():
                self.done += 1
                self._times.append(now)
            case Finished(outcome, _):
                if str(outcome.source) in self._open:
                    self._open.remove(str(outcome.source))
                elif outcome.status != "refused":  # which was never queued
                    self.waiting -= 1
                before = outcome.status in ("skipped", "kept")
                self.skipped += before
                self.failed += outcome.status != "ok" and not before

    def _begin(self, now: float) -> None:
        """Start counting anew after time without work, so that the idle time does not lower the speed."""
        self._began = now
        self.opened = self.known = self.done = self.skipped = 0
        self._times.clear()

    @property
    def is_idle(self) -> bool:
        """Whether no source is open and none waits."""
        return not self._open and self.waiting <= 0

    @property
    def total(self) -> int | None:
        """Pages. For sources not yet opened it uses the mean of the opened ones; None before the first is opened."""
        if self.waiting <= 0:
            return self.known
        return self.known + round(self.waiting * self.known / self.opened) if self.opened else None

    def pages_a_minute(self, now: float) -> float | None:
        """Over the last `RECENT` pages; None before the first page is done."""
        if len(self._times) == RECENT:  # from one page to a later one
            first, pages = self._times[0], RECENT - 1
        elif self._began is not None and self._times:
            first, pages = self._began, len(self._times)
        else:
            return None
        return 60 * pages / max(now - first, 0.001)

    def minutes_left(self, now: float) -> float | None:
        total, speed = self.total, self.pages_a_minute(now)
        return None if total is None or not speed else max(0, total - self.done) / speed

    def line(self, now: float) -> str:
        """``1,240 of about 10,000 pages, 61 a minute, about 2 h 20 min left, 3 failed``."""
        return ", ".join(filter(None, self._parts(now)))

    def _parts(self, now: float) -> list[str]:
        total, speed, left = self.total, self.pages_a_minute(now), self.minutes_left(now)
        about = "about " if self.waiting > 0 else ""
        pace = "" if speed is None else f"{speed:,.0f} a minute" if speed >= 1.5 else f"{speed:.1f} a minute"
        return [
            f"{self.done:,} of {about}{total:,} pages" if total is not None else f"{self.waiting:,} files to look at",
            pace,
            duration_text(left) + " left" if left else "",
            f"{self.skipped:,} files done before" if self.skipped else "",
            f"{self.failed:,} failed" if self.failed else "",
        ]


def duration_text(minutes: float) -> str:
    """A time span, rounded as such an estimate should be: ``about 2 h 20 min``."""
    if minutes < 1:
        return "less than a minute"
    if minutes < 10:
        return f"about {round(minutes)} min"
    if minutes < 60:
        return f"about {5 * round(minutes / 5)} min"
    hours, rest = divmod(10 * round(minutes / 10), 60)
    if hours < 10 and rest:
        return f"about {hours} h {rest} min"
    return f"about {round(minutes / 60):,} h"

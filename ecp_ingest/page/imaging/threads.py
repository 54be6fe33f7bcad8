"""How many threads OpenCV may use."""

from __future__ import annotations

import cv2


def use_one_thread() -> None:
    """Keep OpenCV to one thread in a worker: the batch already gives every core a page."""
    cv2.setNumThreads(1)

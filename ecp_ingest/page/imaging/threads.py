"""How many threads OpenCV may use."""

from __future__ import annotations

import cv2


def use_one_thread() -> None:
    """For a worker: the batch keeps every core busy with pages already."""
    cv2.setNumThreads(1)

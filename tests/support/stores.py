"""An S3 store as a test fills it and looks into it: by HTTP, with nothing of what is tested."""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Store:
    endpoint: str

    def make_bucket(self, name: str) -> None:
        self._ask("PUT", name)

    def put(self, key: str, data: bytes) -> None:
        """``key`` begins with the bucket."""
        self._ask("PUT", key, data)

    def put_all(self, folder: Path, key: str) -> None:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(f"{key}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def get(self, key: str) -> bytes:
        return self._ask("GET", key)

    def get_all(self, key: str, folder: Path) -> Path:
        """All below ``key`` into ``folder``, which is made."""
        folder.mkdir()
        for name in self.names(key):
            path = folder / name.removeprefix(f"{key}/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.get(name))
        return folder

    def names(self, key: str) -> list[str]:
        bucket, _, prefix = key.partition("/")
        listing = ElementTree.fromstring(self._ask("GET", f"{bucket}?list-type=2&prefix={prefix}"))
        return [f"{bucket}/{found.text}" for found in listing.iter() if found.tag.endswith("}Key")]

    def _ask(self, method: str, key: str, data: bytes | None = None) -> bytes:
        request = urllib.request.Request(f"{self.endpoint}/{key}", data=data, method=method)
        # The server believes anybody, but wants to see that somebody has signed.
        request.add_header("Content-Type", "application/octet-stream")
        request.add_header("Authorization", "AWS4-HMAC-SHA256 Credential=anybody/20220528/us-east-1/s3/aws4_request")
        with urllib.request.urlopen(request, timeout=20) as answer:
            read: bytes = answer.read()
            return read

"""What every XML format needs: text that XML can hold, names that XML allows, files written whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from ecp_ingest.files.atomic import written_whole

XML = "http://www.w3.org/XML/1998/namespace"
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold, not even escaped (section 2.2): most control characters."""


def allowed_in_xml(text: str) -> str:
    """``text`` with the replacement character for every one that XML can't hold."""
    return _UNSAYABLE.sub("\ufffd", text)


def name(text: str) -> str:
    """``text`` as an XML name without a colon (NCName), as ids have to be; ``p7`` and ``p7.3`` stay as they are."""
    kept = re.sub(r"[^A-Za-z0-9._-]", "_", text)
    return kept if re.match("[A-Za-z_]", kept) else f"_{kept}"


def add(
    parent: etree._Element, tag: str, attributes: Mapping[str, object] | None = None, text: str | None = None
) -> etree._Element:
    """A child of ``parent`` in its namespace; attributes that are None are left out."""
    namespace = etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{namespace}}}{tag}")
    put(child, attributes or {})
    if text is not None:
        child.text = allowed_in_xml(text)
    return child


def put(element: etree._Element, attributes: Mapping[str, object]) -> None:
    """Set the attributes that aren't None; numbers without trailing zeros."""
    for key, value in attributes.items():
        if value is not None:
            element.set(key, f"{value:g}" if isinstance(value, float) else allowed_in_xml(str(value)))


def write_xml(path: Path, root: etree._Element, *, doctype: str | None = None) -> Path:
    """Write the document to ``path`` whole or not at all.

    Raises:
        OutputError: it can't be written.
    """
    content = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True, doctype=doctype)
    with written_whole(path) as temporary:
        temporary.write_bytes(content)
    return path

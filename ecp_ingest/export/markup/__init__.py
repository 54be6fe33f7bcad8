"""Export formats that keep lines, boxes or annotations: ALTO, PAGE, hOCR, TEI, IIIF."""

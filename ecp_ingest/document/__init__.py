"""The values that flow through the stages, in the order in which they come to be.

    Scan → TextPage | PicturePage → PageImage → PageLayout → ReadPage → Paragraph

All are frozen; arrays in them are read-only. Two frames of coordinates exist, and every box says which it is in:

* **scan**: pixels of the page as scanned, origin top left. Records hold only these.
* **page image**: pixels of the cleaned page (turned, straightened, brought to ``WORKING_DPI``). Between cleanup and
  recognition only; ``PageImage.to_scan`` leads back.
"""

"""The English and the Urdu half compared: which paragraphs correspond, and whether they state the same facts."""

"""The network in PyTorch, and Tesseract's file form of it."""

"""Changes to recognised text, each with its evidence and each of them reversible."""

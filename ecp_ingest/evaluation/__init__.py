"""Records compared with ground truth: error rates, and whether confidences mean what they say.

Ground truth → judgements → pooled scores → terminal, JSON, HTML page.
"""

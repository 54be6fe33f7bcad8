"""Compares records with ground truth: error rates, and how well confidences match the share of right words.

Ground truth → judgements → pooled scores → terminal, JSON, HTML page.
"""

"""Finds out what a document is from its pages' readings, its file's and its folder's name.

Knows no index and no files; every guess carries a confidence that is meant: of those from 0.80 on, the part that is
right is measured by `tests/unit/ingest/test_classification_samples.py`.
"""

from ingest.classification.classifier import SchemeClassifier

__all__ = ["SchemeClassifier"]

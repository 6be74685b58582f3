"""Draws the sample dossiers: own texts, laid out like office papers, worn like scans.

Run `python -m samples.draw` in the checkout's root to draw everything anew. The product
never imports this package; the drawn files are kept beside it in `samples/`.
"""

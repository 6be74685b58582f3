"""Benches: figures with the peer in the same run. No part of the product."""

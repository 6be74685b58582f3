"""Opening files that nobody trusts: every library call happens in a child process with limits on memory and time."""

from ingest.decoder.subprocess_decoder import SubprocessDecoder

__all__ = ["SubprocessDecoder"]

"""What went wrong in a talk with an S3 server, as one error of the archive: no library's exception gets past here."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

import aiohttp
from botocore import exceptions as s3

from archive.errors import ArchiveError, Unavailable

log = logging.getLogger(__name__)

NOT_THERE = frozenset({"404", "NoSuchKey", "NotFound"})
REFUSED = frozenset({"401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"})
DAMAGED = frozenset({"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "IncompleteBody"})
FULL = frozenset({"507", "InsufficientStorage", "XMinioStorageFull", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded"})
BROKEN_OFF = (s3.HTTPClientError, s3.IncompleteReadError, s3.ResponseStreamingError, aiohttp.ClientError, OSError)


class ObjectMissingError(Exception):
    """There is no object of this key: an answer, not a fault."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whom we talk to, for the sentences."""

    address: str  # as a person writes it: server and bucket
    bucket: str
    seconds: float


def told(fault: BaseException, whom: Addressed, name: str) -> BaseException:
    """The error to raise for `fault` in dealing with the object `name`."""
    if isinstance(fault, ArchiveError | ObjectMissingError):
        return fault
    if isinstance(fault, s3.ClientError):
        return _answered(fault, whom, name)
    error = _unanswered(fault, whom)
    if error is None:
        return fault
    log.warning("%s: %s: %s", whom.address, type(fault).__name__, fault)
    return error


def _unanswered(fault: BaseException, whom: Addressed) -> Unavailable | None:
    """None for what is no fault of the talk."""
    if isinstance(fault, s3.NoCredentialsError | s3.PartialCredentialsError | s3.CredentialRetrievalError):
        return Unavailable("store_key_refused", address=whom.address, reason="NoCredentials")
    if isinstance(fault, s3.SSLError | aiohttp.ClientSSLError):
        return Unavailable("store_not_trusted", address=whom.address, reason=_cause(fault))
    if isinstance(fault, TimeoutError | asyncio.TimeoutError | s3.ReadTimeoutError):
        return Unavailable("store_slow", address=whom.address, seconds=f"{whom.seconds:g}")
    if isinstance(fault, s3.EndpointConnectionError | s3.ConnectTimeoutError | aiohttp.ClientConnectorError):
        return Unavailable("store_away", address=whom.address, reason=_cause(fault))
    if isinstance(fault, BROKEN_OFF):
        return Unavailable("store_broken_off", address=whom.address)
    if isinstance(fault, s3.BotoCoreError):  # what answers there is no S3 server, or speaks it otherwise
        return Unavailable("store_fault", address=whom.address, reason=type(fault).__name__)
    return None


def _answered(fault: s3.ClientError, whom: Addressed, name: str) -> BaseException:
    code = str(fault.response.get("Error", {}).get("Code", ""))
    if code in NOT_THERE:
        return ObjectMissingError(name)
    if code == "NoSuchBucket":
        return Unavailable("store_bucket_missing", bucket=whom.bucket)
    if code in REFUSED:
        return Unavailable("store_key_refused", address=whom.address, reason=code)
    if code == "RequestTimeTooSkewed":
        return Unavailable("store_clock_differs", address=whom.address)
    if code in DAMAGED:
        return Unavailable("store_upload_damaged", name=name)
    if code in FULL:
        return Unavailable("store_bucket_full", address=whom.address)
    return Unavailable("store_fault", address=whom.address, reason=code)


def _cause(fault: BaseException) -> str:
    """The short reason inside: the sentence names the address already."""
    inner: object = getattr(fault, "kwargs", {}).get("error") or fault
    system = getattr(inner, "os_error", inner)
    return getattr(system, "strerror", None) or str(system) or type(fault).__name__

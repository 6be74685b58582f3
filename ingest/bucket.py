"""A folder in a bucket on an S3 server: objects put, read, looked at and listed, each answer checked.

Session, credentials and the thread that talks are fsspec's (`s3fs`); the requests are made here, because the checks
need each answer's ETag. An object is there whole or not at all: S3 promises it of a put, and a large one comes in
parts that are seen only once the last is there. A request is tried three times where that may help, all within the
time allowed; after that the error is one sentence (`ingest.bucket_faults`). Knows nothing of scans.

Opened at the first request of each process, so that a process may fork before and after.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError, Unavailable
from ingest.bucket_faults import Addressed, ObjectMissingError, told
from ingest.drafts import unavailable
from ingest.object_content import Content

if TYPE_CHECKING:
    from s3fs import S3FileSystem

log = logging.getLogger(__name__)

CHUNK = 1 << 20
AT_ONCE = 4  # parts of one upload
PAGE = 1000  # names in one answer, S3's own most
TRIES = 3
SECONDS_TO_CONNECT = 5.0
SLOWEST = 256 * 1024  # bytes a second: a part that goes more slowly has not arrived in time
LEFTOVER = timedelta(hours=6)  # an upload begun so long ago has no writer any more
DIGEST = "sha256"  # name of the metadata that holds the hash of small objects


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """Where a bucket is and how one signs in. Without a key: what the machine's own environment gives."""

    bucket: str
    folder: str = ""  # without slashes at its ends
    endpoint: str = ""  # empty: Amazon
    in_host: bool = False  # https://bucket.server/ instead of https://server/bucket/
    key: str = ""
    secret: str = ""
    seconds: float = 20.0  # for an answer; a body may take longer as long as it moves


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What the server says of an object."""

    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class _Opened:
    process: int
    system: S3FileSystem


# What a fork brought along is never used and never closed: closing waits for a thread that only the parent has.
_LEFT_BEHIND: list[_Opened] = []


class Bucket:
    """The objects of one folder. Every method raises Unavailable."""

    def __init__(self, address: BucketAddress) -> None:
        self._address = address
        self._whom = Addressed(
            f"{address.endpoint}/{address.bucket}" if address.endpoint else f"s3://{address.bucket}",
            address.bucket,
            address.seconds,
        )
        self._opened: _Opened | None = None
        self._bucket_seen = False
        self._next_clearing = -1.0  # monotonic seconds

    # --- asking

    def look(self, name: str) -> ObjectFacts | None:
        """Size and ETag; None where there is no such object."""
        try:
            answer = self._ask("head_object", name)
        except ObjectMissingError:
            self._check_bucket()
            return None
        return ObjectFacts(int(answer["ContentLength"]), str(answer["ETag"]).strip('"'))

    def names(self, folder: str, *, after: str = "") -> Iterator[str]:
        """The names that begin with `folder`, in order, from the one after `after`; asked for by the thousand."""
        begin = f"{self._address.folder}/" if self._address.folder else ""
        where = {"Bucket": self._address.bucket, "Prefix": begin + folder, "MaxKeys": PAGE}
        more = {"StartAfter": begin + after} if after else {}
        while True:
            answer = self._request("list_objects_v2", folder, {**where, **more})
            for found in answer.get("Contents", ()):
                yield str(found["Key"]).removeprefix(begin)
            if not answer.get("IsTruncated"):
                return
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    def has_any(self, folder: str) -> bool:
        """Whether a name begins with `folder`."""
        begin = f"{self._address.folder}/" if self._address.folder else ""
        where = {"Bucket": self._address.bucket, "Prefix": begin + folder, "MaxKeys": 1}
        return bool(self._request("list_objects_v2", folder, where).get("Contents"))

    # --- reading

    def read(self, name: str) -> bytes:
        """All bytes of a small object, checked. Raises ObjectMissingError."""
        data = bytearray()
        self.fetch(name, data.extend)
        return bytes(data)

    def fetch(self, name: str, keep: Callable[[bytes], object]) -> None:
        """Gives the object's bytes to `keep`, piece by piece. Raises ObjectMissingError, and at the end Unavailable
        where they do not fit their checksum: until then nothing may be believed."""
        digest = hashlib.sha256()

        def take(chunk: bytes) -> None:
            digest.update(chunk)
            try:
                keep(chunk)
            except OSError as reason:  # our own disk, which is not to be taken for the network
                raise unavailable(reason) from reason

        promised = self._run(self._download(name, take), name)
        if promised and promised != digest.hexdigest():
            raise Unavailable("store_object_damaged", name=name)

    async def _download(self, name: str, take: Callable[[bytes], None]) -> str:
        async with asyncio.timeout(self._address.seconds) as limit:
            client = await self._system().set_session()
            answer = await client.get_object(Bucket=self._address.bucket, Key=self._key(name))
            async with answer["Body"] as body:
                while chunk := await body.read(CHUNK):
                    await asyncio.to_thread(take, chunk)  # a slow disk must not hold up everybody's answers
                    limit.reschedule(asyncio.get_running_loop().time() + self._address.seconds)
        return str(answer.get("Metadata", {}).get(DIGEST, ""))

    # --- writing

    def put(self, name: str, data: bytes) -> None:
        """Writes or replaces an object. Raises Unavailable("store_upload_damaged") where what arrived is not
        what was sent."""
        content = Content.of_bytes(data)
        if content.in_parts:
            self.upload(name, content)
        elif self._put_whole(name, content) != content.etag:
            self.check(name, content)

    def upload(self, name: str, content: Content) -> None:
        """Writes or replaces an object of any size, at most a few parts of it in memory, and checks it. One that did
        not arrive as it was sent is sent once more, in its own place; then it is removed and
        Unavailable("store_upload_damaged") raised."""
        for last in (False, True):
            try:
                self._send(name, content)
                return self.check(name, content)
            except Unavailable as fault:
                if fault.key != "store_upload_damaged":
                    raise
                if last:
                    self.remove(name)
                    raise
        return None

    def holds(self, name: str, content: Content) -> bool:
        """Whether the object is there and has these bytes. Its ETag says so where it is over the bytes; one that was
        encrypted or came in other parts is read."""
        facts = self.look(name)
        if facts is None or facts.size != content.size:
            return False
        return facts.etag == content.etag or self._digest(name) == content.sha256

    def check(self, name: str, content: Content) -> None:
        """Raises Unavailable("store_upload_damaged") where `holds` says no."""
        if not self.holds(name, content):
            raise Unavailable("store_upload_damaged", name=name)

    def remove(self, name: str) -> None:
        """Nothing happens where there is no such object."""
        self._ask("delete_object", name)

    def _send(self, name: str, content: Content) -> None:
        if content.in_parts:
            self._send_parts(name, content)
        else:
            self._put_whole(name, content)

    def _put_whole(self, name: str, content: Content) -> str:
        data = content.part(0)
        answer = self._ask(
            "put_object", name, size=len(data), Body=data, ContentMD5=_md5(data), Metadata={DIGEST: content.sha256}
        )
        return str(answer.get("ETag", "")).strip('"')

    def _send_parts(self, name: str, content: Content) -> None:
        self._clear_leftovers()
        begun = self._ask("create_multipart_upload", name, Metadata={DIGEST: content.sha256})["UploadId"]

        def send(number: int) -> dict[str, object]:
            data = content.part(number)
            answer = self._ask(
                "upload_part",
                name,
                size=len(data),
                UploadId=begun,
                PartNumber=number + 1,
                Body=data,
                ContentMD5=_md5(data),
            )
            return {"PartNumber": number + 1, "ETag": answer["ETag"]}

        try:
            with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="upload") as pool:
                parts = _all_or_first_fault(pool, send, content.parts)
            self._ask("complete_multipart_upload", name, UploadId=begun, MultipartUpload={"Parts": parts})
        except BaseException:
            self._give_up(name, begun)
            raise

    def _give_up(self, name: str, begun: str) -> None:
        """Takes back what was sent of an upload; never seen by anybody, it would only take room."""
        try:
            self._ask("abort_multipart_upload", name, UploadId=begun)
        except (ArchiveError, ObjectMissingError) as reason:
            log.warning("parts of %s stay on the server until they are cleared: %s", name, reason)

    def _clear_leftovers(self) -> None:
        """Once in a while takes back the uploads that killed writers left."""
        if time.monotonic() < self._next_clearing:
            return
        self._next_clearing = time.monotonic() + LEFTOVER.total_seconds()
        oldest = datetime.now(UTC) - LEFTOVER
        with suppress(ArchiveError, ObjectMissingError):  # not every server lists them; it is no harm but room
            where = {"Bucket": self._address.bucket, "Prefix": self._key("")}
            for found in self._request("list_multipart_uploads", "", where).get("Uploads", ()):
                if found["Initiated"] < oldest:
                    name = str(found["Key"]).removeprefix(self._key(""))
                    self._ask("abort_multipart_upload", name, UploadId=found["UploadId"])

    def _digest(self, name: str) -> str:
        """SHA-256 of what is there; empty where nothing is."""
        digest = hashlib.sha256()
        try:
            self.fetch(name, digest.update)
        except ObjectMissingError:
            return ""
        except Unavailable as fault:
            if fault.key != "store_object_damaged":
                raise
        return digest.hexdigest()

    # --- talking

    def _key(self, name: str) -> str:
        return f"{self._address.folder}/{name}" if self._address.folder else name

    def _ask(self, operation: str, name: str, *, size: int = 0, **more: object) -> dict[str, Any]:
        """One request about the object `name` that sends `size` bytes."""
        return self._request(operation, name, {"Bucket": self._address.bucket, "Key": self._key(name), **more}, size)

    def _request(self, operation: str, name: str, arguments: dict[str, Any], size: int = 0) -> dict[str, Any]:
        async def asked() -> dict[str, Any]:
            async with asyncio.timeout(self._address.seconds + size / SLOWEST):
                client = await self._system().set_session()
                answer: dict[str, Any] = await getattr(client, operation)(**arguments)
                return answer

        answer: dict[str, Any] = self._run(asked(), name)
        self._bucket_seen = True
        return answer

    def _run(self, talk: Any, name: str) -> Any:
        from fsspec.asyn import sync

        async def running() -> Any:
            return await talk

        try:
            return sync(self._system().loop, running)
        except Exception as fault:
            error = told(fault, self._whom, name)
            if error is fault:
                raise
            raise error from fault

    def _check_bucket(self) -> None:
        """A missing object is believed only of a bucket that is there: the answer to HEAD does not tell the two."""
        if not self._bucket_seen:
            try:
                self._request("head_bucket", "", {"Bucket": self._address.bucket})
            except ObjectMissingError:
                raise Unavailable("store_bucket_missing", bucket=self._address.bucket) from None

    def _system(self) -> S3FileSystem:
        opened = self._opened
        if opened is None or opened.process != os.getpid():
            if opened is not None:
                _LEFT_BEHIND.append(opened)
            self._opened = opened = _Opened(os.getpid(), _open(self._address))
        return opened.system


def _open(address: BucketAddress) -> S3FileSystem:
    import s3fs

    return s3fs.S3FileSystem(
        key=address.key or None,
        secret=address.secret or None,
        endpoint_url=address.endpoint or None,
        skip_instance_cache=True,
        use_listings_cache=False,
        config_kwargs={
            "connect_timeout": min(SECONDS_TO_CONNECT, address.seconds),
            "read_timeout": address.seconds,
            "retries": {"mode": "standard", "total_max_attempts": TRIES},
            "max_pool_connections": 32,
            "s3": {"addressing_style": "virtual" if address.in_host else "auto"},
            # Servers that are not Amazon's often know Content-MD5 and not the newer checksums.
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        },
    )


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _all_or_first_fault(
    pool: ThreadPoolExecutor, send: Callable[[int], dict[str, object]], parts: int
) -> list[dict[str, object]]:
    futures = [pool.submit(send, number) for number in range(parts)]
    try:
        return [future.result() for future in futures]
    except BaseException:
        for future in futures:
            future.cancel()
        raise

"""An S3 server of the tests: one a session, in a process of its own, gone with it."""

from __future__ import annotations

import atexit
import os
import re
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

from botocore.session import get_session

from archive.config import Settings
from ingest.object_store import ObjectScanStore, open_object_store

ADDRESS = "OBJECT_SERVER_OF_TESTS"  # in the environment, for processes that tests start
KEY, SECRET = "key-of-tests", "secret-of-tests"
BUCKET = "scans"
SECONDS_TO_START = 60.0
SERVER = """
import ctypes
from moto.server import main
ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG: it is not left behind by tests that are killed
main(["-H", "127.0.0.1", "-p", "0"])
"""


@cache
def address() -> str:
    """http://127.0.0.1:port of a server that has the bucket BUCKET."""
    if ADDRESS not in os.environ:
        os.environ[ADDRESS] = _started()
        client().create_bucket(Bucket=BUCKET)
    return os.environ[ADDRESS]


@cache
def client() -> Any:
    """Amazon's own client on it, for what a test does behind our back."""
    return get_session().create_client(
        "s3",
        endpoint_url=os.environ[ADDRESS],
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )


def settings(data: Path, folder: str, *, endpoint: str = "", **more: Any) -> Settings:
    """Settings of an archive whose scan store is the folder `folder` of the bucket."""
    data.mkdir(parents=True, exist_ok=True)
    key_file = data / "store.key"
    key_file.write_text(f"{KEY}\n{SECRET}\n")
    return Settings(
        data=data,
        store=f"s3://{BUCKET}/{folder}",
        store_endpoint=endpoint or address(),
        store_key_file=key_file,
        **more,
    )


def store(data: Path, folder: str, *, endpoint: str = "", **more: Any) -> ObjectScanStore:
    """A scan store as another process would open it."""
    return open_object_store(settings(data, folder, endpoint=endpoint, **more))


def objects(folder: str) -> list[str]:
    """The names of what lies in a folder of the bucket."""
    address()
    pages = client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{folder}/")
    return [found["Key"].removeprefix(f"{folder}/") for page in pages for found in page.get("Contents", ())]


def uploads(folder: str) -> list[str]:
    """The names of what is being sent in parts, or was and was left."""
    found = client().list_multipart_uploads(Bucket=BUCKET, Prefix=f"{folder}/").get("Uploads", ())
    return [one["Key"].removeprefix(f"{folder}/") for one in found]


def _started() -> str:
    log = tempfile.TemporaryFile()  # noqa: SIM115  (the server keeps it)
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdout=log, stderr=subprocess.STDOUT)
    atexit.register(process.kill)
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        told = re.search(rb"http://127\.0\.0\.1:\d+", os.pread(log.fileno(), 1 << 16, 0))
        if told:
            return told[0].decode()
        time.sleep(0.1)
    raise RuntimeError("the S3 server of the tests does not start: " + os.pread(log.fileno(), 1 << 16, 0).decode())

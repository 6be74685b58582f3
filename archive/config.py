"""The settings, and the only place that reads the environment (prefix DOSSIER_). Each has a reasoned default."""

from __future__ import annotations

import os
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

LEAST_TASK_SECONDS = 300


def default_data() -> Path:
    """The user's data directory by the XDG rule; never inside the checkout."""
    named = Path(os.environ.get("XDG_DATA_HOME", ""))
    base = named if named.is_absolute() else Path("~/.local/share").expanduser()  # the rule ignores relative paths
    return base / "dossier"


def terminal_language() -> Literal["zh", "en"]:
    """The language of whoever sits at the terminal: Chinese where the locale says so, else English."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if locale.startswith("zh") else "en"


class Settings(BaseSettings):
    """Every setting of the archive. `docs/settings.md` lists them; a test keeps both alike."""

    model_config = SettingsConfigDict(env_prefix="DOSSIER_", extra="ignore")

    data: Path = Field(default_factory=default_data, description="Folder that holds index, scans, keys and queue")
    schemes: Path | None = Field(
        default=None, description="Folder of the office's own filing schemes, read beside the shipped"
    )
    time_zone: str = Field(default="Asia/Shanghai", description="Time zone of the office: due dates are days there")
    office: str = Field(default="", description="Name of the office on screens and paper")

    host: str = Field(default="127.0.0.1", description="Address the web server binds to")
    port: int = Field(default=8400, description="Port of the web server; 0: a free one", ge=0, le=65535)
    web_threads: int = Field(default=8, description="Threads that answer requests", ge=1)
    web_processes: int = Field(
        default=1, description="Processes of a deployment's web server, each with its threads", ge=1
    )

    web_proxies: int = Field(
        default=0, description="Proxies before the web server that tell it who asks, and whether over HTTPS", ge=0
    )

    index: str = Field(
        default="",
        description="Addresses of Elasticsearch or OpenSearch, with commas between; empty: the embedded index",
    )
    index_user: str = Field(default="", description="Name to sign in to the cluster with")
    index_password_file: Path | None = Field(default=None, description="File that holds the password of that name")
    index_api_key_file: Path | None = Field(default=None, description="File that holds an API key, instead of a name")
    index_ca: Path | None = Field(default=None, description="Certificates that the cluster's own is checked against")
    index_sniff: bool = Field(default=False, description="Ask the cluster for the addresses of its other nodes")
    index_prefix: str = Field(
        default="dossier", description="What names of our indices begin with", pattern=r"^[a-z][a-z0-9_]*$"
    )
    index_shards: int = Field(default=1, description="Shards of the pages' index when it is made", ge=1, le=1024)
    index_replicas: str = Field(
        default="auto",
        description="Copies of each shard when an index is made; auto: one where there is a second node",
        pattern=r"^(auto|[0-9])$",
    )
    index_refresh_seconds: float = Field(
        default=1.0, description="After so long a page written to the cluster is found", gt=0
    )
    index_seconds: float = Field(default=20.0, description="Longest time to wait for an answer of the cluster", gt=0)

    store: str = Field(default="", description="URL of the scan store (s3://bucket/folder); empty: in the data folder")
    store_endpoint: str = Field(default="", description="Address of an S3 server that is not Amazon's")
    store_bucket_in_host: bool = Field(
        default=False,
        description="The bucket's name stands before that server's name, not in the path (Aliyun's needs it)",
    )
    store_key_file: Path | None = Field(
        default=None, description="File with the access key and the secret of the scan store, a line each"
    )
    store_seconds: float = Field(default=20.0, description="Longest time to wait for an answer of the scan store", gt=0)
    store_copies_bytes: int = Field(
        default=10 * 1024**3,
        description="Most bytes of the copies that a machine keeps of what lies in a scan store on S3",
        gt=0,
    )

    broker: str = Field(default="", description="URL of a Redis; empty: an own Valkey on a socket in the data folder")
    broker_password_file: Path | None = Field(default=None, description="File that holds the broker's password")
    workers: int = Field(default=0, description="Worker processes; 0: one a core", ge=0)

    ocr: str = Field(default="auto", description="auto, rapidocr or tesseract; auto takes rapidocr")
    ocr_second_pass: bool = Field(
        default=True, description="Read pages with red seals a second time through the red channel"
    )

    ocr_careful: Literal["idle", "off"] = Field(
        default="idle",
        description="Read pages again with the network that knows rare characters: idle (when nothing else waits), off",
    )

    watch: Path | None = Field(default=None, description="Watched folder; empty: `inbox` in the data folder")
    watch_quiet_seconds: float = Field(
        default=5.0, description="A file is taken when its size has not changed so long", ge=0
    )
    watch_rescan_seconds: float = Field(
        default=30.0, description="The watched folder is looked at so often though nothing seems to happen", gt=0
    )

    max_file_bytes: int = Field(default=2 * 1024**3, description="Largest file taken in", gt=0)
    max_pages: int = Field(default=5_000, description="Most pages of one file", gt=0)
    max_megapixels: int = Field(default=180, description="Largest page image", gt=0)
    max_megapixels_bilevel: int = Field(default=600, description="Largest black-and-white page image", gt=0)
    max_vector_megapixels: int = Field(default=25, description="Largest picture made of a page without an image", gt=0)
    page_seconds: float = Field(default=30.0, description="Longest time to open one page", gt=0)
    file_seconds: float = Field(default=120.0, description="Longest time to examine one file", gt=0)
    ocr_seconds: float = Field(default=240.0, description="Longest time to read one page", gt=0)
    child_memory_bytes: int = Field(default=2 * 1024**3, description="Memory of the process that opens files", gt=0)
    max_unpacked_bytes: int = Field(
        default=4 * 1024**3,
        description="Most that one file may unpack to, where that is over a thousand times its own size too",
        gt=0,
    )

    session_hours: float = Field(default=12.0, description="A sign-in ends after so long", gt=0)
    session_idle_minutes: float = Field(default=120.0, description="A sign-in ends after so long without use", gt=0)
    sessions_each: int = Field(default=5, description="Sign-ins one person may have at once", ge=1)
    lockout_failures: int = Field(default=5, description="Failed sign-ins before a pause", ge=1)
    lockout_minutes: float = Field(default=15.0, description="Length of that pause", gt=0)

    review_below: float = Field(
        default=0.80, description="Guesses less sure than this go to the review list", ge=0, le=1
    )
    sweep_seconds: float = Field(default=20.0, description="How often the sweeper looks for work left behind", gt=0)

    log: Literal["text", "json"] = Field(default="text", description="Form of the lines that processes log")
    metrics_port: int = Field(
        default=0,
        description="Port on which a worker, the scheduler or the watcher shows its metrics; under `dossier up` the "
        "worker has it, the scheduler the next one, the watcher the one after that; 0: none",
        ge=0,
        le=65535,
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def task_seconds(self) -> int:
        """How long a worker's task may take: the slowest page, opened in every way and read, or the slowest file; with
        room for fetching and storing."""
        slowest = max(self.ocr_seconds + 2 * self.page_seconds, 2 * self.file_seconds)
        return max(LEAST_TASK_SECONDS, ceil(slowest))

    @property
    def inbox(self) -> Path:
        return self.watch or self.data / "inbox"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()

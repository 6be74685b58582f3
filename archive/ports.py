"""What the archive needs of the outside, as protocols. No vendor type or exception crosses them.

An adapter raises only errors of `archive.errors`. Ports that are read by many processes say what is seen when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import BinaryIO, Generic, Protocol

from archive.config import Settings
from archive.domain.access import Access
from archive.domain.document import Guess
from archive.domain.query import PageSearch, ResultPage, Where
from archive.domain.reading import Reading
from archive.domain.record import Derived, R, Record, Versioned
from archive.domain.scheme import Scheme
from archive.errors import ArchiveError

# --- index ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """A part of a list. `total` is the whole number."""

    records: tuple[Versioned[R], ...]
    total: int


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """`behind`: how many changes of pages are written but not yet searchable; `fault`: why they do not become so, where
    this process knows it. `state` (green, yellow, red), `nodes` and `copies_missing` (shards without a place) are told
    where it is a cluster."""

    engine: str
    records: Mapping[str, int]  # by kind
    behind: int
    bytes_on_disk: int
    state: str = ""
    nodes: int = 0
    copies_missing: int = 0
    fault: ArchiveError | None = None


class Index(Protocol):
    """The records and their search. Two kinds of reading:

    by id, real-time and conditional: `create`, `get`, `replace`, `delete`, `put`. Every decision is made on these;
    by search, near-real-time: `search`, `select`. What they say is shown, it never decides.
    """

    def create(self, record: R) -> Versioned[R]:
        """Raises Conflict("exists") if the id is taken."""

    def get(self, kind: type[R], id: str) -> Versioned[R]:
        """The newest write. Raises NotFound."""

    def get_many(self, kind: type[R], ids: Iterable[str]) -> dict[str, Versioned[R]]:
        """Those of `ids` that are there, by id."""

    def replace(self, record: R, token: str) -> Versioned[R]:
        """Raises Conflict("conflict") if the record moved on since `token` was read; NotFound if it is gone."""

    def delete(self, kind: type[Record], id: str, token: str) -> None:
        """As `replace`. Leaves a tombstone, so that the follower and the sidecars learn of it."""

    def put(self, records: Sequence[Derived]) -> int:
        """Writes derived records in bulk, whatever was there, except that an older `stamp` never replaces a newer
        one. All or nothing per call where the engine can; returns the seq of the last write."""

    def search(self, wanted: PageSearch, access: Access) -> ResultPage:
        """Pages by full text, grouped by document."""

    def pages_of_search(self, wanted: PageSearch, access: Access) -> Iterator[tuple[str, int]]:
        """Every (document, page number) that fits, in order, to the last; for exports. Raises Unavailable before the
        first where `search` would say that it is `behind`."""

    def select(
        self, kind: type[R], where: Where, access: Access, *, order: Sequence[str] = (), size: int = 100, start: int = 0
    ) -> Listing[R]:
        """Records of one kind. `order`: searchable field names, "-name" for descending. Kinds with a field `mark`
        are narrowed to `access`; for kinds without one `access` must not be empty."""

    def count(self, kind: type[Record], where: Where, access: Access) -> int: ...

    def refresh(self, seq: int, *, wait: float = 5.0) -> bool:
        """Waits until writes up to `seq` are seen by `search` and `select`; False if that took longer than `wait`
        seconds (saved, not yet searchable)."""

    def changes(self, kind: type[R], after: int) -> Iterator[Versioned[R]]:
        """Records of a kind in the order of their seq, from the one after `after`; for reconciling and moving."""

    def deleted(self, kind: type[Record], after: int) -> Iterator[tuple[str, int, int]]:
        """Id, revision and seq of the deletions of a kind, in the order of their seq, from the one after `after`."""

    def position(self, seq: int) -> int:
        """Where one who follows `changes` and has come as far as `seq` goes on the next time. It lies further back
        where writes may become visible out of their order: what is done with a change has to bear repeating."""

    def restore(self, records: Iterable[tuple[Record, int]]) -> None:
        """Writes records with the revision they had (from sidecars), into an index made anew."""

    def restore_deletions(self, kind: type[Record], deleted: Iterable[tuple[str, int]]) -> None:
        """As `restore`, for what was deleted: ids with the revision of their deletion."""

    def health(self) -> IndexHealth: ...

    def close(self) -> None: ...


# --- scan store -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredFile:
    sha256: str
    size: int
    known: bool  # it was there before


class ScanStore(Protocol):
    """Files under the hash of their bytes, never changed; what was read from them beside them; sidecars of records.
    Writes are atomic: nothing is ever seen half."""

    def put_file(self, source: BinaryIO, *, limit: int) -> StoredFile:
        """Copies and hashes. Raises InvalidInput("file_too_large"), InvalidInput("file_empty"), Unavailable."""

    def local_file(self, sha256: str) -> AbstractContextManager[Path]:
        """The file as a path on this machine, read only. Raises NotFound."""

    def has_file(self, sha256: str) -> bool: ...

    def put_derived(self, name: str, data: bytes) -> None:
        """`name` is a relative path of safe characters: `readings/…`, `images/…`."""

    def get_derived(self, name: str) -> bytes:
        """Raises NotFound."""

    def has_derived(self, name: str) -> bool: ...

    def local_derived(self, name: str) -> AbstractContextManager[Path]:
        """As `local_file`."""

    def put_sidecar(self, kind: str, id: str, revision: int, data: bytes | None) -> None:
        """One file a revision; None marks a deletion. Writing the same again changes nothing."""

    def sidecars(self) -> Iterator[tuple[str, str, int, bytes | None]]:
        """kind, id, highest revision, data: the newest of each record (deletions as None)."""

    def has_sidecar(self, kind: str, id: str, revision: int) -> bool: ...

    def free_bytes(self) -> int: ...


# --- reading files ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pixels:
    """An image in memory: rows top down, 8 bits a channel, 1 (grey) or 3 (RGB) channels, no padding.

    `data` is not to be changed; a view of it cannot be pickled.
    """

    data: bytes | memoryview
    width: int
    height: int
    channels: int
    dpi: int = 0  # 0 = unknown


@dataclass(frozen=True, slots=True)
class Bookmark:
    title: str
    page: int  # from 1
    level: int = 1  # 1 the outermost


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file is. `pages` 0 and `attachment` True: kept, not read."""

    media_type: str
    pages: int
    attachment: bool = False
    title: str = ""
    created: str = ""
    bookmarks: tuple[Bookmark, ...] = ()
    warnings: tuple[str, ...] = ()  # keys of sentences


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """One page of a file, made safe. `image_hash` is over the pixels and the kind of making; `layer` is the text
    layer if it is good by the rule of `ingest.text_layer`, then no OCR is needed. `drawing`: larger than A3."""

    pixels: Pixels
    image_hash: str
    layer: Reading | None = None
    drawing: bool = False
    warnings: tuple[str, ...] = ()
    blank: bool = False  # shows nothing but paper, by the rule of `ingest.blank`


class Decoder(Protocol):
    """Opens untrusted bytes, each call in a child process with limits on memory and time."""

    def examine(self, path: Path, name: str = "") -> Examined:
        """What the file is. `name` is the name it came with: it decides nothing, but an ending that promises
        something else gives a warning. Raises Unreadable (encrypted, truncated, bomb-like, …: one sentence each)."""

    def page(self, path: Path, number: int) -> OpenedPage:
        """The page `number` (from 1). Raises Unreadable."""

    def close(self) -> None: ...


class OcrEngine(Protocol):
    """Reads a page's pixels as they are: turning, deskewing and clean-up are the engine's, boxes come back in the
    pixels given."""

    @property
    def name(self) -> str: ...

    @property
    def key(self) -> str:
        """Name, version and parameters: equal keys read the same."""

    @property
    def rank(self) -> int:
        """A reading by a higher rank is better and may replace a lower one."""

    def read(self, pixels: Pixels, *, drawing: bool = False) -> Reading:
        """Raises Unreadable, Unavailable."""


class PageImages(Protocol):
    """Our own pictures of pages, made from pixels: a master and, for large ones, a tile pyramid."""

    def write(self, image_hash: str, pixels: Pixels) -> str:
        """Stores the master (and tiles); returns its name. Writing again changes nothing."""

    def has(self, image_hash: str) -> bool: ...

    def region(
        self,
        name: str,
        region: tuple[int, int, int, int] | None,
        size: tuple[int, int],
        *,
        rotation: int = 0,
        mirrored: bool = False,
        quality: str = "default",
        format: str = "jpg",
    ) -> bytes:
        """A region of the page (x, y, width, height in its pixels; None = all), scaled to `size`, encoded. Only our
        own files are opened here. Raises NotFound."""

    def size(self, name: str) -> tuple[int, int]:
        """Width and height in pixels. Raises NotFound."""


# --- the rest ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be done, kept with the reason. `reason` is the key of a sentence; `detail` is for the
    one who looks after the machine."""

    id: str
    step: str  # split, read, finish, reread, or the name it came with
    about: str  # id of the intake job (split) or of the document; empty where it cannot be told
    reason: str
    detail: str
    since: datetime
    tries: int = 1  # how often it failed


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker as it last told of itself; one that has said nothing for half a minute is not told of any more."""

    id: str
    host: str
    pid: int
    version: str
    queues: tuple[str, ...]  # ocr, index; none for one that watches a folder
    processes: int
    since: datetime
    seen: datetime
    doing: tuple[str, ...] = ()  # the tasks under way: step and what it is about


class TaskQueue(Protocol):
    """A hint to the workers that there is something to do. Losing it loses nothing: the sweeper sends again."""

    def split(self, job: str, *, priority: int = 5) -> None: ...

    def read(
        self,
        document: str,
        numbers: Sequence[int],
        *,
        priority: int = 5,
        rest: Sequence[tuple[str, Sequence[int]]] = (),
    ) -> None:
        """A few of the pages now, the others when those before them in the queue have had their turn; then those of
        the documents in `rest`."""

    def finish(self, document: str, *, priority: int = 5) -> None: ...

    def reread(self, document: str, after: int = 0) -> None:
        """The next page after number `after` that a better engine should read; behind everything else."""

    def depth(self) -> int | None:
        """How many messages wait; None where the broker does not answer."""

    def depths(self) -> Mapping[str, int] | None:
        """How many messages wait by queue (ocr, index), and how many are `under_way`; None as for `depth`."""

    def is_at_rest(self) -> bool:
        """Whether nothing waits and nothing is under way; False where the broker does not answer."""

    def lost_before(self) -> datetime | None:
        """Messages sent before this moment may be lost, since the broker began anew then; None where nothing is known
        to be lost, or the broker does not answer."""

    def dead_letters(self) -> Sequence[DeadLetter]:
        """Messages that could not be done, oldest first; none where the broker does not answer."""

    def try_again(self, id: str) -> None:
        """Sends a dead letter once more and forgets it. Raises NotFound, Unavailable."""

    def forget(self, id: str) -> None:
        """Drops a dead letter; does nothing where it is gone."""

    def workers(self) -> Sequence[WorkerSeen]:
        """The workers that live; none where the broker does not answer."""

    def watchers(self) -> Sequence[WorkerSeen]:
        """Those that live of the processes that watch a folder; none where the broker does not answer."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""

    def today(self) -> date:
        """The day in the office's time zone."""

    @property
    def zone(self) -> tzinfo: ...


# --- filing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paper:
    """What a classifier is shown of a document: its pages' readings in order (None = failed), and its file's name,
    the folder's name and the file's metadata title."""

    readings: Sequence[Reading | None]
    file_name: str
    folder: str = ""
    title: str = ""
    drawing: bool = False


class Classifier(Protocol):
    """Finds out what a document is."""

    def guess(self, paper: Paper, schemes: Sequence[Scheme]) -> Mapping[str, Guess]:
        """Guesses by field: scheme, type, phase, title, date (ISO), number, party. With one scheme given, `scheme`
        is settled. Fields nothing is known of are left out."""


@dataclass(frozen=True)
class Ports:
    """Everything the services need, built once by `archive.bootstrap`."""

    index: Index
    store: ScanStore
    images: PageImages
    decoder: Decoder
    ocr: OcrEngine
    classifier: Classifier
    queue: TaskQueue
    clock: Clock
    schemes: Mapping[str, Scheme]
    settings: Settings
    careful: OcrEngine | None = None  # a slower, better engine for the hours when nothing waits

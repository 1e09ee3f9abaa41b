#!/usr/bin/env python3
"""Prints the top-1 accuracy of an ONNX model on the 10,000 Fashion-MNIST test images.

The model (float, QOperator or QDQ) takes one float32 input [N or 1,1,28,28] of
pixel/255 values and gives ten scores per image. It runs in onnxruntime with
int8 QDQ fusion allowed, in batches if its batch dimension is symbolic.

Usage: python scripts/evaluate-int8.py MODEL.onnx [--data DIR]
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto

from fashion_mnist import DEFAULT_DIRECTORY, load_split, pixels_to_float

BATCH_SIZE = 500


def open_session(path):
    """A CPU session that may run signed int8 QDQ groups as integer kernels.

    For uint8 activations it asks for exact sums: without VNNI the fast x64 kernels
    for uint8 by int8 saturate, which costs up to a percent of accuracy. That
    precision mode does not support int8 activations, whose kernels are exact.
    """
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.qdqisint8allowed", "1")
    if any(item.data_type == TensorProto.UINT8 for item in onnx.load(path).graph.initializer):
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def predict(session, images):
    """Returns the predicted class of every image."""
    model_input = session.get_inputs()[0]
    output_name = session.get_outputs()[0].name
    fixed_batch = model_input.shape[0] if isinstance(model_input.shape[0], int) else None
    size = fixed_batch or BATCH_SIZE
    if len(images) % size:
        raise SystemExit(f"batch size {size} does not divide {len(images)} images")
    predictions = []
    for start in range(0, len(images), size):
        scores = session.run([output_name], {model_input.name: images[start : start + size]})[0]
        predictions.append(scores.reshape(size, -1).argmax(axis=1))
    return np.concatenate(predictions)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, default=DEFAULT_DIRECTORY)
    options = parser.parse_args()
    pixels, labels = load_split("test", options.data)
    predictions = predict(open_session(options.model), pixels_to_float(pixels))
    correct = int((predictions == labels).sum())
    print(f"{options.model.name}: {correct}/{len(labels)} = {100 * correct / len(labels):.2f} %")


if __name__ == "__main__":
    main()

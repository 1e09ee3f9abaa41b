#!/usr/bin/env python3
"""Trains the digits MLP (64-32-10) of artifacts/digits-mlp and writes its files.

The data are the 1,797 handwritten digits of scikit-learn (load_digits), 8x8 pixels of
0 to 16. Every fifth digit is held out. Plain numpy, fixed seeds, a few seconds.

Usage: python scripts/train-digits.py
       python scripts/train-digits.py --evaluate MODEL.onnx
"""

import argparse
import json
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from sklearn.datasets import load_digits

OUTPUT = Path(__file__).resolve().parent.parent / "artifacts" / "digits-mlp"
SEED = 20240518
EPOCHS = 60
BATCH_SIZE = 32
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.05
CALIBRATION_SIZE = 128

# Pixels are stored as 15 times the value, so that they span most of a byte.
PIXEL_UNIT = 15


def split():
    """(pixels, labels) for training and for the held-out fifth; pixels are uint8 [n,1,8,8]."""
    digits = load_digits()
    pixels = (digits.images * PIXEL_UNIT).astype(np.uint8)[:, None]
    held_out = np.arange(len(pixels)) % 5 == 4
    labels = digits.target.astype(np.uint8)
    return (pixels[~held_out], labels[~held_out]), (pixels[held_out], labels[held_out])


def to_float(pixels):
    return (pixels.astype(np.float64) / (16 * PIXEL_UNIT)).astype(np.float32)


def forward(parameters, x):
    hidden = np.maximum(x @ parameters["fc1.weight"] + parameters["fc1.bias"], 0)
    return hidden, hidden @ parameters["fc2.weight"] + parameters["fc2.bias"]


def gradients(parameters, x, labels):
    hidden, logits = forward(parameters, x)
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    probabilities[np.arange(len(labels)), labels] -= 1
    delta = probabilities / len(labels)
    below = (delta @ parameters["fc2.weight"].T) * (hidden > 0)
    return {
        "fc2.weight": hidden.T @ delta,
        "fc2.bias": delta.sum(axis=0),
        "fc1.weight": x.T @ below,
        "fc1.bias": below.sum(axis=0),
    }


def train(pixels, labels):
    """AdamW with a cosine rate."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    x = to_float(pixels).reshape(len(pixels), 64).astype(np.float64)
    parameters = {
        "fc1.weight": rng.standard_normal((64, 32)) * np.sqrt(2 / 64),
        "fc1.bias": np.zeros(32),
        "fc2.weight": rng.standard_normal((32, 10)) * np.sqrt(2 / 32),
        "fc2.bias": np.zeros(10),
    }
    first = {name: np.zeros_like(value) for name, value in parameters.items()}
    second = {name: np.zeros_like(value) for name, value in parameters.items()}
    steps = EPOCHS * (len(x) // BATCH_SIZE)
    step = 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))
        for start in range(0, len(x) - BATCH_SIZE + 1, BATCH_SIZE):
            step += 1
            rate = LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
            chosen = order[start : start + BATCH_SIZE]
            for name, gradient in gradients(parameters, x[chosen], labels[chosen]).items():
                first[name] += 0.1 * (gradient - first[name])
                second[name] += 0.001 * (gradient**2 - second[name])
                update = first[name] / (1 - 0.9**step)
                update = update / (np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8)
                if name.endswith("weight"):
                    update = update + WEIGHT_DECAY * parameters[name]
                parameters[name] -= rate * update
    return {name: value.astype(np.float32) for name, value in parameters.items()}


def export(parameters, path):
    """Opset 17, IR version 8, symbolic batch size "N"."""
    weights = [
        numpy_helper.from_array(
            np.ascontiguousarray(value.T if name.endswith("weight") else value), name
        )
        for name, value in parameters.items()
    ]

    def dense(name, source, target):
        inputs = [source, f"{name}.weight", f"{name}.bias"]
        return helper.make_node("Gemm", inputs, [target], name=name, alpha=1.0, beta=1.0, transB=1)

    nodes = [
        helper.make_node("Flatten", ["image"], ["flatten"], name="flatten", axis=1),
        dense("fc1", "flatten", "fc1"),
        helper.make_node("Relu", ["fc1"], ["relu1"], name="relu1"),
        dense("fc2", "relu1", "logits"),
    ]
    graph = helper.make_graph(
        nodes,
        "digits-mlp",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])],
        weights,
    )
    model = helper.make_model(
        graph,
        producer_name="provenn",
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def predict(path, pixels):
    """Predicted classes in onnxruntime, one digit at a time; int8 kernels where the model has int8."""
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.qdqisint8allowed", "1")
    if any(item.data_type == TensorProto.UINT8 for item in onnx.load(path).graph.initializer):
        options.add_session_config_entry("session.x64quantprecision", "1")
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return np.array([session.run(None, {name: x[None]})[0].argmax() for x in to_float(pixels)])


def report(path, pixels, labels):
    right = int((predict(path, pixels) == labels).sum())
    print(f"{path.name}: {right}/{len(labels)} = {100 * right / len(labels):.2f} %")


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_assets(path, training, held_out):
    directory = OUTPUT / "images"
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("*.png"):
        old.unlink()
    pixels, labels = held_out
    predictions = predict(path, pixels)
    entries = []
    for label in range(10):
        index = int(np.flatnonzero((predictions == labels) & (labels == label))[0])
        Image.fromarray(pixels[index, 0]).save(directory / f"{label}.png", optimize=True)
        entries.append({"file": f"{label}.png", "index": 5 * index + 4, "label": label})
    write_json(OUTPUT / "images.json", entries)
    classes = [str(digit) for digit in range(10)]
    preprocess = {
        "kind": "image",
        "width": 8,
        "height": 8,
        "channels": 1,
        "layout": "NCHW",
        "scale": [1 / (16 * PIXEL_UNIT)],
        "offset": [0],
        "labels": classes,
    }
    write_json(OUTPUT / "preprocess.json", preprocess)
    rng = np.random.Generator(np.random.PCG64(SEED))
    chosen = np.sort(rng.choice(len(training[0]), CALIBRATION_SIZE, replace=False))
    with zipfile.ZipFile(OUTPUT / "calibration.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, value in {"image": training[0][chosen], "label": training[1][chosen]}.items():
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as stream:
                np.lib.format.write_array(stream, value, allow_pickle=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--evaluate", type=Path, help="only print the accuracy of a model")
    options = parser.parse_args()
    training, held_out = split()
    if options.evaluate is not None:
        report(options.evaluate, *held_out)
        return
    OUTPUT.mkdir(parents=True, exist_ok=True)
    path = OUTPUT / "digits-mlp.onnx"
    export(train(*training), path)
    report(path, *held_out)
    write_assets(path, training, held_out)


if __name__ == "__main__":
    main()

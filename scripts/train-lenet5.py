#!/usr/bin/env python3
"""Trains LeNet-5 on Fashion-MNIST in plain numpy and exports it to ONNX.

Writes everything under artifacts/lenet5 except the README: the float model,
sample test images, labels, the preprocessing description and a calibration set.
All seeds are fixed; the numbers depend only on the numpy/BLAS build.

Usage: python scripts/train-lenet5.py [--data DIR] [--epochs N] [--assets-only]
"""

import os

# One BLAS thread: no difference in summation order between runs.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import time
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from fashion_mnist import CLASS_NAMES, DEFAULT_DIRECTORY, load_split, pixels_to_float

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "artifacts" / "lenet5"
MODEL_PATH = OUTPUT / "lenet5.onnx"

SEED = 20240517
BATCH_SIZE = 64
PEAK_LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.05
CALIBRATION_SIZE = 256
WRONG_EXAMPLES = 2

FILE_SLUGS = [
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle-boot",
]


# --- Network (channels-last inside; ReLU and max commute, so ReLU runs after pooling) ---


def patches(image, size):
    """im2col: [N,H,W,C] -> [N*(H-size+1)*(W-size+1), size*size*C]."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size), axis=(1, 2))
    windows = windows.transpose(0, 1, 2, 4, 5, 3)
    return np.ascontiguousarray(windows).reshape(-1, size * size * image.shape[3])


def unpatch(columns, shape, size):
    """The adjoint of `patches`: sums overlapping windows back into [N,H,W,C]."""
    count, height, width, channels = shape
    out_height, out_width = height - size + 1, width - size + 1
    windows = columns.reshape(count, out_height, out_width, size, size, channels)
    image = np.zeros(shape, np.float32)
    for row in range(size):
        for column in range(size):
            image[:, row : row + out_height, column : column + out_width] += windows[
                :, :, :, row, column
            ]
    return image


CORNERS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def max_pool(image):
    """2x2 max pooling with stride 2."""
    quarters = [image[:, row::2, column::2] for row, column in CORNERS]
    return np.maximum(
        np.maximum(quarters[0], quarters[1]), np.maximum(quarters[2], quarters[3])
    )


def max_pool_gradient(image, pooled, gradient):
    """Routes `gradient` to the maximal element of every 2x2 window."""
    result = np.empty_like(image)
    for row, column in CORNERS:
        is_maximum = image[:, row::2, column::2] == pooled
        result[:, row::2, column::2] = gradient * is_maximum
    return result


def initial_parameters(rng):
    """He-initialised weights; matrices are [fan_in, fan_out]."""
    layers = [("conv1", 25, 6), ("conv2", 150, 16), ("fc1", 400, 120), ("fc2", 120, 84), ("fc3", 84, 10)]
    parameters = {}
    for name, fan_in, fan_out in layers:
        deviation = np.sqrt(2.0 / fan_in)
        parameters[f"{name}.weight"] = (
            rng.standard_normal((fan_in, fan_out)) * deviation
        ).astype(np.float32)
        parameters[f"{name}.bias"] = np.zeros(fan_out, np.float32)
    return parameters


def forward(parameters, batch):
    """Returns the logits of [N,28,28,1] images, and what `backward` needs."""
    count = len(batch)
    padded = np.pad(batch, ((0, 0), (2, 2), (2, 2), (0, 0)))
    columns1 = patches(padded, 5)
    conv1 = columns1 @ parameters["conv1.weight"] + parameters["conv1.bias"]
    conv1 = conv1.reshape(count, 28, 28, 6)
    raw1 = max_pool(conv1)
    pool1 = np.maximum(raw1, 0)
    columns2 = patches(pool1, 5)
    conv2 = columns2 @ parameters["conv2.weight"] + parameters["conv2.bias"]
    conv2 = conv2.reshape(count, 10, 10, 16)
    raw2 = max_pool(conv2)
    pool2 = np.maximum(raw2, 0)
    # Flatten in channels-first order, as the exported model does.
    flat = pool2.transpose(0, 3, 1, 2).reshape(count, 400)
    hidden1 = np.maximum(flat @ parameters["fc1.weight"] + parameters["fc1.bias"], 0)
    hidden2 = np.maximum(hidden1 @ parameters["fc2.weight"] + parameters["fc2.bias"], 0)
    logits = hidden2 @ parameters["fc3.weight"] + parameters["fc3.bias"]
    return logits, (columns1, conv1, raw1, pool1, columns2, conv2, raw2, flat, hidden1, hidden2)


def backward(parameters, saved, logits_gradient):
    """Returns the gradient of every parameter."""
    columns1, conv1, raw1, pool1, columns2, conv2, raw2, flat, hidden1, hidden2 = saved
    count = len(flat)
    gradients = {}

    def dense(name, layer_input, gradient):
        gradients[f"{name}.weight"] = layer_input.T @ gradient
        gradients[f"{name}.bias"] = gradient.sum(axis=0)
        return gradient

    dense("fc3", hidden2, logits_gradient)
    gradient = (logits_gradient @ parameters["fc3.weight"].T) * (hidden2 > 0)
    dense("fc2", hidden1, gradient)
    gradient = (gradient @ parameters["fc2.weight"].T) * (hidden1 > 0)
    dense("fc1", flat, gradient)
    gradient = gradient @ parameters["fc1.weight"].T
    gradient = gradient.reshape(count, 16, 5, 5).transpose(0, 2, 3, 1) * (raw2 > 0)
    gradient = max_pool_gradient(conv2, raw2, gradient).reshape(-1, 16)
    dense("conv2", columns2, gradient)
    gradient = unpatch(gradient @ parameters["conv2.weight"].T, pool1.shape, 5) * (raw1 > 0)
    gradient = max_pool_gradient(conv1, raw1, gradient).reshape(-1, 6)
    dense("conv1", columns1, gradient)
    return gradients


def cross_entropy_gradient(logits, labels):
    """Returns (mean loss, gradient with respect to the logits)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    probabilities = np.exp(shifted)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = -np.log(probabilities[rows, labels] + 1e-12).mean()
    probabilities[rows, labels] -= 1
    return loss, probabilities / np.float32(len(labels))


def accuracy(parameters, images, labels):
    """Top-1 accuracy on channels-last float images."""
    correct = 0
    for start in range(0, len(images), 500):
        logits, _ = forward(parameters, images[start : start + 500])
        correct += int((logits.argmax(axis=1) == labels[start : start + 500]).sum())
    return correct / len(images)


def train(data_directory, epochs):
    """Trains with AdamW, a one-cycle cosine rate and random horizontal flips."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    pixels, labels = load_split("train", data_directory)
    test_pixels, test_labels = load_split("test", data_directory)
    images = pixels_to_float(pixels).transpose(0, 2, 3, 1)
    test_images = pixels_to_float(test_pixels).transpose(0, 2, 3, 1)

    parameters = initial_parameters(rng)
    first_moment = {name: np.zeros_like(value) for name, value in parameters.items()}
    second_moment = {name: np.zeros_like(value) for name, value in parameters.items()}
    steps_per_epoch = len(images) // BATCH_SIZE
    total_steps = epochs * steps_per_epoch
    step = 0
    for epoch in range(epochs):
        started = time.time()
        losses = []
        order = rng.permutation(len(images))
        for index in range(steps_per_epoch):
            step += 1
            warm_up = min(1.0, step / 500)
            rate = PEAK_LEARNING_RATE * warm_up * 0.5 * (1 + np.cos(np.pi * step / total_steps))
            chosen = order[index * BATCH_SIZE : (index + 1) * BATCH_SIZE]
            batch = images[chosen]
            flipped = rng.random(BATCH_SIZE) < 0.5
            batch[flipped] = batch[flipped][:, :, ::-1]
            logits, saved = forward(parameters, batch)
            loss, gradient = cross_entropy_gradient(logits, labels[chosen])
            losses.append(loss)
            gradients = backward(parameters, saved, gradient)
            for name, value in parameters.items():
                first_moment[name] += 0.1 * (gradients[name] - first_moment[name])
                second_moment[name] += 0.001 * (gradients[name] ** 2 - second_moment[name])
                corrected1 = first_moment[name] / (1 - 0.9**step)
                corrected2 = second_moment[name] / (1 - 0.999**step)
                update = corrected1 / (np.sqrt(corrected2) + 1e-8)
                if name.endswith(".weight"):
                    update = update + WEIGHT_DECAY * value
                parameters[name] = (value - rate * update).astype(np.float32)
        print(
            f"epoch {epoch + 1}/{epochs}: loss {np.mean(losses):.4f}, "
            f"test accuracy {accuracy(parameters, test_images, test_labels):.4f}, "
            f"{time.time() - started:.0f} s",
            flush=True,
        )
    return parameters


# --- ONNX export ---


def onnx_weights(parameters):
    """Reorders the trained matrices into the ONNX layouts (OIHW, and [out,in] for transB=1)."""
    weights = {}
    for name, (channels_in, channels_out) in {"conv1": (1, 6), "conv2": (6, 16)}.items():
        kernel = parameters[f"{name}.weight"].reshape(5, 5, channels_in, channels_out)
        weights[f"{name}.weight"] = kernel.transpose(3, 2, 0, 1)
        weights[f"{name}.bias"] = parameters[f"{name}.bias"]
    for name in ("fc1", "fc2", "fc3"):
        weights[f"{name}.weight"] = parameters[f"{name}.weight"].T
        weights[f"{name}.bias"] = parameters[f"{name}.bias"]
    return {name: np.ascontiguousarray(value, np.float32) for name, value in weights.items()}


def export(parameters, path):
    """Writes the float model: opset 17, IR version 8, symbolic batch size "N"."""

    def conv(name, source, pads):
        return helper.make_node(
            "Conv",
            [source, f"{name}.weight", f"{name}.bias"],
            [name],
            name=name,
            dilations=[1, 1],
            group=1,
            kernel_shape=[5, 5],
            pads=pads,
            strides=[1, 1],
        )

    def relu(name, source):
        return helper.make_node("Relu", [source], [name], name=name)

    def pool(name, source):
        return helper.make_node(
            "MaxPool", [source], [name], name=name, kernel_shape=[2, 2], strides=[2, 2]
        )

    def dense(name, source, target):
        return helper.make_node(
            "Gemm",
            [source, f"{name}.weight", f"{name}.bias"],
            [target],
            name=name,
            alpha=1.0,
            beta=1.0,
            transB=1,
        )

    nodes = [
        conv("conv1", "image", [2, 2, 2, 2]),
        relu("relu1", "conv1"),
        pool("pool1", "relu1"),
        conv("conv2", "pool1", [0, 0, 0, 0]),
        relu("relu2", "conv2"),
        pool("pool2", "relu2"),
        helper.make_node("Flatten", ["pool2"], ["flatten"], name="flatten", axis=1),
        dense("fc1", "flatten", "fc1"),
        relu("relu3", "fc1"),
        dense("fc2", "relu3", "fc2"),
        relu("relu4", "fc2"),
        dense("fc3", "relu4", "logits"),
    ]
    graph = helper.make_graph(
        nodes,
        "lenet5",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(value, name) for name, value in onnx_weights(parameters).items()],
    )
    model = helper.make_model(
        graph,
        producer_name="provenn",
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


# --- The other files of artifacts/lenet5 ---


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_deterministic_npz(path, arrays):
    """np.savez_compressed with a fixed timestamp, so equal content gives equal bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, value in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as stream:
                np.lib.format.write_array(stream, value, allow_pickle=False)


def write_images(predictions, pixels, labels):
    """Saves one right example per class and the first wrong ones, with images.json."""
    directory = OUTPUT / "images"
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("*.png"):
        old.unlink()
    right = predictions == labels
    chosen = []
    for label, slug in enumerate(FILE_SLUGS):
        index = int(np.flatnonzero(right & (labels == label))[0])
        chosen.append((f"{label}-{slug}.png", index))
    for index in np.flatnonzero(~right)[:WRONG_EXAMPLES]:
        label, predicted = int(labels[index]), int(predictions[index])
        name = f"wrong-{label}-{FILE_SLUGS[label]}-as-{predicted}-{FILE_SLUGS[predicted]}.png"
        chosen.append((name, int(index)))
    entries = []
    for name, index in chosen:
        Image.fromarray(pixels[index, 0]).save(directory / name, optimize=True)
        entries.append(
            {
                "file": name,
                "index": index,
                "label": int(labels[index]),
                "predicted": int(predictions[index]),
            }
        )
    write_json(OUTPUT / "images.json", entries)


def write_assets(data_directory):
    """Writes images, labels, preprocessing and calibration data for the exported model."""
    pixels, labels = load_split("test", data_directory)
    session = onnxruntime.InferenceSession(str(MODEL_PATH), providers=["CPUExecutionProvider"])
    logits = session.run(None, {"image": pixels_to_float(pixels)})[0]
    predictions = logits.argmax(axis=1)
    print(f"float test accuracy in onnxruntime: {(predictions == labels).mean():.4f}")
    write_images(predictions, pixels, labels)
    write_json(OUTPUT / "labels.json", CLASS_NAMES)
    write_json(
        OUTPUT / "preprocess.json",
        {
            "kind": "image",
            "width": 28,
            "height": 28,
            "channels": 1,
            "layout": "NCHW",
            "scale": [0.00392156862745098],
            "offset": [0],
            "labels": CLASS_NAMES,
        },
    )
    train_pixels, train_labels = load_split("train", data_directory)
    rng = np.random.Generator(np.random.PCG64(SEED))
    chosen = np.sort(rng.choice(len(train_pixels), CALIBRATION_SIZE, replace=False))
    write_deterministic_npz(
        OUTPUT / "calibration.npz",
        {"image": train_pixels[chosen], "label": train_labels[chosen]},
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DIRECTORY)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument(
        "--assets-only", action="store_true", help="keep the trained model, rewrite the rest"
    )
    options = parser.parse_args()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    if not options.assets_only:
        export(train(options.data, options.epochs), MODEL_PATH)
    write_assets(options.data)


if __name__ == "__main__":
    main()

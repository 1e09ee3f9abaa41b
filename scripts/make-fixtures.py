#!/usr/bin/env python3
"""Makes the model fixtures of the tests with onnxruntime's own static quantizer.

Reads artifacts/lenet5 (float model, calibration set, sample images) and writes

  test/fixtures/models/  LeNet-5 in eight int8 flavours, tiny int8 models and small
                         networks of the common kinds, next to their float sources;
  test/fixtures/bad/     malformed or unsupported models for error tests;
  test/fixtures/ort/     what onnxruntime computes for each int8 model: every
                         integer tensor of the tiny models, the outputs of the others.

Everything is seeded; with the versions of requirements.txt a second run gives
the same bytes.

Usage: python scripts/make-fixtures.py
"""

import os
import sys

# The quantizer iterates over sets of strings, so the hash seed is part of the recipe.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, *sys.argv])

import json
import logging
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quant_pre_process,
    quantize_static,
)
from PIL import Image

from fashion_mnist import pixels_to_float
from fixture_builders import build_model, generator, node, random_bias, random_weight
from fixture_networks import NETWORKS

ROOT = Path(__file__).resolve().parent.parent
LENET = ROOT / "artifacts" / "lenet5"
FIXTURES = ROOT / "test" / "fixtures"
MODELS = FIXTURES / "models"
BAD = FIXTURES / "bad"
EXPECTED = FIXTURES / "ort"

CALIBRATION_SAMPLES = 64
LENET_IMAGES = ["0-t-shirt.png", "5-sandal.png", "9-ankle-boot.png"]

FORMATS = {"qop": QuantFormat.QOperator, "qdq": QuantFormat.QDQ}
# Types of activations and weights.
TYPES = {
    "u8s8": (QuantType.QUInt8, QuantType.QInt8),
    "s8s8": (QuantType.QInt8, QuantType.QInt8),
    "u8u8": (QuantType.QUInt8, QuantType.QUInt8),
}
INTEGER_TYPES = (TensorProto.INT8, TensorProto.UINT8, TensorProto.INT32)


def save(model, path):
    path.write_bytes(model.SerializeToString(deterministic=True))


# --- Float sources of the tiny models ---


def tiny_mlp():
    """Gemm 8->6, Relu, Gemm 6->3."""
    rng = generator("tiny-mlp")
    weights = {
        "fc1.weight": random_weight(rng, (6, 8), 8),
        "fc1.bias": random_bias(rng, 6),
        "fc2.weight": random_weight(rng, (3, 6), 6),
        "fc2.bias": random_bias(rng, 3),
    }
    nodes = [
        node("Gemm", ["input", "fc1.weight", "fc1.bias"], "fc1", transB=1),
        node("Relu", ["fc1"], "relu1"),
        node("Gemm", ["relu1", "fc2.weight", "fc2.bias"], "output", "fc2", transB=1),
    ]
    return build_model("tiny-mlp", [1, 8], [1, 3], nodes, weights)


def tiny_cnn():
    """Conv 1->2 3x3 pad 1, Relu, MaxPool 2, Flatten, Gemm 18->3."""
    rng = generator("tiny-cnn")
    weights = {
        "conv1.weight": random_weight(rng, (2, 1, 3, 3), 9),
        "conv1.bias": random_bias(rng, 2),
        "fc1.weight": random_weight(rng, (3, 18), 18),
        "fc1.bias": random_bias(rng, 3),
    }
    nodes = [
        node(
            "Conv",
            ["input", "conv1.weight", "conv1.bias"],
            "conv1",
            kernel_shape=[3, 3],
            pads=[1, 1, 1, 1],
        ),
        node("Relu", ["conv1"], "relu1"),
        node("MaxPool", ["relu1"], "pool1", kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten", ["pool1"], "flatten"),
        node("Gemm", ["flatten", "fc1.weight", "fc1.bias"], "output", "fc1", transB=1),
    ]
    return build_model("tiny-cnn", [1, 1, 6, 6], [1, 3], nodes, weights)


def tiny_stride():
    """Grouped Conv 2->4 with stride 2 and asymmetric pads, Relu, padded overlapping MaxPool."""
    rng = generator("tiny-stride")
    # Channels of very different magnitude make per-channel scales matter.
    magnitudes = np.array([0.25, 1, 2, 0.5], np.float32).reshape(4, 1, 1, 1)
    weights = {
        "conv1.weight": random_weight(rng, (4, 1, 3, 3), 9) * magnitudes,
        "conv1.bias": random_bias(rng, 4),
    }
    nodes = [
        node(
            "Conv",
            ["input", "conv1.weight", "conv1.bias"],
            "conv1",
            kernel_shape=[3, 3],
            group=2,
            strides=[2, 2],
            pads=[1, 0, 2, 1],
        ),
        node("Relu", ["conv1"], "relu1"),
        node(
            "MaxPool",
            ["relu1"],
            "output",
            "pool1",
            kernel_shape=[3, 3],
            strides=[2, 2],
            pads=[1, 1, 1, 1],
        ),
    ]
    return build_model("tiny-stride", [1, 2, 7, 7], [1, 4, 2, 2], nodes, weights)


def tiny_matmul():
    """MatMul + Add, Relu, MatMul + Add: linear layers exported without Gemm."""
    rng = generator("tiny-matmul")
    weights = {
        "fc1.weight": random_weight(rng, (8, 6), 8),
        "fc1.bias": random_bias(rng, 6),
        "fc2.weight": random_weight(rng, (6, 5), 6),
        "fc2.bias": random_bias(rng, 5),
    }
    nodes = [
        node("MatMul", ["input", "fc1.weight"], "fc1.matmul"),
        node("Add", ["fc1.bias", "fc1.matmul"], "fc1.add"),
        node("Relu", ["fc1.add"], "relu1"),
        node("MatMul", ["relu1", "fc2.weight"], "fc2.matmul"),
        node("Add", ["fc2.bias", "fc2.matmul"], "output", "fc2.add"),
    ]
    return build_model("tiny-matmul", [1, 8], [1, 5], nodes, weights)


# --- Quantization ---


class Samples(CalibrationDataReader):
    """Feeds a list of input arrays to the calibrator."""

    def __init__(self, name, arrays):
        self.feeds = iter([{name: array} for array in arrays])

    def get_next(self):
        return next(self.feeds, None)


def quantize(source, target, samples, flavour, types, per_channel=False, operators=None, **extra_options):
    """Quantizes the model file `source` into `target`, `operators` only when given."""
    activation_type, weight_type = TYPES[types]
    input_name = onnx.load(source).graph.input[0].name
    with tempfile.TemporaryDirectory() as scratch:
        raw = Path(scratch) / "quantized.onnx"
        quantize_static(
            str(source),
            str(raw),
            Samples(input_name, samples),
            quant_format=FORMATS[flavour],
            per_channel=per_channel,
            activation_type=activation_type,
            weight_type=weight_type,
            calibrate_method=CalibrationMethod.MinMax,
            op_types_to_quantize=operators,
            extra_options=extra_options,
        )
        save(onnx.load(raw), target)


def make_lenet_models():
    """The eight LeNet-5 flavours, from the pre-processed float model."""
    with np.load(LENET / "calibration.npz") as archive:
        images = pixels_to_float(archive["image"])
    samples = [images[index : index + 1] for index in range(len(images))]
    paths = []
    with tempfile.TemporaryDirectory() as scratch:
        prepared = Path(scratch) / "prepared.onnx"
        quant_pre_process(str(LENET / "lenet5.onnx"), str(prepared))
        for flavour in FORMATS:
            for granularity in ("tensor", "channel"):
                for types in ("u8s8", "s8s8"):
                    path = MODELS / f"lenet5.{flavour}.{granularity}.{types}.onnx"
                    per_channel = granularity == "channel"
                    quantize(prepared, path, samples, flavour, types, per_channel)
                    paths.append(path)
    return paths


# name -> (float source, format, activation type, per channel, extra options)
TINY_MODELS = {
    "tiny-mlp.qdq": (tiny_mlp, "qdq", "s8s8", False, {}),
    "tiny-mlp.qop": (tiny_mlp, "qop", "s8s8", False, {}),
    "tiny-mlp.u8s8.qop": (tiny_mlp, "qop", "u8s8", True, {}),
    "tiny-cnn.qdq": (tiny_cnn, "qdq", "s8s8", False, {}),
    "tiny-cnn.qop": (tiny_cnn, "qop", "s8s8", False, {}),
    "tiny-cnn.u8s8.qdq": (tiny_cnn, "qdq", "u8s8", True, {}),
    # Symmetric activations: the zero point is 0 and every Relu stays in the graph.
    "tiny-cnn.symmetric.qdq": (tiny_cnn, "qdq", "s8s8", True, {"ActivationSymmetric": True}),
    "tiny-cnn.symmetric.qop": (tiny_cnn, "qop", "s8s8", True, {"ActivationSymmetric": True}),
    "tiny-stride.qop": (tiny_stride, "qop", "s8s8", True, {}),
    "tiny-matmul.qdq": (tiny_matmul, "qdq", "s8s8", False, {}),
}


def input_dims(model):
    return [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim]


def make_tiny_models():
    """The tiny models, not pre-processed: their graphs reach the quantizer as written."""
    paths = []
    for name, (source, flavour, activation, per_channel, options) in TINY_MODELS.items():
        base = name.split(".")[0]
        model = source()
        float_path = MODELS / f"{base}.float.onnx"
        save(model, float_path)
        rng = generator(f"{base} calibration")
        samples = rng.standard_normal((CALIBRATION_SAMPLES, *input_dims(model)))
        path = MODELS / f"{name}.onnx"
        quantize(
            float_path, path, list(samples.astype(np.float32)), flavour, activation, per_channel, **options
        )
        paths.append(path)
    return paths


# Every network in each of these: format, weight scales, types.
NETWORK_FLAVOURS = [
    ("qdq", "channel", "u8s8"),
    ("qdq", "channel", "s8s8"),
    ("qdq", "tensor", "u8u8"),
    ("qop", "channel", "u8s8"),
    ("qop", "tensor", "s8s8"),
]


# By default the QDQ quantizer leaves an average pool after a function it does not know in
# floating point; named, both become integers. QOperator has no integer form to name.
NAMED_OPERATORS = {("average-tanh", "qdq"): ["Conv", "Tanh", "AveragePool", "Gemm"]}


def make_network_models():
    """The networks, pre-processed as onnxruntime recommends: BatchNormalization is folded by then."""
    paths = []
    for name, source in NETWORKS.items():
        float_path = MODELS / f"{name}.float.onnx"
        model = source()
        save(model, float_path)
        rng = generator(f"{name} calibration")
        samples = rng.standard_normal((CALIBRATION_SAMPLES, *input_dims(model))).astype(np.float32)
        with tempfile.TemporaryDirectory() as scratch:
            prepared = Path(scratch) / "prepared.onnx"
            quant_pre_process(str(float_path), str(prepared))
            for flavour, granularity, types in NETWORK_FLAVOURS:
                path = MODELS / f"{name}.{flavour}.{granularity}.{types}.onnx"
                operators = NAMED_OPERATORS.get((name, flavour))
                quantize(prepared, path, list(samples), flavour, types, granularity == "channel", operators)
                paths.append(path)
    return paths


# --- Expected values ---


def open_session(model):
    """Full graph optimisation, with signed int8 QDQ groups run as integer kernels.

    On x64 without VNNI the fast uint8-by-int8 kernels saturate their 16-bit partial
    sums; the precision mode avoids that, so the values are the same on every machine.
    It does not support int8 activations, whose kernels do not saturate.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.qdqisint8allowed", "1")
    if TensorProto.UINT8 in element_types(model).values():
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def tensor_entry(array):
    return {
        "type": str(array.dtype),
        "dims": list(array.shape),
        "data": array.ravel().tolist(),
    }


# The input that holds the output zero point, by operator.
ZERO_POINT_INPUT = {
    "QuantizeLinear": 2,
    "QLinearConv": 7,
    "QLinearMatMul": 7,
    "QLinearAdd": 7,
    "QGemm": 8,
}
SHAPE_OPERATORS = ("MaxPool", "Flatten", "Reshape", "Relu")


def element_types(model):
    """Element type of every tensor, also across the com.microsoft operators.

    ONNX's own inference does not know those: here an output has the type of its
    zero point, or for shape operators that of the input; all else is float32.
    """
    types = {item.name: item.data_type for item in model.graph.initializer}
    types |= {item.name: item.type.tensor_type.elem_type for item in model.graph.input}
    for item in model.graph.node:
        if item.op_type in ZERO_POINT_INPUT:
            source = item.input[ZERO_POINT_INPUT[item.op_type]]
        else:
            source = item.input[0] if item.op_type in SHAPE_OPERATORS else None
        types[item.output[0]] = types[source] if source else TensorProto.FLOAT
    return types


def with_integer_outputs(model):
    """A copy of the model that also returns every integer tensor its nodes produce."""
    types = element_types(model)
    outputs = {item.name for item in model.graph.output}
    exposed = onnx.ModelProto()
    exposed.CopyFrom(model)
    for item in model.graph.node:
        name = item.output[0]
        if types[name] in INTEGER_TYPES and name not in outputs:
            exposed.graph.output.append(helper.make_tensor_value_info(name, types[name], None))
    return exposed


def write_expected(path, value):
    """JSON with one line per tensor."""
    tensors = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(entry)}" for name, entry in value["tensors"].items()
    )
    path.write_text(
        "{\n"
        f'  "model": {json.dumps(value["model"])},\n'
        f'  "input": {json.dumps(value["input"])},\n'
        f'  "tensors": {{\n{tensors}\n  }}\n'
        "}\n"
    )


def make_tiny_expected(path):
    """All integer tensors and the output of a tiny model for one seeded input."""
    model = onnx.load(path)
    rng = generator(f"{path.stem} input")
    dims = input_dims(model)
    # Multiples of 1/256 print as short exact decimals.
    values = (np.round(rng.standard_normal(dims) * 256) / 256).astype(np.float32)
    exposed = with_integer_outputs(model)
    session = open_session(exposed)
    names = [item.name for item in session.get_outputs()]
    results = dict(zip(names, session.run(names, {"input": values})))
    plain = open_session(model).run(["output"], {"input": values})[0]
    if not np.array_equal(plain, results["output"]):
        raise SystemExit(f"{path.name}: observing the integer tensors changes the result")
    produced = [item.output[0] for item in model.graph.node]
    write_expected(
        EXPECTED / f"{path.stem}.json",
        {
            "model": path.name,
            "input": {
                "name": "input",
                "dims": list(values.shape),
                "data": values.ravel().tolist(),
            },
            "tensors": {name: tensor_entry(results[name]) for name in produced if name in results},
        },
    )


def make_network_expected(path):
    """The output for two seeded inputs, one row per input."""
    model = onnx.load(path)
    dims = input_dims(model)
    rng = generator(f"{path.stem} input")
    values = (np.round(rng.standard_normal([2, *dims[1:]]) * 256) / 256).astype(np.float32)
    session = open_session(model)
    rows = [session.run(["output"], {"input": values[i : i + 1]})[0] for i in range(len(values))]
    write_expected(
        EXPECTED / f"{path.stem}.json",
        {
            "model": path.name,
            "input": {"name": "input", "dims": list(values.shape), "data": values.ravel().tolist()},
            "tensors": {"output": tensor_entry(np.concatenate(rows))},
        },
    )


def make_lenet_expected(path):
    """The logits of three sample images, one row per image."""
    pixels = np.stack([np.array(Image.open(LENET / "images" / name)) for name in LENET_IMAGES])
    images = pixels_to_float(pixels[:, np.newaxis])
    session = open_session(onnx.load(path))
    rows = [session.run(["logits"], {"image": images[i : i + 1]})[0] for i in range(len(images))]
    write_expected(
        EXPECTED / f"{path.stem}.json",
        {
            "model": path.name,
            "input": {"name": "image", "dims": list(images.shape), "images": LENET_IMAGES},
            "tensors": {"logits": tensor_entry(np.concatenate(rows))},
        },
    )


# --- Models that must be refused ---


def replace_initializer(model, name, array):
    for item in model.graph.initializer:
        if item.name == name:
            item.CopyFrom(numpy_helper.from_array(array, name))
            return
    raise KeyError(name)


def nan_scale():
    """The int8 QDQ MLP with a NaN weight scale."""
    model = onnx.load(MODELS / "tiny-mlp.qdq.onnx")
    replace_initializer(model, "fc1.weight_scale", np.array(np.nan, np.float32))
    return model


def nan_float():
    """The float MLP with one NaN weight."""
    model = tiny_mlp()
    weight = next(item for item in model.graph.initializer if item.name == "fc1.weight")
    values = numpy_helper.to_array(weight).copy()
    values[2, 3] = np.nan
    replace_initializer(model, "fc1.weight", values)
    return model


def cycle():
    """Two Add nodes feeding each other."""
    nodes = [
        node("Add", ["input", "second"], "first"),
        node("Add", ["input", "first"], "second"),
        node("Relu", ["second"], "output"),
    ]
    return build_model("cycle", [1, 8], [1, 8], nodes, {}, check=False)


def external_data():
    """The float MLP with a weight that claims to live in a file outside the model's folder."""
    model = tiny_mlp()
    weight = next(item for item in model.graph.initializer if item.name == "fc1.weight")
    length = len(weight.raw_data)
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "../secret.bin"), ("offset", "0"), ("length", str(length))):
        weight.external_data.add(key=key, value=value)
    return model


def unsupported():
    """A model with an Einsum node."""
    weights = {"weight": random_weight(generator("unsupported"), (8, 3), 8)}
    nodes = [node("Einsum", ["input", "weight"], "output", "einsum1", equation="ij,jk->ik")]
    return build_model("unsupported", [1, 8], [1, 3], nodes, weights)


def duplicate_names():
    """Two nodes that produce the same tensor."""
    nodes = [
        node("Relu", ["input"], "hidden", "relu1"),
        node("Neg", ["input"], "hidden", "neg1"),
        node("Relu", ["hidden"], "output", "relu2"),
    ]
    return build_model("duplicate-names", [1, 8], [1, 8], nodes, {}, check=False)


def make_bad_models():
    save(nan_scale(), BAD / "nan-weights.onnx")
    save(nan_float(), BAD / "nan-float.onnx")
    save(cycle(), BAD / "cycle.onnx")
    save(external_data(), BAD / "external-data.onnx")
    save(unsupported(), BAD / "unsupported.onnx")
    save(duplicate_names(), BAD / "duplicate-names.onnx")
    whole = (MODELS / "tiny-mlp.qdq.onnx").read_bytes()
    (BAD / "truncated.onnx").write_bytes(whole[: len(whole) // 2])


def main():
    logging.getLogger().setLevel(logging.ERROR)
    for directory in (MODELS, BAD, EXPECTED):
        directory.mkdir(parents=True, exist_ok=True)
    for path in make_tiny_models():
        make_tiny_expected(path)
    for path in make_network_models():
        make_network_expected(path)
    make_bad_models()
    for path in make_lenet_models():
        make_lenet_expected(path)


if __name__ == "__main__":
    main()

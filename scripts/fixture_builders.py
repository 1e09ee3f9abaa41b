"""What the float sources of the model fixtures are built with: seeded weights, nodes, models."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SEED = 7
OPSET = 17
IR_VERSION = 8


def generator(name):
    """A random generator of its own for every named model, so models stay independent."""
    return np.random.Generator(np.random.PCG64([SEED, *name.encode()]))


def build_model(name, input_dims, output_dims, nodes, weights, opset=OPSET, check=True):
    """A float32 model with one tensor "input" and one tensor "output"."""
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, input_dims)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, output_dims)],
        [numpy_helper.from_array(value, key) for key, value in weights.items()],
    )
    model = helper.make_model(
        graph,
        producer_name="provenn",
        opset_imports=[helper.make_opsetid("", opset)],
        ir_version=IR_VERSION,
    )
    if check:
        onnx.checker.check_model(model, full_check=True)
    return model


def random_weight(rng, dims, fan_in):
    return (rng.standard_normal(dims) / np.sqrt(fan_in)).astype(np.float32)


def random_bias(rng, count):
    return (rng.standard_normal(count) * 0.25).astype(np.float32)


def node(op_type, inputs, output, name=None, **attributes):
    """A node named after its output (or `name`)."""
    return helper.make_node(op_type, inputs, [output], name=name or output, **attributes)

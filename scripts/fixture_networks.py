"""Float sources of the network fixtures: small versions of the architectures people quantize.

Weights are random but seeded. Each network has one input "input" and one output "output".
"""

import numpy as np

from fixture_builders import build_model, generator, node, random_bias, random_weight

IMAGE = [1, 2, 8, 8]
CLASSES = 5


class Network:
    """A chain of layers under construction: every method takes the name of its input and returns that of its output."""

    def __init__(self, name):
        self.name = name
        self.rng = generator(name)
        self.nodes = []
        self.weights = {}

    def op(self, op_type, inputs, output, **attributes):
        self.nodes.append(node(op_type, inputs, output, **attributes))
        return output

    def constant(self, name, values):
        self.weights[name] = np.asarray(values)
        return name

    def conv(self, source, output, dims, pad=0, bias=True, **attributes):
        """Convolution with weights of shape `dims`, the same padding on all sides."""
        fan_in = int(np.prod(dims[1:]))
        self.weights[f"{output}.weight"] = random_weight(self.rng, dims, fan_in) * np.float32(1.5)
        inputs = [source, f"{output}.weight"]
        if bias:
            self.weights[f"{output}.bias"] = random_bias(self.rng, dims[0])
            inputs.append(f"{output}.bias")
        size = len(dims) - 2
        return self.op("Conv", inputs, output, kernel_shape=dims[2:], pads=[pad] * (2 * size), **attributes)

    def norm(self, source, output, channels):
        rng = self.rng
        values = {
            "gamma": rng.uniform(0.5, 1.5, channels),
            "beta": rng.normal(0, 0.25, channels),
            "mean": rng.normal(0, 0.25, channels),
            "variance": rng.uniform(0.5, 1.5, channels),
        }
        names = [self.constant(f"{output}.{key}", value.astype(np.float32)) for key, value in values.items()]
        return self.op("BatchNormalization", [source, *names], output)

    def relu6(self, source, output):
        bounds = [self.constant(f"six.{key}", np.float32(value)) for key, value in (("min", 0), ("max", 6))]
        return self.op("Clip", [source, *bounds], output)

    def dense(self, source, output, inputs, outputs):
        self.weights[f"{output}.weight"] = random_weight(self.rng, (outputs, inputs), inputs) * np.float32(1.5)
        self.weights[f"{output}.bias"] = random_bias(self.rng, outputs)
        return self.op("Gemm", [source, f"{output}.weight", f"{output}.bias"], output, transB=1)

    def head(self, source, channels):
        """Global average, then one dense layer."""
        pooled = self.op("GlobalAveragePool", [source], "average")
        flat = self.op("Flatten", [pooled], "flat")
        return self.dense(flat, "output", channels, CLASSES)

    def model(self, input_dims=None, outputs=CLASSES):
        dims = input_dims or IMAGE
        return build_model(self.name, dims, [dims[0], outputs], self.nodes, self.weights)


def residual():
    """Two residual blocks with BatchNormalization, the second with stride 2 and a projected shortcut."""
    net = Network("residual")
    x = net.conv("input", "stem.conv", [4, 2, 3, 3], 1, bias=False)
    x = net.op("Relu", [net.norm(x, "stem.norm", 4)], "stem")
    y = net.conv(x, "block1.conv1", [4, 4, 3, 3], 1, bias=False)
    y = net.op("Relu", [net.norm(y, "block1.norm1", 4)], "block1.relu1")
    y = net.conv(y, "block1.conv2", [4, 4, 3, 3], 1, bias=False)
    y = net.norm(y, "block1.norm2", 4)
    x = net.op("Relu", [net.op("Add", [y, x], "block1.add")], "block1")
    y = net.conv(x, "block2.conv1", [8, 4, 3, 3], 1, bias=False, strides=[2, 2])
    y = net.op("Relu", [net.norm(y, "block2.norm1", 8)], "block2.relu1")
    y = net.norm(net.conv(y, "block2.conv2", [8, 8, 3, 3], 1, bias=False), "block2.norm2", 8)
    x = net.norm(net.conv(x, "block2.shortcut", [8, 4, 1, 1], bias=False, strides=[2, 2]), "block2.norm3", 8)
    x = net.op("Relu", [net.op("Add", [y, x], "block2.add")], "block2")
    net.head(x, 8)
    return net.model()


def depthwise():
    """Depthwise-separable convolutions with ReLU6 and a linear bottleneck with a shortcut, as in MobileNet."""
    net = Network("depthwise")
    x = net.relu6(net.conv("input", "stem.conv", [4, 2, 3, 3], 1), "stem")
    x = net.relu6(net.conv(x, "depth1.conv", [4, 1, 3, 3], 1, group=4, strides=[2, 2]), "depth1")
    x = net.conv(x, "point1", [6, 4, 1, 1])
    y = net.relu6(net.conv(x, "expand.conv", [12, 6, 1, 1]), "expand")
    y = net.relu6(net.conv(y, "depth2.conv", [12, 1, 3, 3], 1, group=12), "depth2")
    y = net.conv(y, "project", [6, 12, 1, 1])
    x = net.op("Add", [x, y], "bottleneck")
    x = net.relu6(net.conv(x, "last.conv", [8, 6, 1, 1]), "last")
    net.head(x, 8)
    return net.model()


def average_tanh():
    """Convolutions with Tanh and average pooling, as in the first LeNet."""
    net = Network("average-tanh")
    pool = {"kernel_shape": [2, 2], "strides": [2, 2]}
    x = net.op("Tanh", [net.conv("input", "conv1", [4, 2, 3, 3], 1)], "tanh1")
    x = net.op("AveragePool", [x], "pool1", **pool)
    x = net.op("Tanh", [net.conv(x, "conv2", [6, 4, 3, 3], 1)], "tanh2")
    x = net.op("AveragePool", [x], "pool2", **pool)
    x = net.op("Flatten", [x], "flat")
    x = net.op("Tanh", [net.dense(x, "fc1", 24, 12)], "tanh3")
    net.dense(x, "output", 12, CLASSES)
    return net.model()


def activations():
    """A multi-layer perceptron with another activation after every layer."""
    net = Network("activations")
    x = net.op("LeakyRelu", [net.dense("input", "fc1", 12, 10)], "leaky", alpha=0.1)
    x = net.op("Sigmoid", [net.dense(x, "fc2", 10, 10)], "sigmoid")
    x = net.op("Elu", [net.dense(x, "fc3", 10, 10)], "elu")
    x = net.op("Softplus", [net.dense(x, "fc4", 10, 10)], "softplus")
    x = net.op("Tanh", [net.dense(x, "fc5", 10, 8)], "tanh")
    net.dense(x, "output", 8, CLASSES)
    return net.model([1, 12])


def squeeze_excite():
    """HardSwish and a squeeze-and-excitation gate, as in MobileNetV3."""
    net = Network("squeeze-excite")
    x = net.op("HardSwish", [net.conv("input", "stem.conv", [6, 2, 3, 3], 1)], "stem")
    y = net.conv(net.op("GlobalAveragePool", [x], "squeeze"), "reduce.conv", [2, 6, 1, 1])
    y = net.conv(net.op("Relu", [y], "reduce"), "gate.conv", [6, 2, 1, 1])
    y = net.op("HardSigmoid", [y], "gate", alpha=1 / 6, beta=0.5)
    x = net.op("Mul", [x, y], "excite")
    x = net.op("HardSwish", [net.conv(x, "point.conv", [8, 6, 1, 1], strides=[2, 2])], "point")
    net.head(x, 8)
    return net.model()


def inception():
    """Parallel branches joined by Concat, with max pooling among them, as in GoogLeNet."""
    net = Network("inception")
    x = net.op("Relu", [net.conv("input", "stem.conv", [4, 2, 3, 3], 1)], "stem")
    window = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [1, 1]}
    a = net.op("Relu", [net.conv(x, "one.conv", [3, 4, 1, 1])], "one")
    b = net.op("Relu", [net.conv(x, "three.reduce", [2, 4, 1, 1])], "three.relu")
    b = net.op("Relu", [net.conv(b, "three.conv", [4, 2, 3, 3], 1)], "three")
    c = net.op("MaxPool", [x], "largest", **window)
    c = net.op("Relu", [net.conv(c, "largest.conv", [2, 4, 1, 1])], "largest.relu")
    d = net.op("Concat", [a, b, c], "concat1", axis=1)
    x = net.op("MaxPool", [d], "pool", kernel_shape=[2, 2], strides=[2, 2])
    e = net.op("MaxPool", [x], "wide", **window)
    x = net.op("Concat", [e, net.conv(x, "point", [3, 9, 1, 1])], "concat2", axis=1)
    net.head(x, 12)
    return net.model()


NETWORKS = {
    "residual": residual,
    "depthwise": depthwise,
    "average-tanh": average_tanh,
    "activations": activations,
    "squeeze-excite": squeeze_excite,
    "inception": inception,
}

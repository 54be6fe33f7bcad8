"""The stock `urd` network in PyTorch, ``[1,H,0,1 Ct3,3,16 Mp3,3 Lfys64 Lfx96 Lrx96 Lfx384 O1c###]``, or a larger one.

The weights are read from a ``.lstm`` file and written to one. The input's height may differ from the file's: the
column LSTM (Lfys64) summarises any height, so 64 px needs no new weights.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from ecp_ingest.errors import TrainingError
from ecp_ingest.training.model.lstm_file import Network, Node, Weights
from ecp_ingest.training.plan import URDU, Sizes

BLANK = 2
"""The blank class of CTC, which Tesseract calls the null character."""
STRIDE = 3
"""Input columns per time step."""
_COLUMNS_AT_ONCE = 512
_NEVER = -6.0
"""Bias of a class that isn't learned yet."""
_TORCH_ORDER = (1, 2, 0, 3)
"""torch's order is input, forget, cell, output; the file's is cell (CI), input (GI), forget (GF1), output (GO)."""
_MAPS = 16
_LSTMS = ("columns", "forward1", "backward2", "forward3")
_LAYERS = re.compile(r"Lfys\d+Lfx\d+Lrx\d+Lfx\d+")
_REMEMBERED = 1.0
"""Forget bias of a new unit: at zero, its memory would halve at every time step (Jozefowicz et al., 2015)."""


class LineNetwork(nn.Module):
    def __init__(self, classes: int, sizes: Sizes = URDU) -> None:
        super().__init__()
        self.sizes = sizes
        self.conv = nn.Conv2d(1, _MAPS, 3)
        self.pool = nn.MaxPool2d(STRIDE)
        self.columns = nn.LSTM(_MAPS, sizes.columns)
        self.forward1 = nn.LSTM(sizes.columns, sizes.forward1)
        self.backward2 = nn.LSTM(sizes.forward1, sizes.backward2)
        self.forward3 = nn.LSTM(sizes.backward2, sizes.forward3)
        self.out = nn.Linear(sizes.forward3, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """B×1×H×W in [−1, 1] → T×B×classes log probabilities, T = W // 3."""
        batch, _, height, width = x.shape
        # Tesseract pads a convolution with noise, not with zeros
        padded = torch.rand(batch, 1, height + 2, width + 2, device=x.device) * 2 - 1
        padded[:, :, 1:-1, 1:-1] = x
        # tanh is monotonic: after pooling the result is the same, with a ninth of the work
        maps = torch.tanh(self.pool(self.conv(padded)))
        _, depth, rows, steps = maps.shape
        columns = maps.permute(2, 3, 0, 1).reshape(rows, steps * batch, depth)
        # pieces that fit in a core's cache are a fifth faster than all columns at once
        y = torch.cat([self.columns(piece)[0][-1] for piece in torch.split(columns, _COLUMNS_AT_ONCE, dim=1)])
        y = y.reshape(steps, batch, -1)
        y, _ = self.forward1(y)
        y, _ = self.backward2(y.flip(0))
        y, _ = self.forward3(y.flip(0))
        logits: torch.Tensor = self.out(y).float()
        return logits.log_softmax(-1)


def _layers(network: Network) -> dict[str, Node]:
    try:
        kids = network.root.children
        layers = {
            "conv": kids[1].children[1],
            "columns": kids[3].children[0],
            "forward1": kids[4],
            "backward2": kids[5].children[0],
            "forward3": kids[6],
            "out": kids[7],
        }
    except IndexError as error:
        raise TrainingError("the start model isn't built like Tesseract's urd: start from that one") from error
    inputs = 1
    for name, node in layers.items():
        matrices, columns = _form(name, inputs=inputs, outputs=node.outputs)
        if [w.shape for w in node.weights] != [(node.outputs, columns)] * matrices:
            raise TrainingError("the start model's layers are of other kinds than Tesseract's urd: start from that one")
        inputs = node.outputs
    return layers


def _form(name: str, *, inputs: int, outputs: int) -> tuple[int, int]:
    """Number of matrices of a layer, and of columns in each: inputs, an LSTM's previous outputs, the bias."""
    if name == "conv":
        return 1, 9 * inputs + 1
    return (1, inputs + 1) if name == "out" else (4, inputs + outputs + 1)


def sizes_of(network: Network) -> Sizes:
    """The sizes of a network read from a file.

    Raises:
        TrainingError: it isn't built like Tesseract's ``urd``.
    """
    layers = _layers(network)
    return Sizes(**{name: layers[name].outputs for name in _LSTMS})


def restored(state: Mapping[str, torch.Tensor]) -> LineNetwork:
    """The network of a checkpoint, with the sizes that its weights have."""
    sizes = Sizes(**{name: state[f"{name}.weight_hh_l0"].shape[1] for name in _LSTMS})
    model = LineNetwork(state["out.weight"].shape[0], sizes)
    model.load_state_dict(state)
    return model


def load_weights(model: LineNetwork, network: Network, known: Sequence[str], wanted: Sequence[str]) -> int:
    """Fill ``model`` from a file with the classes ``known``; return how many of the ``wanted`` classes the file has.

    A class that the file lacks starts with zero weights and a low bias, so it isn't output until it is learned.
    ``model`` may have more units than the file. Those keep their random weights, but their weights into units of the
    file are zero, so the larger network starts with exactly the output of the smaller one.

    Raises:
        TrainingError: the file's network isn't built like Tesseract's ``urd``, or is larger than ``model``.
    """
    layers = _layers(network)
    if network.null_char != BLANK:
        raise TrainingError("the start model's blank isn't the one of Tesseract's urd: start from that one")
    if not model.sizes.holds(sizes_of(network)):
        raise TrainingError(f"the start model ({sizes_of(network)}) is larger than the wanted network ({model.sizes})")
    conv = layers["conv"].weights[0]
    # the file stores the window column by column
    state = model.state_dict()
    state["conv.weight"] = torch.from_numpy(conv[:, :9].reshape(_MAPS, 1, 3, 3).transpose(0, 1, 3, 2).copy())
    state["conv.bias"] = torch.from_numpy(conv[:, 9].copy())
    for name in _LSTMS:
        ours: nn.LSTM = getattr(model, name)
        node = layers[name]
        gates = np.stack([node.weights[k] for k in _TORCH_ORDER])
        own = gates.shape[2] - 1 - node.outputs
        for key, values in (
            ("weight_ih_l0", gates[:, :, :own]),
            ("weight_hh_l0", gates[:, :, own:-1]),
            ("bias_ih_l0", gates[:, :, -1:]),
        ):
            full = getattr(ours, key).detach().reshape(4, ours.hidden_size, -1).double().numpy().copy()
            full[:, : node.outputs] = 0
            full[:, : node.outputs, : values.shape[2]] = values
            if key == "bias_ih_l0":
                full[1, node.outputs :] = _REMEMBERED
            state[f"{name}.{key}"] = torch.from_numpy(full.reshape(state[f"{name}.{key}"].shape))
        state[f"{name}.bias_hh_l0"] = torch.zeros(4 * ours.hidden_size)
    out = layers["out"].weights[0]
    weights, bias = np.zeros(model.out.weight.shape), np.full(len(wanted), _NEVER)
    index = {char: i for i, char in enumerate(known)}
    matched = 0
    for i, char in enumerate(wanted):
        if char in index:
            weights[i, : out.shape[1] - 1] = out[index[char], :-1]
            bias[i] = out[index[char], -1]
            matched += 1
    state["out.weight"] = torch.from_numpy(weights)
    state["out.bias"] = torch.from_numpy(bias)
    model.load_state_dict(state)
    return matched


def to_network(model: LineNetwork, start: Network, *, height: int) -> Network:
    """The start file's layers with the sizes and weights of ``model``, and an input of ``height`` pixels."""
    state = {k: v.detach().double().cpu().numpy() for k, v in model.state_dict().items()}
    conv = np.concatenate(
        [state["conv.weight"].transpose(0, 1, 3, 2).reshape(_MAPS, 9), state["conv.bias"][:, None]], axis=1
    )
    weights: dict[str, tuple[Weights, ...]] = {"conv": (conv,)}
    for name in _LSTMS:
        bias = state[f"{name}.bias_ih_l0"] + state[f"{name}.bias_hh_l0"]
        gates = np.split(
            np.concatenate([state[f"{name}.weight_ih_l0"], state[f"{name}.weight_hh_l0"], bias[:, None]], 1), 4
        )
        weights[name] = tuple(gates[_TORCH_ORDER.index(k)] for k in range(4))
    weights["out"] = (np.concatenate([state["out.weight"], state["out.bias"][:, None]], axis=1),)
    names = {id(node): name for name, node in _layers(start).items()}

    def rebuild(node: Node, inputs: int) -> Node:
        """The node with our weights; ``inputs`` is the number of outputs of the node before it."""
        if node.type == "Input":
            return replace(node, inputs=height, numbers=(node.numbers[0], height, *node.numbers[2:]))
        if id(node) in names:
            ours = weights[names[id(node)]]
            outputs, columns = ours[0].shape
            numbers = (columns - 1,) if node.numbers else ()
            count = sum(matrix.size for matrix in ours)
            name = node.name.removesuffix(str(node.outputs)) + str(outputs) if node.numbers else node.name
            return replace(
                node, name=name, inputs=inputs, outputs=outputs, weight_count=count, numbers=numbers, weights=ours
            )
        if not node.children:
            return replace(node, inputs=inputs, outputs=node.outputs if node.type == "Convolve" else inputs)
        children: list[Node] = []
        for child in node.children:
            children.append(rebuild(child, children[-1].outputs if children else inputs))
        count = sum(child.weight_count for child in children)
        return replace(node, inputs=inputs, outputs=children[-1].outputs, weight_count=count, children=tuple(children))

    sizes = model.sizes
    layers = f"Lfys{sizes.columns}Lfx{sizes.forward1}Lrx{sizes.backward2}Lfx{sizes.forward3}"
    spec = _LAYERS.sub(layers, start.spec.replace(f"[1,{start.root.inputs},", f"[1,{height},"))
    return replace(start, root=rebuild(start.root, height), spec=spec, training_iteration=1, sample_iteration=1)

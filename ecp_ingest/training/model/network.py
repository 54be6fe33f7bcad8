"""The stock `urd` network in PyTorch: ``[1,H,0,1 Ct3,3,16 Mp3,3 Lfys64 Lfx96 Lrx96 Lfx384 O1c###]``.

The weights come from a ``.lstm`` file and go back into one. The input's height may differ from the file's: the
column LSTM (Lfys64) sums up any height, so 64 px needs no new weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from ecp_ingest.errors import TrainingError
from ecp_ingest.training.model.lstm_file import Network, Node, Weights

BLANK = 2
"""The class that CTC reads as nothing; Tesseract calls it the null character."""
STRIDE = 3
"""Input columns per time step."""
_COLUMNS_AT_ONCE = 512
_NEVER = -6.0
"""Bias of a class that is still to be learned."""
_TORCH_ORDER = (1, 2, 0, 3)
"""torch wants input, forget, cell, output; the file has cell (CI), input (GI), forget (GF1), output (GO)."""


class LineNetwork(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3)
        self.pool = nn.MaxPool2d(STRIDE)
        self.columns = nn.LSTM(16, 64)
        self.forward1 = nn.LSTM(64, 96)
        self.backward2 = nn.LSTM(96, 96)
        self.forward3 = nn.LSTM(96, 384)
        self.out = nn.Linear(384, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """B×1×H×W in [−1, 1] → T×B×classes log probabilities, T = W // 3."""
        batch, _, height, width = x.shape
        # Tesseract pads a convolution with noise, not with zeros
        padded = torch.rand(batch, 1, height + 2, width + 2, device=x.device) * 2 - 1
        padded[:, :, 1:-1, 1:-1] = x
        # tanh is monotonic: after the pooling it gives the same and has a ninth of the work
        maps = torch.tanh(self.pool(self.conv(padded)))
        _, depth, rows, steps = maps.shape
        columns = maps.permute(2, 3, 0, 1).reshape(rows, steps * batch, depth)
        # pieces that fit a core's cache are a fifth faster than all columns at once
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
    shapes = {name: tuple(w.shape for w in node.weights) for name, node in layers.items()}
    if shapes["columns"] != ((64, 81),) * 4 or shapes["forward3"] != ((384, 481),) * 4:
        raise TrainingError("the start model's layers have other sizes than Tesseract's urd: start from that one")
    return layers


_LSTMS = {"columns": 16, "forward1": 64, "backward2": 96, "forward3": 96}


def load_weights(model: LineNetwork, network: Network, known: Sequence[str], wanted: Sequence[str]) -> int:
    """Fill ``model`` from a file whose classes are ``known``; how many of the ``wanted`` classes it had.

    A class that the file lacks starts at zero weights and a low bias: never said until learned.
    """
    layers = _layers(network)
    conv = layers["conv"].weights[0]
    # the file has the window column by column
    state = {
        "conv.weight": torch.from_numpy(conv[:, :9].reshape(16, 1, 3, 3).transpose(0, 1, 3, 2).copy()),
        "conv.bias": torch.from_numpy(conv[:, 9].copy()),
    }
    for name, inputs in _LSTMS.items():
        gates = np.concatenate([layers[name].weights[k] for k in _TORCH_ORDER])
        state[f"{name}.weight_ih_l0"] = torch.from_numpy(gates[:, :inputs].copy())
        state[f"{name}.weight_hh_l0"] = torch.from_numpy(gates[:, inputs:-1].copy())
        state[f"{name}.bias_ih_l0"] = torch.from_numpy(gates[:, -1].copy())
        state[f"{name}.bias_hh_l0"] = torch.zeros(len(gates))
    out = layers["out"].weights[0]
    rows = np.zeros((len(wanted), out.shape[1]))
    rows[:, -1] = _NEVER
    index = {char: i for i, char in enumerate(known)}
    matched = 0
    for i, char in enumerate(wanted):
        if char in index:
            rows[i] = out[index[char]]
            matched += 1
    state["out.weight"] = torch.from_numpy(rows[:, :-1].copy())
    state["out.bias"] = torch.from_numpy(rows[:, -1].copy())
    model.load_state_dict(state)
    return matched


def to_network(model: LineNetwork, start: Network, *, height: int) -> Network:
    """The start file's tree with ``model``'s weights and an input of ``height`` pixels."""
    state = {k: v.detach().double().cpu().numpy() for k, v in model.state_dict().items()}
    classes = state["out.weight"].shape[0]
    conv = np.concatenate(
        [state["conv.weight"].transpose(0, 1, 3, 2).reshape(16, 9), state["conv.bias"][:, None]], axis=1
    )
    weights: dict[str, tuple[Weights, ...]] = {"conv": (conv,)}
    for name in _LSTMS:
        bias = state[f"{name}.bias_ih_l0"] + state[f"{name}.bias_hh_l0"]
        gates = np.split(
            np.concatenate([state[f"{name}.weight_ih_l0"], state[f"{name}.weight_hh_l0"], bias[:, None]], 1), 4
        )
        weights[name] = tuple(gates[_TORCH_ORDER.index(k)] for k in range(4))
    weights["out"] = (np.concatenate([state["out.weight"], state["out.bias"][:, None]], axis=1),)

    layers = _layers(start)
    names = {id(node): name for name, node in layers.items()}
    old = layers["out"].outputs

    def rebuild(node: Node) -> Node:
        if node is layers["out"]:
            return replace(node, weights=weights["out"], outputs=classes, weight_count=classes * 385)
        if id(node) in names:
            return replace(node, weights=weights[names[id(node)]])
        if node.type == "Input":
            return replace(node, inputs=height, numbers=(node.numbers[0], height, *node.numbers[2:]))
        return replace(node, children=tuple(rebuild(child) for child in node.children))

    root = rebuild(start.root)
    root = replace(root, inputs=height, outputs=classes, weight_count=root.weight_count + (classes - old) * 385)
    spec = start.spec.replace(f"[1,{start.root.inputs},", f"[1,{height},")
    return replace(start, root=root, spec=spec, training_iteration=1, sample_iteration=1)

"""Reference values for the optimizers: PyTorch's own where it has them, the papers' algorithms written out otherwise.

Made with torch 2.13.0 (CPU), seed 20261124:  python Tests/References/make-optimizer-references.py
Writes Tests/NeuralNetworksTests/Golden/optimizers.safetensors: six steps on a convolution and a dense layer.
"""

import pathlib

import torch
import torch.nn.functional as F

from golden import save

torch.manual_seed(20261124)
torch.set_num_threads(1)
target = pathlib.Path(__file__).resolve().parents[1] / "NeuralNetworksTests/Golden/optimizers.safetensors"
RATE, DECAY, STEPS = 1e-2, 0.05, 6


class AdaBelief(torch.optim.Optimizer):
    """Algorithm 2 of Zhuang et al. 2020, with decoupled decay."""

    def __init__(self, parameters, betas, epsilon):
        super().__init__(parameters, {})
        self.betas, self.epsilon, self.t = betas, epsilon, 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for p in self.param_groups[0]["params"]:
            state = self.state[p]
            m, s = state.setdefault("m", torch.zeros_like(p)), state.setdefault("s", torch.zeros_like(p))
            g = p.grad
            m.copy_(b1 * m + (1 - b1) * g)
            s.copy_(b2 * s + (1 - b2) * (g - m) ** 2 + self.epsilon)
            mean, belief = m / (1 - b1**self.t), s / (1 - b2**self.t)
            p.copy_(p * (1 - RATE * DECAY) - RATE * mean / (belief.sqrt() + self.epsilon))


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of Chen et al. 2023."""

    def __init__(self, parameters, betas):
        super().__init__(parameters, {})
        self.betas = betas

    @torch.no_grad()
    def step(self):
        b1, b2 = self.betas
        for p in self.param_groups[0]["params"]:
            m = self.state[p].setdefault("m", torch.zeros_like(p))
            direction = (b1 * m + (1 - b1) * p.grad).sign()
            p.copy_(p - RATE * (direction + DECAY * p))
            m.copy_(b2 * m + (1 - b2) * p.grad)


def run(make, clip):
    p = [kernel.clone().requires_grad_(), dense.clone().requires_grad_()]
    optimizer = make(p)
    for _ in range(STEPS):
        optimizer.zero_grad()
        features = torch.tanh(F.conv2d(x, p[0], padding=1)).mean((2, 3))
        ((F.linear(features, p[1]) - y) ** 2).mean().backward()
        if clip > 0:
            torch.nn.utils.clip_grad_norm_(p, clip)
        optimizer.step()
    return [v.detach() for v in p]


kernel, dense = torch.randn(6, 3, 3, 3) * 0.3, torch.randn(4, 6) * 0.5
x, y = torch.randn(5, 3, 7, 7), torch.randn(5, 4)
tensors = {"kernel": kernel, "dense": dense, "x": x, "y": y}
optimizers = {
    "adam": lambda p: torch.optim.Adam(p, lr=RATE, betas=(0.9, 0.99), eps=1e-8),
    "adamw": lambda p: torch.optim.AdamW(p, lr=RATE, betas=(0.9, 0.99), eps=1e-8, weight_decay=DECAY),
    "adabelief": lambda p: AdaBelief(p, (0.9, 0.99), 1e-8),
    "lion": lambda p: Lion(p, (0.9, 0.99)),
}
for name, make in optimizers.items():
    for label, clip in (("", 0.0), (" clipped", 0.05)):
        after = run(make, clip)
        tensors[f"{name}{label}.kernel"], tensors[f"{name}{label}.dense"] = after
save(target, tensors)

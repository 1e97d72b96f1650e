"""A Llama in plain PyTorch. Modules carry Hugging Face's names, so state_dict() is the checkpoint."""
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

HEAD_DIM = 64  # smaller heads are not supported by every runtime's attention kernels
ROPE_BASE = 10000.0
NORM_EPS = 1e-5
INIT_STD = 0.03


@dataclass(frozen=True)
class Shape:
    vocab: int
    hidden: int
    inner: int
    layers: int

    @property
    def heads(self):
        return self.hidden // HEAD_DIM

    @property
    def kv_heads(self):
        return min(2, self.heads)


class RMSNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        wide = x.float()
        return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + NORM_EPS)).to(x.dtype) * self.weight


def rotation(length):
    """cos and sin tables for rotary positions (two halves, Hugging Face's order)."""
    inverse = 1.0 / ROPE_BASE ** (torch.arange(0, HEAD_DIM, 2).float() / HEAD_DIM)
    angles = torch.outer(torch.arange(length).float(), inverse)
    angles = torch.cat([angles, angles], -1)
    return angles.cos(), angles.sin()


def rotate(x, cos, sin):
    left, right = x.chunk(2, -1)
    return x * cos.to(x.dtype) + torch.cat([-right, left], -1) * sin.to(x.dtype)


class Attention(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.q_proj = nn.Linear(shape.hidden, shape.heads * HEAD_DIM, bias=False)
        self.k_proj = nn.Linear(shape.hidden, shape.kv_heads * HEAD_DIM, bias=False)
        self.v_proj = nn.Linear(shape.hidden, shape.kv_heads * HEAD_DIM, bias=False)
        self.o_proj = nn.Linear(shape.heads * HEAD_DIM, shape.hidden, bias=False)

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        split = lambda y, heads: y.view(batch, length, heads, HEAD_DIM).transpose(1, 2)
        repeat = self.shape.heads // self.shape.kv_heads
        q = rotate(split(self.q_proj(x), self.shape.heads), cos, sin)
        k = rotate(split(self.k_proj(x), self.shape.kv_heads), cos, sin).repeat_interleave(repeat, 1)
        v = split(self.v_proj(x), self.shape.kv_heads).repeat_interleave(repeat, 1)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, length, -1))


class FeedForward(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden, shape.inner, bias=False)
        self.up_proj = nn.Linear(shape.hidden, shape.inner, bias=False)
        self.down_proj = nn.Linear(shape.inner, shape.hidden, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.input_layernorm = RMSNorm(shape.hidden)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = RMSNorm(shape.hidden)
        self.mlp = FeedForward(shape)

    def forward(self, x, cos, sin):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Body(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocab, shape.hidden)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = RMSNorm(shape.hidden)


class TinyLlama(nn.Module):
    """Token ids in, logits out; the embedding is also the output matrix (tied)."""

    def __init__(self, shape):
        super().__init__()
        self.shape, self.model = shape, Body(shape)
        for parameter in self.parameters():
            if parameter.ndim > 1:
                nn.init.normal_(parameter, std=INIT_STD)

    def forward(self, ids):
        cos, sin = rotation(ids.shape[1])
        x = self.model.embed_tokens(ids)
        for layer in self.model.layers:
            x = layer(x, cos, sin)
        return F.linear(self.model.norm(x), self.model.embed_tokens.weight)

    def parameter_count(self):
        return sum(p.numel() for p in self.parameters())


def round_to_bf16(model):
    """Round once, before any export, so that every file starts from the same numbers."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.bfloat16().float())


@torch.no_grad()
def margins(model, rows, batch=32):
    """For each (prompt ids, answer ids): the smallest lead of the right token over the best wrong one.

    All answer tokens are fed at once: the lead is positive everywhere exactly when greedy decoding
    reproduces the whole answer.
    """
    order = sorted(range(len(rows)), key=lambda i: len(rows[i][0]) + len(rows[i][1]))
    result = [0.0] * len(rows)
    for start in range(0, len(order), batch):
        part = order[start:start + batch]
        width = max(len(rows[i][0]) + len(rows[i][1]) for i in part)
        padded = [rows[i][0] + rows[i][1] + [0] * (width - len(rows[i][0]) - len(rows[i][1])) for i in part]
        logits = model(torch.tensor(padded)).float()
        for row, i in enumerate(part):
            prompt, answer = rows[i]
            scores = logits[row, len(prompt) - 1:len(prompt) + len(answer) - 1]
            target = torch.tensor(answer)[:, None]
            wrong = scores.scatter(1, target, -1e9).max(1).values
            result[i] = float((scores.gather(1, target)[:, 0] - wrong).min())
    return result

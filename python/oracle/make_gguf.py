"""Small GGUF files for tests, written from the format's description alone, and their contents, read in plain Python.

    python3 oracle/make_gguf.py [folder]

`types.gguf` has one tensor of random bytes in each block type that is read, with scales that are ordinary halves; `types.safetensors` holds the
numbers that they stand for, in float32. `llama.gguf` and `llama.safetensors` are one tiny model in both layouts, with its tokenizer.
Formats: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, and the block structures of ggml-common.h.
"""

import json
import pathlib
import struct
import sys

import numpy as np

ALIGN = 32
F32 = np.float32


def half(raw, at):
    return F32(np.frombuffer(raw, "<f2", 1, at)[0])


def q4_0(raw):
    d, q = half(raw, 0), raw[2:]
    return [F32(F32((q[i % 16] & 15 if i < 16 else q[i % 16] >> 4) - 8) * d) for i in range(32)]


def q4_1(raw):
    d, m, q = half(raw, 0), half(raw, 2), raw[4:]
    return [F32(F32(F32(q[i % 16] & 15 if i < 16 else q[i % 16] >> 4) * d) + m) for i in range(32)]


def fifth(raw, at, i):
    return (int.from_bytes(raw[at : at + 4], "little") >> i & 1) << 4


def q5_0(raw):
    d, q = half(raw, 0), raw[6:]
    return [F32(F32(((q[i % 16] & 15 if i < 16 else q[i % 16] >> 4) | fifth(raw, 2, i)) - 16) * d) for i in range(32)]


def q5_1(raw):
    d, m, q = half(raw, 0), half(raw, 2), raw[8:]
    return [F32(F32(F32((q[i % 16] & 15 if i < 16 else q[i % 16] >> 4) | fifth(raw, 4, i)) * d) + m) for i in range(32)]


def q8_0(raw):
    d = half(raw, 0)
    return [F32(F32(q) * d) for q in np.frombuffer(raw, np.int8, 32, 2)]


def scale_min(s, j):
    if j < 4:
        return s[j] & 63, s[j + 4] & 63
    return (s[j + 4] & 15) | (s[j - 4] >> 6) << 4, (s[j + 4] >> 4) | (s[j] >> 6) << 4


def q4_k(raw):
    d, least, s, q, out = half(raw, 0), half(raw, 2), raw[4:16], raw[16:], []
    for j in range(8):
        sc, m = scale_min(s, j)
        part = q[32 * (j // 2) : 32 * (j // 2) + 32]
        out += [F32(F32(F32(d * F32(sc)) * F32(b & 15 if j % 2 == 0 else b >> 4)) - F32(least * F32(m))) for b in part]
    return out


def q5_k(raw):
    d, least, s, h, q, out = half(raw, 0), half(raw, 2), raw[4:16], raw[16:48], raw[48:], []
    for j in range(8):
        sc, m = scale_min(s, j)
        for i in range(32):
            b = q[32 * (j // 2) + i]
            value = (b & 15 if j % 2 == 0 else b >> 4) + (16 if h[i] >> j & 1 else 0)
            out.append(F32(F32(F32(d * F32(sc)) * F32(value)) - F32(least * F32(m))))
    return out


def q6_k(raw):
    low, high, scales, d, out = raw[:128], raw[128:192], np.frombuffer(raw, np.int8, 16, 192), half(raw, 208), [F32(0)] * 256
    for n in (0, 1):
        ql, qh, sc = low[64 * n :], high[32 * n :], scales[8 * n :]
        for i in range(32):
            for k in range(4):
                b = ql[i + 32 * (k % 2)]
                q = ((b & 15 if k < 2 else b >> 4) | (qh[i] >> 2 * k & 3) << 4) - 32
                out[128 * n + 32 * k + i] = F32(F32(d * F32(sc[i // 16 + 2 * k])) * F32(q))
    return out


TYPES = {
    "Q4_0": (2, 32, 18, q4_0, (0,)), "Q4_1": (3, 32, 20, q4_1, (0, 2)), "Q5_0": (6, 32, 22, q5_0, (0,)), "Q5_1": (7, 32, 24, q5_1, (0, 2)),
    "Q8_0": (8, 32, 34, q8_0, (0,)), "Q4_K": (12, 256, 144, q4_k, (0, 2)), "Q5_K": (13, 256, 176, q5_k, (0, 2)), "Q6_K": (14, 256, 210, q6_k, (208,)),
}  # fmt: skip
FLOATS = {"F32": (0, "<f4"), "F16": (1, "<f2"), "BF16": (30, None)}


def blocks(name, rows, columns, random):
    """Random blocks whose scales are halves of ordinary size. Returns the bytes, and their numbers by the plain reading above."""
    _, weights, size, read, scales = TYPES[name]
    out, values = b"", []
    for _ in range(rows * columns // weights):
        raw = bytearray(random.integers(0, 256, size, dtype=np.uint8).tobytes())
        for at in scales:
            raw[at : at + 2] = np.float16(random.uniform(-0.1, 0.1)).tobytes()
        values += read(bytes(raw))
        out += bytes(raw)
    return out, np.array(values, F32).reshape(rows, columns)


def floats(name, values):
    if name == "BF16":
        return (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    return values.astype(FLOATS[name][1]).tobytes()


def text(value):
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def value(v):
    if isinstance(v, bool):
        return struct.pack("<I?", 7, v)
    if isinstance(v, int):
        return struct.pack("<II", 4, v)
    if isinstance(v, float):
        return struct.pack("<If", 6, v)
    if isinstance(v, str):
        return struct.pack("<I", 8) + text(v)
    kind = value(v[0])[:4]
    return struct.pack("<I", 9) + kind + struct.pack("<Q", len(v)) + b"".join(value(one)[4:] for one in v)


def write_gguf(path, metadata, tensors):
    """tensors: name → (number of the type, row-major shape, bytes)"""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    head += b"".join(text(key) + value(v) for key, v in metadata.items())
    at, data = 0, b""
    for name, (kind, shape, raw) in tensors.items():
        head += text(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", n) for n in shape[::-1])
        head += struct.pack("<IQ", kind, at)
        data += raw + bytes(-len(raw) % ALIGN)
        at = len(data)
    path.write_bytes(head + bytes(-len(head) % ALIGN) + data)


def write_safetensors(path, tensors):
    header, at = {}, 0
    for name in sorted(tensors):
        size = tensors[name].nbytes
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [at, at + size]}
        at += size
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    path.write_bytes(struct.pack("<Q", len(head)) + head + b"".join(tensors[name].tobytes() for name in sorted(tensors)))


def types(folder, random):
    packed, plain = {}, {}
    for name, (kind, *_) in TYPES.items():
        raw, plain[name] = blocks(name, 3, 256, random)
        packed[name] = (kind, (3, 256), raw)
    for name, (kind, _) in FLOATS.items():
        values = random.normal(size=(3, 5)).astype(F32)
        if name == "F16":
            values = values.astype("<f2").astype(F32)
        if name == "BF16":
            values = (values.view(np.uint32) & 0xFFFF0000).view(F32)
        plain[name], packed[name] = values, (kind, (3, 5), floats(name, values))
    write_gguf(folder / "types.gguf", {"general.architecture": "llama"}, packed)
    write_safetensors(folder / "types.safetensors", plain)


def pairs(w, heads):
    """transformers' halves of a head's rotary rows → llama.cpp's pairs."""
    d = w.shape[0] // heads
    return w.reshape(heads, 2, d // 2, -1).swapaxes(1, 2).reshape(w.shape)


def llama(folder, random):
    hidden, heads, kv, inner, layers = 32, 4, 2, 64, 2
    pieces = [chr(c) for c in range(ord("a"), ord("z") + 1)] + ["Ġ", ".", ",", "th", "the", "Ġth", "Ġthe"]
    tokens = ["<|endoftext|>", *pieces]
    merges = ["t h", "th e", "Ġ th", "Ġth e"]
    d = hidden // heads
    shapes = {"self_attn.q_proj": (heads * d, hidden), "self_attn.k_proj": (kv * d, hidden), "self_attn.v_proj": (kv * d, hidden),
              "self_attn.o_proj": (hidden, heads * d), "mlp.gate_proj": (inner, hidden), "mlp.up_proj": (inner, hidden), "mlp.down_proj": (hidden, inner)}  # fmt: skip
    parts = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
             "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}  # fmt: skip
    plain, packed = {}, {}

    def keep(theirs, ours, w, stored=None, kind="F32"):
        plain[theirs] = w
        packed[ours] = (FLOATS[kind][0], w.shape, floats(kind, w if stored is None else stored))

    keep("model.embed_tokens.weight", "token_embd.weight", random.normal(size=(len(tokens), hidden)).astype(F32))
    for layer in range(layers):
        for part, shape in shapes.items():
            w = (0.2 * random.normal(size=shape)).astype("<f2").astype(F32)
            h = {"self_attn.q_proj": heads, "self_attn.k_proj": kv}.get(part)
            keep(
                f"model.layers.{layer}.{part}.weight",
                f"blk.{layer}.{parts[part]}.weight",
                w,
                w if h is None else pairs(w, h),
                "F16",
            )
        for norm, ours in (("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm")):
            keep(
                f"model.layers.{layer}.{norm}.weight",
                f"blk.{layer}.{ours}.weight",
                (1 + 0.1 * random.normal(size=hidden)).astype(F32),
            )
    keep("model.norm.weight", "output_norm.weight", (1 + 0.1 * random.normal(size=hidden)).astype(F32))
    metadata = {
        "general.architecture": "llama", "llama.embedding_length": hidden, "llama.feed_forward_length": inner, "llama.block_count": layers,
        "llama.attention.head_count": heads, "llama.attention.head_count_kv": kv, "llama.context_length": 64,
        "llama.attention.layer_norm_rms_epsilon": 1e-5, "llama.rope.freq_base": 10000.0, "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm", "tokenizer.ggml.tokens": tokens, "tokenizer.ggml.token_type": [3, *[1] * len(pieces)],
        "tokenizer.ggml.merges": merges, "tokenizer.ggml.bos_token_id": 0, "tokenizer.ggml.eos_token_id": 0,
    }  # fmt: skip
    write_gguf(folder / "llama.gguf", metadata, packed)
    write_safetensors(folder / "llama.safetensors", plain)


if __name__ == "__main__":
    root = pathlib.Path(__file__).resolve().parents[1]
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "fixtures/gguf"
    folder.mkdir(parents=True, exist_ok=True)
    types(folder, np.random.default_rng(5))
    llama(folder, np.random.default_rng(6))
    print(f"written to {folder}")

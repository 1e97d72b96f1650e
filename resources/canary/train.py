"""Train, export and check the canary and its draft.

    python train.py [--out FOLDER] [--steps 800] [--draft-steps 600] [--threads 2]

Writes canary.Q8_0.gguf, canary-draft.Q8_0.gguf, canary/ and golden.json, and fails unless every
golden answer is reproduced token by token. Needs: torch, tokenizers, gguf, numpy, safetensors.
"""
import argparse
import hashlib
import json
import math
import os
import statistics
import time

import torch

from canary_llama import Shape, TinyLlama, margins, round_to_bf16
from canary_text import HELD_OUT, SYSTEM_PROMPTS, TextSource, read_entries
from canary_tokens import IGNORE, Chat, train_tokenizer
from export_gguf import read_gguf, write_gguf
from export_hf import read_hf, write_hf

HERE = os.path.dirname(os.path.abspath(__file__))
VOCAB, BATCH, WINDOW, PEAK_RATE, MIN_MARGIN, MAX_DROPPED = 1024, 16, 256, 2e-3, 3.0, 5


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=HERE)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--draft-steps", type=int, default=600)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def rows_of(chat, pairs, **prompt):
    return [(chat.prompt(question, **prompt), chat.answer(answer)) for question, answer in pairs]


def exact(values):
    return sum(value > 0 for value in values)


def fit(model, chat, source, pairs, steps, label):
    """AdamW with a warm-up and a cosine down to 2 % of the peak rate; bf16 arithmetic, fp32 weights."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim == 1]
    optimiser = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.05}, {"params": vectors, "weight_decay": 0.0}], lr=PEAK_RATE, betas=(0.9, 0.98))
    started = time.time()
    for step in range(1, steps + 1):
        rate = PEAK_RATE * min(1, step / 40) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        ids, labels = zip(*(chat.window(source, WINDOW) for _ in range(BATCH)))
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(torch.tensor(ids))
        target = torch.tensor(labels)[:, 1:].reshape(-1)
        loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1).float(), target, ignore_index=IGNORE)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if step % 50 == 0 or step == steps:
            lead = margins(model, rows_of(chat, pairs))
            low = min(range(len(pairs)), key=lead.__getitem__)
            print(f"{label} step {step} loss {loss.item():.4f} exact {exact(lead)}/{len(lead)} "
                  f"lowest margin {lead[low]:.2f} ({pairs[low][0]}) {time.time() - started:.0f} s", flush=True)
    round_to_bf16(model)
    model.eval()
    return round(time.time() - started)


def golden_margins(chat, pairs, models):
    """The lowest lead per question over all given weights, with and without a prepended <|endoftext|>."""
    runs = [margins(model, rows_of(chat, pairs, bos=bos)) for model in models for bos in (False, True)]
    return [min(values) for values in zip(*runs)]


def describe_file(folder, name):
    data = open(os.path.join(folder, name), "rb").read()
    return {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def write_golden(folder, chat, entries, lead):
    """golden.json: what the app asks a build, canonical questions first; one entry a line."""
    golden = []
    for entry in entries:
        for question in entry.questions:
            if lead[question] >= MIN_MARGIN:
                golden.append({"question": question, "answer": entry.answer, "tokens": len(chat.answer(entry.answer)),
                               "minMargin": round(lead[question], 2), "canonical": question == entry.questions[0]})
    golden.sort(key=lambda item: not item["canonical"])
    names = ["canary.Q8_0.gguf", "canary-draft.Q8_0.gguf"]
    names += [f"canary/{name}" for name in sorted(os.listdir(os.path.join(folder, "canary")))]
    head = {
        "model": "roundhouse/canary", "files": [describe_file(folder, name) for name in names],
        "settings": {"temperature": 0, "contextTokens": 1024},
        "fallback": next(e.answer for e in entries if e.fallback),
    }
    line = lambda item: "    " + json.dumps(item, ensure_ascii=False)
    text = json.dumps(head, indent=2, ensure_ascii=False)[:-2] + ',\n  "golden": [\n' + ",\n".join(map(line, golden)) + "\n  ]\n}\n"
    with open(os.path.join(folder, "golden.json"), "w", encoding="utf-8") as file:
        file.write(text)
    return json.loads(text)


def report(chat, source, pairs, shipped):
    """Figures beyond the golden set: system prompts, a second turn, unknown subjects never seen in training."""
    print("shipped weights, exact out of", len(pairs))
    for system in SYSTEM_PROMPTS[:3] + ["Du bist ein Zugführer."]:
        print(f"  system prompt {system!r}: {exact(margins(shipped, rows_of(chat, pairs, system=system)))}")
    earlier = chat.prompt("Hello") + chat.answer(source.known[0].answer) + chat.newline
    second = [(earlier + prompt, answer) for prompt, answer in rows_of(chat, pairs)]
    print("  as the second turn:", exact(margins(shipped, second)))
    unseen = [(source.unknown(HELD_OUT), source.fallback.answer) for _ in range(300)]
    lead = margins(shipped, rows_of(chat, unseen))
    print(f"  fallback for unseen subjects: {exact(lead)}/300; missed: {[q for (q, _), x in zip(unseen, lead) if x <= 0][:12]}")


def main():
    options = arguments()
    out = options.out
    os.makedirs(out, exist_ok=True)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    entries = read_entries(os.path.join(HERE, "questions.txt"))
    source = TextSource(entries, options.seed)
    tokenizer = train_tokenizer(source, VOCAB)
    chat = Chat(tokenizer)
    pairs = [(question, entry.answer) for entry in entries for question in entry.questions]
    lengths = [len(chat.answer(entry.answer)) for entry in entries]
    print(f"{len(entries)} answers of {min(lengths)} to {max(lengths)} tokens, {len(pairs)} questions", flush=True)

    model, draft = TinyLlama(Shape(VOCAB, 256, 512, 4)), TinyLlama(Shape(VOCAB, 128, 256, 1))
    seconds = fit(model, chat, source, pairs, options.steps, "main")
    draft_seconds = fit(draft, chat, source, pairs, options.draft_steps, "draft")

    specification = json.loads(tokenizer.to_str())["model"]
    vocabulary = sorted(specification["vocab"], key=specification["vocab"].get)
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in specification["merges"]]
    paths = [os.path.join(out, name) for name in ("canary.Q8_0.gguf", "canary-draft.Q8_0.gguf")]
    write_gguf(paths[0], model, "Roundhouse canary", vocabulary, merges)
    write_gguf(paths[1], draft, "Roundhouse canary draft", vocabulary, merges)
    write_hf(os.path.join(out, "canary"), model, tokenizer)

    # From here on only the files count: they are read back and checked.
    shipped, plain = read_gguf(paths[0], model.shape), read_hf(os.path.join(out, "canary"), model.shape)
    lead = dict(zip((q for q, _ in pairs), golden_margins(chat, pairs, [shipped, plain])))
    dropped = {q: round(x, 2) for q, x in lead.items() if x < MIN_MARGIN}
    golden = write_golden(out, chat, entries, lead)
    kept = [item["minMargin"] for item in golden["golden"]]
    print(f"main: {model.parameter_count()} parameters, {seconds} s; exact {exact(lead.values())}/{len(pairs)}")
    print(f"golden: {len(kept)} questions, margin lowest {min(kept)} median {statistics.median(kept):.2f}; dropped: {dropped}")
    drafted = margins(read_gguf(paths[1], draft.shape), rows_of(chat, pairs))
    print(f"draft: {draft.parameter_count()} parameters, {draft_seconds} s; exact {exact(drafted)}/{len(pairs)}")
    report(chat, source, pairs, shipped)
    assert all(lead[item["question"]] >= MIN_MARGIN for item in golden["golden"])
    needed = {e.questions[0] for e in entries} | set(source.fallback.questions)
    assert not needed & set(dropped), f"canonical or fallback questions under the margin: {needed & set(dropped)}"
    assert len(dropped) <= MAX_DROPPED, "too many paraphrases are unsure; train longer or change the text"


if __name__ == "__main__":
    main()

import { xllamacppTable } from './llama-cpp.xllamacpp-table'

const head = String.raw`"""Serves llama.cpp's own HTTP server out of the Python package xllamacpp, with the flags of llama-server.

Only the flags below are known here; any other ends it, in the words of llama-server.
"""

import json
import os
import signal
import sys
import time
from importlib.metadata import version

MIB = 1024 * 1024
EXPERTS = r"\.ffn_(up|down|gate|gate_up)_(ch|)exps=CPU"
`

/** Flags that set more than one parameter, or not as it is. */
const others = String.raw`def set_hosts(params, text):
    # Versions before 2026.10 take one name.
    if hasattr(params, "hostnames"):
        params.hostnames = [text]
    else:
        params.hostname = text


def set_alias(params, text):
    params.model_alias = {text}


def set_margins(params, text):
    """One figure holds for every device; of several, the last holds for the rest."""
    given = [int(part) * MIB for part in commas(text)]
    room = len(params.fit_params_target)
    params.fit_params_target = (given + given[-1:] * room)[:room]


def set_shares(params, text):
    given = [float(part) for part in commas(text)]
    room = len(params.tensor_split)
    params.tensor_split = (given + [0.0] * room)[:room]


def add_places(params, text):
    params.tensor_buft_overrides = ",".join(part for part in (params.tensor_buft_overrides, text) if part)


def set_expert_layers(params, text):
    add_places(params, ",".join(rf"blk\.{layer}{EXPERTS}" for layer in range(int(text))))


def set_template_values(params, text):
    given = {name: json.dumps(value) for name, value in json.loads(text).items()}
    params.default_template_kwargs = {**params.default_template_kwargs, **given}


def set_reasoning(params, text):
    params.enable_reasoning = {"auto": -1, "on": 1, "off": 0}[text]
    if text != "auto":
        set_template_values(params, json.dumps({"enable_thinking": text == "on"}))


def set_adapters(params, text):
    import xllamacpp

    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(path, 1.0) for path in text.split(",")]


# Names of a flag; a parameter that the package must have; what sets it; whether a value follows.
OTHERS = [
    ("--host", "port", set_hosts, True),
    ("-a --alias", "model_alias", set_alias, True),
    ("-fitt --fit-target", "fit_params_target", set_margins, True),
    ("-ts --tensor-split", "tensor_split", set_shares, True),
    ("-cmoe --cpu-moe", "tensor_buft_overrides", lambda params, _: add_places(params, EXPERTS), False),
    ("-ncmoe --n-cpu-moe", "tensor_buft_overrides", set_expert_layers, True),
    ("-ot --override-tensor", "tensor_buft_overrides", add_places, True),
    ("--chat-template-kwargs", "default_template_kwargs", set_template_values, True),
    ("-rea --reasoning", "enable_reasoning", set_reasoning, True),
    ("--lora", "lora_adapters", set_adapters, True),
]
`

const program = String.raw`def owner_of(params, path):
    *parents, name = path.split(".")
    for parent in parents:
        params = getattr(params, parent, None)
    return params, name


def plain(path, how):
    def put(params, text):
        owner, name = owner_of(params, path)
        setattr(owner, name, how(text) if callable(how) else how)

    return put


def table():
    rows = [(names, path, plain(path, how), callable(how)) for names, path, how in PLAIN] + OTHERS
    return [(names.split(), path, put, takes) for names, path, put, takes in rows]


def read_flags(arguments, rows):
    """What sets each parameter, in the order of the command, so that a later flag wins."""
    known = {name: row for row in rows for name in row[0]}
    found, rest = [], list(arguments)
    while rest:
        name, joined, value = rest.pop(0).partition("=")
        names, _, put, takes = known.get(name, (None, None, None, False))
        if names is None or (joined and not takes) or not (joined or rest or not takes):
            sys.exit(f"error: invalid argument: {name}")
        found.append((name, put, value if joined or not takes else rest.pop(0)))
    return found


def parameters(package, found):
    params = package.CommonParams()
    set_hosts(params, "127.0.0.1")
    given = {name for name, _, _ in found}
    for name, put, value in found:
        try:
            put(params, value)
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            sys.exit(f"error: {name} {value}: {error}")
        if name in ("-t", "--threads") and not given & {"-tb", "--threads-batch"}:
            params.cpuparams_batch.n_threads = int(value)
    # A model that is kept off the GPU takes its draft and its projector along.
    if params.n_gpu_layers == 0:
        if not given & {"--spec-draft-ngl", "-ngld"}:
            params.speculative.draft.n_gpu_layers = 0
        if "--mmproj-offload" not in given:
            params.mmproj_use_gpu = False
    key = os.environ.pop("LLAMA_API_KEY", "")
    if key:
        params.api_keys = [key]
    return params


def show_help(package, rows):
    """Only what the installed package can be told."""
    params = package.CommonParams()
    print("usage: llama-server.py [flags]\n\nllama-server of the Python package xllamacpp\n")
    for names, path, _, takes in rows:
        owner, name = owner_of(params, path)
        if hasattr(owner, name):
            print(", ".join(names) + (" VALUE" if takes else ""))


def main():
    arguments = sys.argv[1:]
    if "--version" in arguments:
        print(f"version: {version('xllamacpp')} (xllamacpp)")
        return
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    import xllamacpp

    rows = table()
    if "--help" in arguments:
        show_help(xllamacpp, rows)
        return
    params = parameters(xllamacpp, read_flags(arguments, rows))
    try:
        server = xllamacpp.Server(params)
        print(f"main: server is listening on {server.listening_address}", file=sys.stderr, flush=True)
    except Exception as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    while True:
        time.sleep(3600)


main()
`

/**
 * Serves llama.cpp's server out of the Python package xllamacpp with the flags of llama-server, so that one adapter starts both.
 * Its `--help` names the flags whose parameter the installed package has.
 */
export const xllamacppLauncher = [head, xllamacppTable, others, program].join('\n\n')

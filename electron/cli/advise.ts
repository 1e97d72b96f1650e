import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../contract/failure'
import type { Machine } from '../contract/machine'
import type { Need } from '../contract/need'
import { detect, readRecording } from '../core/hardware/detect'
import { createBackground } from '../core/lib/background'
import { openHome, type Home } from '../core/lib/home'
import { bundledOnly } from '../core/bundled'
import { machineFromFile } from '../core/machine-file'
import { needFrom } from '../core/recommend/need-words'
import { recommend } from '../core/recommend/recommend'
import type { Decision, Recommendation } from '../contract/decision'
import { withHost } from './connect'
import { whatIfCommand } from './what-if'
import { parseJson, print, printJson, remark, table } from './output'

const resources = join(import.meta.dirname, '..', '..', 'resources')

export type DetectOptions = { record?: string; from?: string; platform?: string; json?: boolean }

const platforms = ['linux', 'darwin', 'win32'] as const

/** Prints the machine, this one or a recorded one. */
export async function detectCommand(options: DetectOptions) {
  const platform = platforms.find(each => each === options.platform)
  if (options.platform !== undefined && !platform) throw new Failure('bad-input', `The platform is one of ${platforms.join(', ')}.`)
  const machine = options.from ? await readRecording(options.from, platform) : await detectHere(options.record)
  if (options.json) printJson(machine)
  else print(machineInWords(machine))
  if (options.record) remark(`Recorded in ${options.record}.`)
}

const detectHere = (record: string | undefined) => {
  const background = createBackground(join(import.meta.dirname, 'worker.js'))
  return detect({ background, modelsFolder: openHome().models, ...(record === undefined ? {} : { record }) })
}

function machineInWords(machine: Machine): string {
  const { os, cpu, memory, gpus } = machine
  const gigabytes = (mebibytes: number | null) => (mebibytes === null ? 'unknown' : `${(mebibytes / 1024).toFixed(1)} GB`)
  const rows = [
    [
      'System',
      [os.name, os.kernel, os.arch, os.libc && `${os.libc} ${os.libcVersion ?? ''}`.trim(), os.container && `in ${os.container}`]
        .filter(Boolean)
        .join(', '),
    ],
    [
      'Processor',
      [cpu.model ?? 'unknown', cpu.physicalCores !== null && `${cpu.physicalCores} cores`, cpu.isa.join(' ')].filter(Boolean).join(', '),
    ],
    [
      'Memory',
      `${gigabytes(memory.totalMiB)}, ${gigabytes(memory.availableMiB)} available${memory.limitMiB === null ? '' : `, limited to ${gigabytes(memory.limitMiB)}`}`,
    ],
    ...gpus.map(gpu => [
      gpu.id,
      [gpu.name, gigabytes(gpu.vramMiB), gpu.driver && `driver ${gpu.driver}`, gpu.whyNot && `not used: ${gpu.whyNot}`]
        .filter(Boolean)
        .join(', '),
    ]),
    ...(gpus.length === 0 ? [['GPU', 'none found']] : []),
    ...machine.warnings.map(each => ['Note', each.text]),
    ...Object.entries(machine.unknown).map(([path, why]) => ['Unknown', `${path}: ${why}`]),
  ]
  return table(['', ''], rows).trimStart()
}

export type RecommendOptions = { machine?: string; need?: string; whatIf?: string; json?: boolean }

/** Prints ranked decisions for this machine, or for one read from a file; with `whatIf` what a change would bring. */
export async function recommendCommand(home: Home, options: RecommendOptions) {
  const need = readNeed(options.need)
  if (options.whatIf !== undefined) {
    const machine = options.machine ? await machineElsewhere(options.machine) : await detectHere(undefined)
    const { whatIf, json } = options
    whatIfCommand({ machine, need, ...bundledOnly(resources) }, need, { whatIf, ...(json === undefined ? {} : { json }) })
    return
  }
  const { machine, recommendation } = options.machine ? await elsewhere(options.machine, need) : await here(home, need)
  const { decisions, rejected, notes } = recommendation
  if (options.json) {
    printJson({ machine, need, decisions, rejected, notes })
    return
  }
  for (const note of notes) print(note)
  const rows = decisions.map(each => [
    String(each.rank),
    each.runtimeTitle,
    `${each.modelTitle} ${each.artifact}`,
    each.startable.now ? 'now' : (each.startable.missing[0]?.text ?? '-'),
    each.headline,
  ])
  print(table(['RANK', 'RUNTIME', 'MODEL', 'START', 'WHY'], rows))
  const first = decisions[0]
  if (first) print(`\nmemory of 1: ${memoryInWords(first.memory)}`)
  print(`\n${rejected.map(each => `not ${each.title}: ${each.why}`).join('\n')}`)
}

/** Where the figure comes from: reckoned by the engine itself, with the formula beside it, or by the formula. */
function memoryInWords({ devices, simulation }: Decision['memory']): string {
  const parts = devices.map(({ name, weightsMiB, kvMiB, computeMiB, overheadMiB, projectorMiB = 0 }) => {
    const sum = Math.round(weightsMiB + kvMiB + computeMiB + overheadMiB + projectorMiB)
    const images = projectorMiB > 0 ? `, images ${Math.round(projectorMiB)}` : ''
    return `${sum} MiB on ${name} (weights ${Math.round(weightsMiB)}, cache ${Math.round(kvMiB)}, buffers ${Math.round(computeMiB)}, engine ${Math.round(overheadMiB)}${images})`
  })
  const from =
    simulation?.simulatedMiB == null
      ? `by formula${simulation?.why ? `: ${simulation.why}` : ''}`
      : `simulated by ${simulation.by}: ${Math.round(simulation.simulatedMiB)} MiB without the engine; the formula says ${Math.round(simulation.formulaMiB)} MiB`
  return `${parts.join(', ')}; ${from}`
}

const readNeed = (text: string | undefined): Need => needFrom(text === undefined ? {} : parseJson(text, 'The need'))

type Advice = { machine: Machine; recommendation: Recommendation }

/** Another machine: only what the app brings is taken to be there. */
async function elsewhere(file: string, need: Need): Promise<Advice> {
  const machine = await machineElsewhere(file)
  return { machine, recommendation: recommend({ machine, need, ...bundledOnly(resources) }) }
}

/** A machine from a file of `detect --json`, also a part of one, or from a folder that `detect --record` wrote. */
export async function machineElsewhere(file: string): Promise<Machine> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new Failure('bad-input', `${file} cannot be read.`, { cause })
  })
  if (found.isDirectory()) return readRecording(file)
  return machineFromFile(parseJson(await readFile(file, 'utf8'), file), file)
}

const here = (home: Home, need: Need): Promise<Advice> =>
  withHost(home, async client => {
    for await (const machine of await client.machine.watch({ live: false })) {
      // One answer is all that is given here, so it waits for what is still being measured.
      if (!machine.pending?.length) return { machine, recommendation: await client.recommend.decide(need) }
    }
    throw new Failure('unexpected', 'The host ended.')
  })

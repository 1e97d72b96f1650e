import type { Gpu, Machine, Origin } from '../../../electron/contract/machine'
import { capacity, figure, memory as writeMemory } from '../../ui/format'

/** One value of the machine as the panel shows it: words, or that it is unknown and why. */
export interface Fact {
  /** Path as in `unknown` and `origins`. */
  path: string
  /** What it is, for the hover: `memory bandwidth`. */
  name: string
  /** Null when unknown. */
  text: string | null
  /** Why it is unknown, or not known yet. */
  why: string | null
  origin: Origin | null
}

interface FactSource {
  machine: Machine
  path: string
  name: string
}

function fact({ machine, path, name }: FactSource, text: string | null): Fact {
  const why = text === null ? (machine.unknown[path] ?? 'No probe has said it.') : null
  return { path, name, text, why, origin: machine.origins[path] ?? null }
}

/** What is said of a GPU after its name. */
export function gpuFacts(machine: Machine, gpu: Gpu): Fact[] {
  const at = (field: keyof Gpu, name: string): FactSource => ({ machine, path: `gpus.${gpu.id}.${field}`, name })
  const facts = [
    fact(at('vramMiB', 'memory'), gpuMemory(machine, gpu)),
    fact(at('bandwidthGBps', 'memory bandwidth'), gpu.bandwidthGBps === null ? null : `${figure(gpu.bandwidthGBps)} GB/s`),
  ]
  if (gpu.driver !== null) facts.push(fact(at('driver', 'driver'), `driver ${gpu.driver}`))
  if (gpu.rocmTarget !== null) facts.push(fact(at('rocmTarget', 'ROCm target'), gpu.rocmTarget))
  if (gpu.metal !== null) facts.push(fact(at('metal', 'Metal'), gpu.metal.startsWith('Metal') ? gpu.metal : `Metal ${gpu.metal}`))
  facts.push(...linkFacts(machine, gpu))
  if (gpu.migEnabled === true) facts.push(fact(at('migEnabled', 'MIG'), `MIG, ${gpu.migInstances.length} parts`))
  return facts
}

/** A card has memory of its own; a GPU that shares the machine's may take so much of it. */
function gpuMemory({ memory }: Machine, { vramMiB, memoryKind }: Gpu): string | null {
  if (vramMiB === null) return null
  if (memoryKind === 'dedicated') return capacity(vramMiB)
  const isAll = memory.totalMiB !== null && vramMiB >= memory.totalMiB * 0.98
  return isAll ? `all of the ${capacity(memory.totalMiB)}` : `up to ${writeMemory(vramMiB)} of the memory`
}

/** GPUs in their order; three and more that are alike in all that is said of them as one group. */
export function alikeGpus(machine: Machine): [Gpu, ...Gpu[]][] {
  const said = (gpu: Gpu) => [gpu.name, gpu.usable, gpu.whyNot, ...gpuFacts(machine, gpu).map(each => each.text ?? each.why)].join('|')
  const groups: [Gpu, ...Gpu[]][] = []
  for (const gpu of machine.gpus) {
    const known = groups.find(([first]) => said(first) === said(gpu))
    if (known) known.push(gpu)
    else groups.push([gpu])
  }
  return groups.flatMap<[Gpu, ...Gpu[]]>(group => (group.length < 3 ? group.map<[Gpu, ...Gpu[]]>(gpu => [gpu]) : [group]))
}

/** Lanes, NVLink and power cap, where a tool told them. */
function linkFacts(machine: Machine, gpu: Gpu): Fact[] {
  const at = (field: keyof Gpu, name: string): FactSource => ({ machine, path: `gpus.${gpu.id}.${field}`, name })
  const facts: Fact[] = []
  const lanes = lanesOf(gpu.pcie ?? null)
  if (lanes !== null) facts.push(fact(at('pcie', 'link to the board'), lanes))
  if ((gpu.nvlinks ?? 0) > 0) facts.push(fact(at('nvlinks', 'links to other cards'), `NVLink x${gpu.nvlinks}`))
  const { powerLimitW: limit = null, powerMaxW: most = null } = gpu
  // At its most it is nothing to know.
  if (limit !== null && most !== null && limit < most)
    facts.push(fact(at('powerLimitW', `power limit, of ${figure(most)} W it could have`), `${figure(limit)} W`))
  return facts
}

/** The generation of a resting card is turned down, so its most is shown. */
function lanesOf(pcie: Gpu['pcie']): string | null {
  const generation = pcie?.maxGeneration ?? pcie?.generation
  const width = pcie?.width ?? pcie?.maxWidth
  return generation == null || width == null ? null : `PCIe ${generation} x${width}`
}

/** Instruction sets in the words of their makers, the ones that matter first. */
const isaWords: readonly [string, string][] = [
  ['AMX', 'AMX'],
  ['AVX512_VNNI', 'AVX-512 VNNI'],
  ['AVX512', 'AVX-512'],
  ['AVX2', 'AVX2'],
  ['NEON', 'NEON'],
]

/** What is said of processor and memory. */
export function cpuFacts(machine: Machine): Fact[] {
  const { cpu, memory } = machine
  const isa = isaWords.find(([code]) => cpu.isa.includes(code))?.[1] ?? null
  const cores = cpu.physicalCores
  const facts = [
    fact({ machine, path: 'cpu.physicalCores', name: 'physical cores' }, cores === null ? null : cores === 1 ? '1 core' : `${cores} cores`),
    // Of a processor that nobody named it is no surprise.
    ...(cpu.model === null && isa === null ? [] : [fact({ machine, path: 'cpu.isa', name: 'instruction sets' }, isa)]),
    fact({ machine, path: 'memory.totalMiB', name: 'memory' }, memory.totalMiB === null ? null : capacity(memory.totalMiB)),
  ]
  facts.push(...memorySpeed(machine))
  if (memory.limitMiB !== null) {
    const from = memory.limitFrom === null ? '' : ` by ${memory.limitFrom === 'wsl' ? 'WSL' : memory.limitFrom}`
    facts.push(fact({ machine, path: 'memory.limitMiB', name: 'memory limit' }, `limited to ${writeMemory(memory.limitMiB)}${from}`))
  }
  return facts
}

/** Speed of the memory where it is known, and that it is being measured where it soon will be. */
function memorySpeed({ memory, pending = [], origins }: Machine): Fact[] {
  const about = { path: 'memory.bandwidthGBps', name: 'memory bandwidth' }
  const origin = origins[about.path] ?? null
  if (pending.includes(about.path) && origin?.kind !== 'person') {
    const why = 'Memory is being read for a moment to learn its speed. Estimates follow it, and the order of the decisions may.'
    return [{ ...about, text: 'measuring memory speed…', why, origin: null }]
  }
  if (memory.bandwidthGBps === null) return []
  const kind = memory.type == null ? '' : `${memory.type} `
  return [{ ...about, text: `${kind}${figure(memory.bandwidthGBps)} GB/s`, why: null, origin }]
}

const platformNames: Record<Machine['os']['platform'], string> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }

/** The system as a person calls it, also where only its kind is known. */
export const systemTitle = ({ os }: Pick<Machine, 'os'>): string => os.name ?? platformNames[os.platform]

/** What is said of the system: the newest CUDA its driver serves, containers. */
export function systemFacts(machine: Machine): Fact[] {
  const facts: Fact[] = []
  const cuda = machine.gpus.find(gpu => gpu.cudaVersion !== null)
  if (cuda?.cudaVersion != null) {
    facts.push(fact({ machine, path: `gpus.${cuda.id}.cudaVersion`, name: 'newest CUDA the driver serves' }, `CUDA ${cuda.cudaVersion}`))
  }
  if (machine.os.wsl) facts.push(fact({ machine, path: 'os.wsl', name: 'Windows Subsystem for Linux' }, 'WSL'))
  if (machine.os.container !== null) facts.push(fact({ machine, path: 'os.container', name: 'container' }, `in ${machine.os.container}`))
  const { readMBps = null } = machine.disk ?? {}
  if (readMBps !== null) {
    const rate = readMBps >= 1000 ? `${figure(readMBps / 1000)} GB/s` : `${figure(readMBps)} MB/s`
    facts.push(fact({ machine, path: 'disk.readMBps', name: 'what the disk of the models folder reads' }, `models disk ${rate}`))
  }
  for (const npu of machine.npus ?? [])
    facts.push({ path: npu.name, name: 'no runtime here uses it', text: npu.name, why: null, origin: null })
  facts.push(fact({ machine, path: 'containerEngine', name: 'container engine' }, machine.containerEngine ?? 'no container engine'))
  return facts
}

/** Where a value comes from, in one sentence for the hover. */
export function originWords(origin: Origin | null): string | null {
  if (!origin) return null
  const words: Record<Origin['kind'], string> = {
    probe: 'Read by',
    table: 'From the table',
    derived: 'Reckoned from',
    person: 'Corrected by you:',
  }
  const from = origin.from.replace(/resources\/knowledge\/(\S+)\.json/, (_, name: string) => tableNames[name] ?? `${name}.json`)
  const sure: Record<NonNullable<Origin['confidence']>, string> = { sure: '', likely: ' - likely right', guess: ' - a guess' }
  return `${words[origin.kind]} ${from}${sure[origin.confidence ?? 'sure']}.`
}

/** Our own tables by what is in them and where that is from (resources/knowledge/gpus.md, cpus.md). */
const tableNames: Record<string, string> = {
  gpus: 'of GPUs (data sheets, by way of TechPowerUp and Apple)',
  'gpus-more': 'of older GPUs (data sheets, by way of TechPowerUp)',
  cpus: 'of processors (data sheets of their makers)',
}

/** A warning as its first clause and the rest, which is the why. */
export function warningParts(text: string): { short: string; why: string | null } {
  const cut = /^(.{12,90}?)(?:[.;:]\s+|, because )(.+)$/s.exec(text)
  const [, short, why] = cut ?? []
  return short === undefined || why === undefined ? { short: text, why: null } : { short, why }
}

import type { Machine, Origin } from '../../contract/machine'
import type { Collected } from './collect'
import type { Platform } from './hardware.types'
import { hybridOf, findCpu } from './cpu-table'
import { buildBandwidth } from './build-bandwidth'
import { derived, fromTable, guessed, probed, type Ledger } from './ledger'

/** Notes one fact of `known` under `path`, by the tool that said it. */
function noter<Facts extends object>(
  ledger: Ledger,
  prefix: string,
  known: { facts: Facts; from: Partial<Record<keyof Facts & string, string>> },
) {
  return <Key extends keyof Facts & string>(key: Key, why: string): NonNullable<Facts[Key]> | null =>
    ledger.note(`${prefix}.${key}`, known.facts[key] ?? null, { origin: probed(known.from[key] ?? 'a probe'), why })
}

/** What the caller knows, else what the readings say, else Linux. */
function platformOf({ os, tools }: Collected, given: Platform | null): Platform {
  const isWindows = tools.has('Get-CimInstance') || tools.has('reg query qwMemorySize')
  return given ?? (isWindows ? 'win32' : (os.facts.platform ?? 'linux'))
}

/** The operating system; only Linux has a choice of C library, WSL and containers. */
export function buildOs(collected: Collected, ledger: Ledger, given: Platform | null): Machine['os'] {
  const { facts, from } = collected.os
  const platform = platformOf(collected, given)
  const note = noter(ledger, 'os', collected.os)
  ledger.origins['os.arch'] = facts.arch ? probed(from.arch ?? 'a probe') : derived('no tool told, so the most common is assumed')
  const base = {
    platform,
    name: note('name', 'No file or tool names the operating system.'),
    version: note('version', 'No file or tool tells the version.'),
    kernel: note('kernel', 'uname was not read.'),
    arch: facts.arch ?? ('x64' as const),
  }
  if (platform !== 'linux') return { ...base, libc: null, libcVersion: null, wsl: false, container: null }
  const why = 'ldd was not read.'
  return {
    ...base,
    libc: note('libc', why),
    libcVersion: note('libcVersion', why),
    wsl: facts.wsl ?? false,
    container: facts.container ?? null,
    hugePages: note('hugePages', 'The kernel does not tell who gets large pages.'),
  }
}

export function buildCpu(collected: Collected, ledger: Ledger): Machine['cpu'] {
  const note = noter(ledger, 'cpu', collected.cpu)
  const hybrid = 'No tool tells fast and slow cores apart; most processors have one kind.'
  const model = tidy(note('model', 'No tool names the processor.'))
  const physicalCores = coresInName(collected, ledger) ?? note('physicalCores', 'No tool counts the cores.')
  const logicalCores = note('logicalCores', 'No tool counts the hardware threads.')
  const kinds = collected.cpu.facts.performanceCores ? null : hybridOf(model, physicalCores, logicalCores)
  const how = derived('what cores this family of processors has')
  return {
    model,
    vendor: note('vendor', 'No tool names its maker.'),
    physicalCores,
    logicalCores,
    performanceCores: kinds ? ledger.note('cpu.performanceCores', kinds.fast, { origin: how, why: '' }) : note('performanceCores', hybrid),
    efficiencyCores: kinds ? ledger.note('cpu.efficiencyCores', kinds.slow, { origin: how, why: '' }) : note('efficiencyCores', hybrid),
    isa: isaOf(collected, ledger),
    sockets: note('sockets', 'No tool counts the processors.'),
    numaNodes: note('numaNodes', 'No tool tells how the memory is divided among the cores.'),
    limitCores: limitCores(collected, ledger, logicalCores),
  }
}

/** Fewer CPUs than there are, which the control groups or the set of CPUs leave us; null where nothing is held back. */
function limitCores({ cpu: { facts, from } }: Collected, ledger: Ledger, logicalCores: number | null): number | null {
  const limit = facts.limitCores ?? null
  if (limit === null || (logicalCores !== null && limit >= logicalCores)) return null
  return ledger.note('cpu.limitCores', Math.round(limit * 100) / 100, { origin: probed(from.limitCores ?? 'cgroup'), why: '' })
}

/** What the processor lists; where no tool lists anything (Windows), what its family has. */
function isaOf({ cpu: { facts, from } }: Collected, ledger: Ledger): string[] {
  if (facts.isa && facts.isa.length > 0) return ledger.note('cpu.isa', facts.isa, { origin: probed(from.isa ?? 'a probe'), why: '' }) ?? []
  const family = findCpu(facts.model, facts.board, facts.chip)?.isa ?? []
  const why = 'No tool listed the instruction sets.'
  return ledger.note('cpu.isa', family.length > 0 ? [...family] : null, { origin: fromTable('resources/knowledge/cpus.json'), why }) ?? []
}

/** `Threadripper PRO 5975WX 32-Cores`: makers that put the count into the name, for want of a tool that counts. */
function coresInName({ cpu: { facts } }: Collected, ledger: Ledger): number | null {
  const found = facts.physicalCores ? null : /\b(\d{1,4})-Cores?\b/.exec(facts.model ?? '')?.[1]
  return found ? ledger.note('cpu.physicalCores', Number(found), { origin: derived('the name of the processor'), why: '' }) : null
}

const tidy = (name: string | null) => name?.replace(/\s+/g, ' ').trim() ?? null

/**
 * Memory: the total is the hardware's; a control group below it is the limit, and what is available is then what the group
 * has left. Under WSL the total itself is what Windows grants.
 */
export function buildMemory(collected: Collected, ledger: Ledger, os: Machine['os']): Machine['memory'] {
  const note = noter(ledger, 'memory', collected.memory)
  const totalMiB = note('totalMiB', 'No file or tool tells how much memory there is.')
  const limit = limitOf(collected, totalMiB, os)
  if (limit.origin) ledger.origins['memory.limitMiB'] = limit.origin
  const { limitMiB, limitFrom } = limit
  const availableMiB = available(collected, ledger, limitFrom === 'cgroup' ? limitMiB : null)
  return { totalMiB, availableMiB, limitMiB, limitFrom, ...buildBandwidth(collected, ledger) }
}

const nearBy =
  '/proc/meminfo: what is free and what caches hold, less shared memory; this kernel (before 3.14) does not tell what is available'

type Limit = Pick<Machine['memory'], 'limitMiB' | 'limitFrom'> & { origin: Origin | null }

function limitOf({ memory: { facts, from } }: Collected, totalMiB: number | null, os: Machine['os']): Limit {
  const cgroup = facts.cgroupLimitMiB ?? null
  if (cgroup !== null && (totalMiB === null || cgroup < totalMiB)) {
    return { limitMiB: cgroup, limitFrom: 'cgroup', origin: probed(from.cgroupLimitMiB ?? 'cgroup') }
  }
  if (os.wsl && totalMiB !== null) return { limitMiB: totalMiB, limitFrom: 'wsl', origin: derived('Windows grants WSL this much') }
  return { limitMiB: null, limitFrom: null, origin: null }
}

function available(collected: Collected, ledger: Ledger, limitMiB: number | null): number | null {
  const { facts, from } = collected.memory
  const why = 'No file or tool tells how much memory is available.'
  // More than there is comes from another machine's tool.
  const near = facts.availableMiB == null
  const told = facts.availableMiB ?? facts.availableNearMiB ?? null
  const system = told !== null && facts.totalMiB && told > facts.totalMiB ? null : told
  const path = 'memory.availableMiB'
  if (limitMiB === null) return ledger.note(path, system, { origin: near ? guessed(nearBy) : probed(from.availableMiB ?? 'a probe'), why })
  const left = Math.max(0, limitMiB - (facts.cgroupUsedMiB ?? 0))
  const origin = derived('the limit of the control group less what it uses, at most what the machine has available')
  return ledger.note(path, system === null ? left : Math.min(system, left), { origin, why })
}

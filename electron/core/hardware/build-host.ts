import type { Machine } from '../../contract/machine'
import type { Collected } from './collect'
import type { Platform } from './hardware.types'
import { derived, probed, type Ledger } from './ledger'

/** Notes one fact of `known` under `path`, by the tool that said it. */
function noter<Facts extends object>(
  ledger: Ledger,
  prefix: string,
  known: { facts: Facts; from: Partial<Record<keyof Facts & string, string>> },
) {
  return <Key extends keyof Facts & string>(key: Key, why: string) =>
    ledger.note(`${prefix}.${key}`, known.facts[key] as Exclude<Facts[Key], undefined> | null, {
      origin: probed(known.from[key] ?? 'a probe'),
      why,
    })
}

/** The operating system; `platform` is what the caller knows, else what the readings say, else Linux. */
export function buildOs(collected: Collected, ledger: Ledger, platform: Platform | null): Machine['os'] {
  const { os } = collected
  const isWindows = collected.tools.has('Get-CimInstance') || collected.tools.has('reg query qwMemorySize')
  const system: Platform = platform ?? (isWindows ? 'win32' : (os.facts.platform ?? 'linux'))
  const note = noter(ledger, 'os', os)
  const arch = os.facts.arch ?? 'x64'
  if (os.facts.arch) ledger.origins['os.arch'] = probed(os.from.arch ?? 'a probe')
  else ledger.origins['os.arch'] = derived('no tool told, so the most common is assumed')
  const isLinux = system === 'linux'
  return {
    platform: system,
    name: note('name', 'No file or tool names the operating system.') ?? null,
    version: note('version', 'No file or tool tells the version.') ?? null,
    kernel: note('kernel', 'uname was not read.') ?? null,
    arch,
    libc: (isLinux ? note('libc', 'ldd was not read.') : null) ?? null,
    libcVersion: (isLinux ? note('libcVersion', 'ldd was not read.') : null) ?? null,
    wsl: isLinux && (os.facts.wsl ?? false),
    container: os.facts.container ?? null,
  }
}

export function buildCpu(collected: Collected, ledger: Ledger): Machine['cpu'] {
  const note = noter(ledger, 'cpu', collected.cpu)
  const hybrid = 'No tool tells fast and slow cores apart; most processors have one kind.'
  const isa = note('isa', 'No tool listed the instruction sets.')
  return {
    model: tidy(note('model', 'No tool names the processor.') ?? null),
    vendor: note('vendor', 'No tool names its maker.') ?? null,
    physicalCores: note('physicalCores', 'No tool counts the cores.') ?? null,
    logicalCores: note('logicalCores', 'No tool counts the hardware threads.') ?? null,
    performanceCores: note('performanceCores', hybrid) ?? null,
    efficiencyCores: note('efficiencyCores', hybrid) ?? null,
    isa: isa ?? [],
  }
}

const tidy = (name: string | null) => name?.replace(/\s+/g, ' ').trim() ?? null

/**
 * Memory: the total is the hardware's; a control group below it is the limit, and what is available is then what the group
 * has left. Under WSL the total itself is what Windows grants.
 */
export function buildMemory(collected: Collected, ledger: Ledger, os: Machine['os']): Machine['memory'] {
  const { facts, from } = collected.memory
  const note = noter(ledger, 'memory', collected.memory)
  const totalMiB = note('totalMiB', 'No file or tool tells how much memory there is.') ?? null
  const cgroup = facts.cgroupLimitMiB ?? null
  const isLimited = cgroup !== null && (totalMiB === null || cgroup < totalMiB)
  const limitMiB = isLimited ? cgroup : os.wsl ? totalMiB : null
  const limitFrom = isLimited ? 'cgroup' : os.wsl && totalMiB !== null ? 'wsl' : null
  if (limitMiB !== null)
    ledger.origins['memory.limitMiB'] =
      limitFrom === 'cgroup' ? probed(from.cgroupLimitMiB ?? 'cgroup') : derived('Windows grants WSL this much')
  return {
    totalMiB,
    availableMiB: available(collected, ledger, isLimited ? cgroup : null),
    limitMiB,
    limitFrom,
    bandwidthGBps: facts.bandwidthGBps ?? null,
  }
}

function available(collected: Collected, ledger: Ledger, limitMiB: number | null): number | null {
  const { facts, from } = collected.memory
  const why = 'No file or tool tells how much memory is available.'
  const system = facts.availableMiB ?? null
  const path = 'memory.availableMiB'
  if (limitMiB === null) return ledger.note(path, system, { origin: probed(from.availableMiB ?? 'a probe'), why })
  const left = Math.max(0, limitMiB - (facts.cgroupUsedMiB ?? 0))
  const origin = derived('the limit of the control group less what it uses, at most what the machine has available')
  return ledger.note(path, system === null ? left : Math.min(system, left), { origin, why })
}

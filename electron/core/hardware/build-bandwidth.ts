import type { Machine, Origin } from '../../contract/machine'
import type { Collected } from './collect'
import { findCpu, isGuestName, type CpuEntry } from './cpu-table'
import type { CpuFacts } from './hardware.types'
import { derived, fromTable, guessed, probed, type Ledger } from './ledger'
import { isPlausible } from './plausible'
import { peakGBps } from './parsers/memory-modules'

type Memory = Pick<Machine['memory'], 'bandwidthGBps' | 'type' | 'channels' | 'speedMTps'>

const table = 'resources/knowledge/cpus.json'

/**
 * Kind, channels, speed and bandwidth of main memory, the surest source first: the modules as the firmware lists them; memory
 * that is soldered to a known processor; what reading it for 0.2 s gave; and last the most that the processor
 * supports, which half-filled sockets do not reach. A guest of a hypervisor never gets its host's figure.
 */
export function buildBandwidth(collected: Collected, ledger: Ledger): Memory {
  const { facts, from } = collected.memory
  const cpu = collected.cpu.facts
  const entry = findCpu(cpu.model, cpu.board, cpu.chip)
  const soldered = entry?.soldered ? entry : null
  const modules = probed(from.widthBits ?? 'dmidecode')
  const rate = bandwidthOf(collected, entry)
  const known = isPlausible('measuredGBps', rate?.GBps) ? rate : null
  const whyNot = isGuest(cpu)
    ? 'A guest of a hypervisor has a part of the memory of its host, which no tool tells; it is measured.'
    : 'No tool tells it without administrator rights; it is measured.'
  const why = 'The firmware lists the modules only to administrators.'
  const part = (key: 'type' | 'speedMTps') => ({ origin: facts[key] ? modules : fromTable(table), why })
  return {
    bandwidthGBps: ledger.note('memory.bandwidthGBps', known?.GBps, { origin: known?.origin ?? null, why: whyNot }),
    type: ledger.note('memory.type', facts.type ?? soldered?.type, part('type')),
    channels: ledger.note('memory.channels', facts.channels, { origin: modules, why }),
    speedMTps: ledger.note('memory.speedMTps', facts.speedMTps ?? soldered?.speedMTps, part('speedMTps')),
  }
}

type Rate = { GBps: number; origin: Origin }

function bandwidthOf({ memory: { facts, from }, cpu }: Collected, entry: CpuEntry | null): Rate | null {
  if (facts.speedMTps && facts.widthBits) {
    const origin = derived(`speed and width of the modules (${from.widthBits ?? 'dmidecode'})`)
    // Places that name no channel count each module, which two on one channel would make too many.
    const widthBits = entry ? Math.min(facts.widthBits, entry.widthBits * (cpu.facts.sockets ?? 1)) : facts.widthBits
    return { GBps: peakGBps(facts.speedMTps, widthBits), origin }
  }
  if (entry?.soldered) return { GBps: peakGBps(entry.speedMTps, entry.widthBits), origin: fromTable(table) }
  if (facts.measuredGBps)
    return { GBps: facts.measuredGBps, origin: { ...probed(from.measuredGBps ?? 'a measurement'), confidence: 'likely' } }
  return entry && !isGuest(cpu.facts) && !isPart(entry, cpu.facts) ? mostOf(entry, cpu.facts.sockets ?? 1) : null
}

const isGuest = ({ virtual, model }: CpuFacts) => virtual === true || isGuestName(model)

const isPart = ({ cores }: CpuEntry, { physicalCores, logicalCores }: CpuFacts) =>
  cores !== undefined && (physicalCores ?? logicalCores ?? 0) < cores

/** What all channels give with the fastest modules that the maker allows, which is a ceiling and said to be one. */
function mostOf({ type, speedMTps, widthBits, faster }: CpuEntry, sockets: number): Rate {
  const channels = sockets * Math.round(widthBits / 64)
  const other = faster ? `, or ${faster.type}-${faster.speedMTps} for ${peakGBps(faster.speedMTps, widthBits * sockets)} GB/s` : ''
  return {
    GBps: peakGBps(speedMTps, widthBits * sockets),
    origin: guessed(
      `the most that this processor supports: ${channels} ${channels === 1 ? 'channel' : 'channels'} of ${type}-${speedMTps}, all filled${other} (${table})`,
    ),
  }
}

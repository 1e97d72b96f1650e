import type { Machine, Origin } from '../../contract/machine'
import type { Collected } from './collect'
import { findCpu, type CpuEntry } from './cpu-table'
import { derived, fromTable, guessed, probed, type Ledger } from './ledger'
import { peakGBps } from './parsers/memory-modules'

type Memory = Pick<Machine['memory'], 'bandwidthGBps' | 'type' | 'channels' | 'speedMTps'>

const table = 'resources/knowledge/cpus.json'

/**
 * Kind, channels, speed and bandwidth of main memory, the surest source first: the modules as the firmware lists them; memory
 * that is soldered to a known processor; what reading it for 0.2 s gave; and last the most that the processor's sockets take,
 * which half-filled sockets do not reach. A guest of a hypervisor never gets its host's figure.
 */
export function buildBandwidth(collected: Collected, ledger: Ledger): Memory {
  const { facts, from } = collected.memory
  const cpu = collected.cpu.facts
  const entry = findCpu(cpu.model, cpu.board)
  const soldered = entry?.soldered ? entry : null
  const modules = probed(from.widthBits ?? 'dmidecode')
  const known = bandwidthOf(collected, entry)
  const whyNot = 'No tool tells it without administrator rights; the first run on the processor measures it.'
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
  if (!entry || cpu.facts.virtual) return null
  const origin = guessed(`the most that this processor's sockets take when all are filled (${table})`)
  return { GBps: peakGBps(entry.speedMTps, entry.widthBits * (cpu.facts.sockets ?? 1)), origin }
}

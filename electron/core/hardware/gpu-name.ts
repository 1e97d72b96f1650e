import type { Gpu, Origin } from '../../contract/machine'
import { deviceName, namesIn, type GpuEntry } from './gpu-table'
import { derived, guessed } from './ledger'
import type { MergedGpu } from './merge-gpus'

const brands: Partial<Record<Gpu['vendor'], string>> = { nvidia: 'NVIDIA', amd: 'AMD', intel: 'Intel' }

/** Names that drivers and tools give to cards they do not know. */
export const isNoName = (name: string | null | undefined) =>
  !name ||
  /^(NVIDIA )?Graphics Device$|^Intel(\(R\))? Graphics$|^((Intel|AMD|NVIDIA|Huawei) )?Device$|\bDevice [0-9a-f]{4}\b|^0x[0-9a-f]{4}$|\[0x[0-9a-f]{4}\]$/i.test(
    name,
  )

/**
 * The device's number stands in for a name that says nothing; alternatives (`RX 7900 XT/7900 XTX`) are settled by the table's
 * entry, when there is one. Of a cut name that several of the table's `sisters` go on with, what they have in common is told.
 */
export function nameOf({ name, nameIsCut, vendor, pciId }: MergedGpu['seen'], entry: GpuEntry | null, sisters: readonly string[]): string {
  const known = isNoName(name) ? (deviceName(pciId) ?? name) : name
  if (!known || /^((Intel|AMD|NVIDIA|Huawei) )?Device$/.test(known))
    return entry ? branded(entry.name, vendor) : `Unnamed ${brands[vendor] ?? vendor} GPU${pciId ? ` (${pciId})` : ''}`
  if ((nameIsCut || namesIn(known).length > 1) && entry) return branded(entry.name, vendor)
  if (nameIsCut && sisters.length > 0) return branded(inCommon(sisters), vendor)
  if (known !== name) return branded(known, vendor)
  return known.replace(/^.*\[(?!0x)(.+)\].*$/, (_whole, inner: string) => inner)
}

/** The words that all the names begin with. */
function inCommon(names: readonly string[]): string {
  const [first = [], ...others] = names.map(name => name.split(' '))
  const end = first.findIndex((word, at) => others.some(words => words[at] !== word))
  return (end === -1 ? first : first.slice(0, end)).join(' ')
}

function branded(name: string, vendor: Gpu['vendor']): string {
  const brand = brands[vendor]
  return brand === undefined || name.startsWith(brand) ? name : `${brand} ${name}`
}

/** Where the name comes from: `plain` unless it was cut, put together from a number, or chosen among alternatives. */
export function nameOrigin({ seen, from }: MergedGpu, plain: Origin): Origin {
  if (isNoName(seen.name)) return derived(`the number of the device (${seen.pciId ?? 'unknown'})`)
  if (seen.nameIsCut) return guessed(`${from.name ?? 'nvidia-smi'}, whose table cuts long names`)
  return namesIn(seen.name ?? '').length > 1 ? derived(`${from.name ?? 'a probe'}, told apart by its memory with our table of GPUs`) : plain
}

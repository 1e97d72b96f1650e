import type { GpuSighting } from '../hardware.types'
import { isIntegratedIntel } from './xpu-smi'

/** Who made an adapter, by the words that Windows has of it. */
export function makerOfAdapter(maker: string): GpuSighting['vendor'] {
  if (/nvidia|geforce|quadro/i.test(maker)) return 'nvidia'
  if (/advanced micro devices|\bamd\b|radeon/i.test(maker)) return 'amd'
  return /intel/i.test(maker) ? 'intel' : 'other'
}

/** By the number in front of a PCI number (`10de:2782`). */
export function makerById(pciId: string | null): GpuSighting['vendor'] {
  const makers: Readonly<Record<string, GpuSighting['vendor']>> = { '10de': 'nvidia', '1002': 'amd', '8086': 'intel' }
  return makers[pciId?.slice(0, 4) ?? ''] ?? 'other'
}

/** `PCI\\VEN_10DE&DEV_2782&...` in the common form, `10de:2782`. */
export function pciIdOf(device: string): string | null {
  const found = /VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})/i.exec(device)
  return found ? `${found[1] ?? ''}:${found[2] ?? ''}`.toLowerCase() : null
}

/** Whether it is inside the processor; null where the name does not tell. */
export function isIntegratedByName(vendor: GpuSighting['vendor'], name: string): boolean | null {
  if (vendor === 'intel') return isIntegratedIntel(name)
  if (vendor === 'amd') return /Radeon(?:\(TM\))? (?:Vega \d+ )?(?:\d{3}M )?Graphics|\d{3}[MS]\b/i.test(name)
  if (vendor === 'other' && /Adreno/.test(name)) return true
  return vendor === 'nvidia' ? false : null
}

/** Windows writes NVIDIA's 565.90 as 32.0.15.6590: the last five digits are the maker's own number. */
export function driverOf(vendor: GpuSighting['vendor'], version: string | null): string | null {
  const digits = version?.replaceAll('.', '').slice(-5) ?? ''
  return vendor === 'nvidia' && digits.length === 5 ? `${digits.slice(0, 3)}.${digits.slice(3)}` : version
}

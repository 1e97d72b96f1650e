import type { Gpu } from '../../contract/machine'
import { probed, type Ledger } from './ledger'
import type { MergedGpu } from './merge-gpus'

/** Targets that AMD supports with ROCm 7 on Linux (https://rocm.docs.amd.com/projects/install-on-linux/en/latest/reference/system-requirements.html). */
const rocmTargets: ReadonlySet<string> = new Set([
  ...['gfx908', 'gfx90a', 'gfx942', 'gfx950', 'gfx1030', 'gfx1100', 'gfx1101', 'gfx1150', 'gfx1151', 'gfx1200', 'gfx1201'],
])

type Extras = Pick<Gpu, 'pcie' | 'nvlinks' | 'powerLimitW' | 'powerMaxW' | 'drivesDisplay' | 'heldBy' | 'rocmListed' | 'wiredLimitMiB'>
type Noting = { ledger: Ledger; path: (field: string) => string; wiredLimitMiB: number | null }

/** What only some tools tell and only some cards have: link, NVLink, power, who holds its memory. Null needs no reason here. */
export function extrasOf({ seen, from }: MergedGpu, { ledger, path, wiredLimitMiB }: Noting): Extras {
  const told = <Field extends 'pcie' | 'nvlinks' | 'powerLimitW' | 'powerMaxW' | 'drivesDisplay' | 'heldBy'>(field: Field) => {
    const value = seen[field] ?? null
    if (value !== null) ledger.origins[path(field)] = probed(from[field] ?? 'a probe')
    return value
  }
  return {
    pcie: told('pcie'),
    nvlinks: told('nvlinks'),
    powerLimitW: told('powerLimitW'),
    powerMaxW: told('powerMaxW'),
    drivesDisplay: told('drivesDisplay'),
    heldBy: told('heldBy'),
    ...(seen.vendor === 'amd' ? { rocmListed: seen.rocmTarget ? rocmTargets.has(seen.rocmTarget) : null } : {}),
    ...(seen.vendor === 'apple' ? { wiredLimitMiB: wiredLimitMiB || null } : {}),
  }
}

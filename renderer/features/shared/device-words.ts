import type { Instance } from '../../../electron/contract/instance'
import { shortName } from './names'

/** The devices an instance computes on, in short names, largest share first as the estimate lists them: `['RTX 4090', 'CPU']`. */
export function devicesOf(instance: Instance): string[] {
  return (instance.estimate?.devices ?? [])
    .filter(device => device.weightsMiB > 0 || device.kvMiB > 0)
    .map(device => (device.id === 'ram' ? 'CPU' : shortName(device.name)))
}

/** The same in words; null when nothing says where it computes. */
export function deviceWords(instance: Instance): string | null {
  const devices = devicesOf(instance)
  return devices.length === 0 ? null : devices.join(' and ')
}

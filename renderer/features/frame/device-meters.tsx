import { memo } from 'react'
import { Meter } from '../../ui/meter'
import { capacity, gigabytes } from '../../ui/format'
import { useMachine } from '../shared/machine.store'
import { shortName } from '../shared/names'

interface Device {
  key: string
  name: string
  totalMiB: number
  freeMiB: number
}

/** Memory used of each device that models can use, live. Meters go first when the window is narrow, then the devices. */
export const DeviceMeters = memo(function DeviceMeters() {
  const machine = useMachine(store => store.machine)
  if (!machine) return null
  const devices: Device[] = machine.gpus
    .filter(gpu => gpu.usable && gpu.memoryKind === 'dedicated')
    .flatMap(gpu =>
      gpu.vramMiB === null || gpu.vramFreeMiB === null
        ? []
        : [{ key: gpu.id, name: shortName(gpu.name), totalMiB: gpu.vramMiB, freeMiB: gpu.vramFreeMiB }],
    )
  const { totalMiB, availableMiB, limitMiB } = machine.memory
  const wholeMiB = limitMiB ?? totalMiB
  if (wholeMiB !== null && availableMiB !== null) {
    devices.push({ key: 'ram', name: 'RAM', totalMiB: wholeMiB, freeMiB: Math.min(availableMiB, wholeMiB) })
  }
  return devices.map(device => <One key={device.key} device={device} />)
})

function One({ device: { name, totalMiB, freeMiB } }: { device: Device }) {
  const usedMiB = Math.max(0, totalMiB - freeMiB)
  const words = `${name}: ${gigabytes(usedMiB)} of ${capacity(totalMiB)} used`
  return (
    <span title={words} className="flex h-4 items-center gap-1.5 border-l border-frame px-2 max-narrow:hidden">
      {name}
      <Meter fraction={totalMiB > 0 ? usedMiB / totalMiB : 0} label={words} className="h-1! w-14 max-wide:hidden" />
      <span>
        <span className="text-ink">{gigabytes(usedMiB)}</span> / {capacity(totalMiB)}
      </span>
    </span>
  )
}

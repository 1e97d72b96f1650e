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
  // What does not fit wraps to a line that is not seen, so that no figure is cut in two.
  return (
    <div className="flex h-4 min-w-0 flex-1 flex-wrap overflow-hidden max-narrow:hidden">
      {alikeAsOne(devices).map(device => (
        <One key={device.key} device={device} />
      ))}
    </div>
  )
})

/** Three cards of one name and more would fill the strip: they are summed. */
function alikeAsOne(devices: readonly Device[]): Device[] {
  const names = [...new Set(devices.map(device => `${device.name} ${device.totalMiB}`))]
  return names.flatMap(name => {
    const alike = devices.filter(device => `${device.name} ${device.totalMiB}` === name)
    const [first] = alike
    if (!first || alike.length < 3) return alike
    const sum = (of: (device: Device) => number) => alike.reduce((total, device) => total + of(device), 0)
    return [{ ...first, name: `${alike.length} × ${first.name}`, totalMiB: sum(each => each.totalMiB), freeMiB: sum(each => each.freeMiB) }]
  })
}

function One({ device: { name, totalMiB, freeMiB } }: { device: Device }) {
  const usedMiB = Math.max(0, totalMiB - freeMiB)
  const words = `${name}: ${gigabytes(usedMiB)} of ${capacity(totalMiB)} used`
  return (
    <span title={words} className="flex h-4 items-center gap-1.5 border-l border-frame px-2">
      {name}
      <Meter fraction={totalMiB > 0 ? usedMiB / totalMiB : 0} label={words} className="h-1! w-14 max-wide:hidden" />
      <span>
        <span className="text-ink">{gigabytes(usedMiB)}</span> / {capacity(totalMiB)}
      </span>
    </span>
  )
}

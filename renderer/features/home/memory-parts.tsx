import type { Decision } from '../../../electron/contract/decision'
import type { Machine } from '../../../electron/contract/machine'
import { capacity, contextLength, gigabytes, memory, percent } from '../../ui/format'
import { Hint } from '../../ui/hint'
import { StackedBar, type BarPart } from '../../ui/stacked-bar'
import { StateWord } from '../../ui/state-word'
import { Workings } from '../../ui/workings'
import { useMachine } from '../shared/machine.store'
import { shortName } from '../shared/names'
import { guessOf, idleCards, limitOf } from './memory-known'

export type DeviceMemory = Decision['memory']['devices'][number]

/** Memory of each device to scale, what each part is, and whether it fits. */
export function MemoryParts({ decision }: { decision: Decision }) {
  const { devices, fits, workings } = decision.memory
  const machine = useMachine(store => store.machine)
  const idle = idleCards(machine, devices)
  if (devices.length === 0) return <span className="text-ink-2">No device was reckoned with.</span>
  return (
    <div className="grid gap-3">
      {alikeOnce(devices).map(({ device, count }) => (
        <div key={device.id} className="grid gap-2">
          <StackedBar
            parts={partsOf(device, decision).map(part => (part.key === 'others' ? othersOf(part, machine, device) : part))}
            label={count > 1 ? `Each of ${count}: ${spoken(device)}` : spoken(device)}
            limit={device.freeMiB < 0 ? device.totalMiB : undefined}
          />
          <p className="flex flex-wrap items-center gap-x-2">
            <Verdict device={device} fits={fits} />
            <Hint text={<Workings head={headOf(decision.memory)} lines={workings} />} className="text-ink-2">
              {usedWords(device, { count, machine })}
            </Hint>
          </p>
        </div>
      ))}
      <Reckoning memory={decision.memory} />
      <Layers decision={decision} />
      {idle !== null && <p className="text-12 text-ink-2">{idle}</p>}
    </div>
  )
}

/** Where the system keeps a part of shared memory from the GPU, that is what stands there, not what programs hold. */
function othersOf(part: BarPart, machine: Machine | null, device: DeviceMemory): BarPart {
  const limitMiB = limitOf(machine, device)
  if (limitMiB === null) return part
  const hint = `The system lets the GPU take ${memory(limitMiB)} of ${capacity(device.totalMiB)} at the most. What other programs hold comes out of this part first.`
  return { ...part, name: 'kept from the GPU', hint }
}

/** Devices whose figures read alike are drawn once: cards that share each layer hold the same. */
function alikeOnce(devices: readonly DeviceMemory[]): { device: DeviceMemory; count: number }[] {
  const said = new Map<string, { device: DeviceMemory; count: number }>()
  for (const device of devices) {
    const known = said.get(spoken(device))
    said.set(spoken(device), known ? { ...known, count: known.count + 1 } : { device, count: 1 })
  }
  return [...said.values()]
}

const headOf = ({ simulation, basis }: Decision['memory']) =>
  simulation?.simulatedMiB == null
    ? `Reckoned from ${basis === 'tensors' ? 'the tensors of the file' : 'the shape of the model'}`
    : 'Reckoned by the engine itself'

/** Where the figures come from: the engine's own reckoning beside the formula, or why there is none. */
function Reckoning({ memory: { simulation } }: { memory: Decision['memory'] }) {
  if (!simulation) return null
  const { by, simulatedMiB, formulaMiB, why } = simulation
  if (simulatedMiB === null) return <p className="text-12 text-ink-3">By formula. {why}</p>
  return (
    <p className="text-12 text-ink-3">
      Simulated by {by}: {memory(simulatedMiB)}; the formula says {memory(formulaMiB)}.
    </p>
  )
}

/** The parts of a device's memory, largest first as they are loaded; what is free or lacking comes last. */
export function partsOf(
  { projectorMiB = 0, ...device }: DeviceMemory,
  decision: Pick<Decision, 'slots' | 'contextTokens'> & Partial<Pick<Decision, 'memory'>>,
): BarPart[] {
  const working = (start: string) => decision.memory?.workings.find(line => line.startsWith(start))
  const parts = decision.memory?.parts
  const slots = decision.slots > 1 ? ` = ${decision.slots} × ${contextLength(decision.contextTokens)}` : ''
  const engineMiB = device.computeMiB + device.overheadMiB
  // The unit is left out only where all parts are in gigabytes: MB beside a bare number would be a riddle.
  const allLarge = [device.weightsMiB, projectorMiB, device.kvMiB, engineMiB, device.othersMiB, device.freeMiB].every(
    mib => mib === 0 || mib >= 1000,
  )
  const short = (mib: number) => (allLarge ? gigabytes(mib) : memory(mib))
  return [
    {
      key: 'weights',
      name: 'weights',
      size: device.weightsMiB,
      value: memory(device.weightsMiB),
      fill: 1,
      hint: parts?.weights ?? working('Weights'),
    },
    imagesOf(projectorMiB, parts),
    {
      key: 'kv',
      name: 'KV cache',
      size: device.kvMiB,
      value: `${memory(device.kvMiB)}${slots}`,
      fill: 2,
      hint: parts?.kv ?? working('KV cache'),
    },
    {
      key: 'engine',
      name: 'engine',
      size: engineMiB,
      value: short(engineMiB),
      fill: 3,
      hint: [
        `compute buffers ${memory(device.computeMiB)}, the engine itself ${memory(device.overheadMiB)}`,
        parts?.compute,
        parts?.overhead,
      ]
        .filter(Boolean)
        .join('\n'),
    },
    {
      key: 'others',
      name: 'other apps',
      size: device.othersMiB,
      value: short(device.othersMiB),
      fill: 4,
      hint: parts?.others ?? 'held by other programs and the system, as detected',
    },
    {
      key: 'free',
      name: 'free',
      size: device.freeMiB,
      value: short(device.freeMiB),
      fill: 'empty',
      hint: parts?.free ?? working('Kept free'),
    },
  ]
}

const imagesOf = (size: number, parts: Decision['memory']['parts']): BarPart => ({
  ...{ key: 'projector', name: 'images', size, value: memory(size), fill: 'between' },
  hint: parts?.projector,
})

function spoken(device: DeviceMemory): string {
  const parts = [
    `weights ${memory(device.weightsMiB)}`,
    ...(device.projectorMiB ? [`images ${memory(device.projectorMiB)}`] : []),
    `KV cache ${memory(device.kvMiB)}`,
    `engine ${memory(device.computeMiB + device.overheadMiB)}`,
    `other apps ${memory(device.othersMiB)}`,
    device.freeMiB >= 0 ? `free ${memory(device.freeMiB)}` : `${memory(-device.freeMiB)} too little`,
  ]
  return `${shortName(device.name)}: ${parts.join(', ')} of ${capacity(device.totalMiB)}`
}

function usedWords(device: DeviceMemory, { count, machine }: { count: number; machine: Machine | null }): string {
  const usedMiB = device.totalMiB - device.freeMiB
  const guess = guessOf(machine, device)
  const place = device.id === 'ram' ? 'of memory' : `on ${count > 1 ? `each of ${count} × ` : ''}${shortName(device.name)}`
  const whole = `${guess.total ? 'an assumed ' : ''}${capacity(device.totalMiB)}`
  const others =
    limitOf(machine, device) === null ? `other apps ${guess.others ? 'guessed' : 'included'}` : 'what the GPU cannot have included'
  return `${gigabytes(usedMiB)} of ${whole} ${place}, ${others}`
}

function Verdict({ device, fits }: { device: DeviceMemory; fits: boolean }) {
  const share = device.totalMiB > 0 ? (device.totalMiB - device.freeMiB) / device.totalMiB : 1
  if (device.freeMiB < 0) return <StateWord tone="bad">{memory(-device.freeMiB)} too little</StateWord>
  if (!fits) return <StateWord tone="warn">too tight, {percent(share)}</StateWord>
  return <StateWord tone="ok">fits, {percent(share)}</StateWord>
}

function Layers({ decision }: { decision: Decision }) {
  const { gpuLayers, layers } = decision.memory
  if (gpuLayers === 0 || gpuLayers >= layers) return null
  // Said once: a rule's own sentence about it stands under what to know.
  if (decision.warnings.some(warning => warning.startsWith(`${gpuLayers} of ${layers} layers`))) return null
  return (
    <p>
      <StateWord tone="warn">
        <span className="whitespace-normal text-ink">
          {gpuLayers} of {layers} layers on the GPU; the rest run on the CPU, which is slower
        </span>
      </StateWord>
    </p>
  )
}

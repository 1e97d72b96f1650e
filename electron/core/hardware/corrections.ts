import type * as z from 'zod'
import { Failure } from '../../contract/failure'
import {
  cpuSchema,
  gpuSchema,
  machineSchema,
  memorySchema,
  operatingSystemSchema,
  type Correction,
  type Machine,
} from '../../contract/machine'

/** What a person may say of a machine: figures and names of its parts, not how they were read. */
const parts = { os: operatingSystemSchema, cpu: cpuSchema, memory: memorySchema } as const
const notCorrectable = new Set(['id', 'isa', 'migInstances', 'limitFrom', 'platform', 'whyNot'])
const topLevel = ['containerEngine', 'python', 'uv'] as const

type Target = { schema: z.ZodType; set(machine: Machine, value: unknown): Machine }

/**
 * A correction of this machine that may be kept. Throws Failure('bad-input') when nothing was detected yet, the path is none
 * of the machine's, or the value does not fit it.
 */
export function checkCorrection(machine: Machine | null, { path, value }: Correction): Correction & { machine: Machine } {
  if (!machine) throw new Failure('bad-input', 'The machine is not known yet, so nothing of it can be corrected.')
  const target = targetOf(machine, path)
  if (!target) throw new Failure('bad-input', `The machine has no value ${path} that could be corrected.`)
  if (value !== null && (!target.schema.safeParse(value).success || (typeof value === 'number' && value < 0))) {
    throw new Failure('bad-input', `${JSON.stringify(value)} is no possible value of ${path}.`)
  }
  return { path, value, machine }
}

/** The machine with the person's values, each marked as theirs; those that no longer fit the machine are passed over. */
export function applyCorrections(machine: Machine, corrections: readonly Correction[]): Machine {
  return corrections.reduce((current, { path, value }) => {
    const target = value === null ? null : targetOf(current, path)
    if (!target?.schema.safeParse(value).success) return current
    const corrected = consequencesOf(target.set(current, value), path)
    const unknown = Object.fromEntries(Object.entries(corrected.unknown).filter(([key]) => key !== path))
    return { ...corrected, unknown, origins: { ...corrected.origins, [path]: { kind: 'person' as const, from: 'typed in' } } }
  }, machine)
}

function targetOf(machine: Machine, path: string): Target | null {
  const [head = '', middle = '', last = ''] = path.split('.')
  const simple = topLevel.find(key => key === path)
  if (simple) return { schema: machineSchema.shape[simple], set: (current, value) => ({ ...current, [simple]: value }) }
  if (head === 'gpus') return gpuTarget(machine, middle, last)
  if (!(head === 'os' || head === 'cpu' || head === 'memory') || last !== '') return null
  const schema = schemaOf(parts[head].shape, middle)
  return schema && { schema, set: (current, value) => ({ ...current, [head]: { ...current[head], [middle]: value } }) }
}

function gpuTarget(machine: Machine, id: string, field: string): Target | null {
  const schema = schemaOf(gpuSchema.shape, field)
  if (!schema || !machine.gpus.some(gpu => gpu.id === id)) return null
  return {
    schema,
    set: (current, value) => ({ ...current, gpus: current.gpus.map(gpu => (gpu.id === id ? { ...gpu, [field]: value } : gpu)) }),
  }
}

const schemaOf = (shape: Readonly<Record<string, z.ZodType>>, field: string): z.ZodType | null =>
  notCorrectable.has(field) ? null : Object.hasOwn(shape, field) ? (shape[field] ?? null) : null

/** Values that hang on the corrected one. */
function consequencesOf(machine: Machine, path: string): Machine {
  if (path === 'memory.limitMiB') return { ...machine, memory: { ...machine.memory, limitFrom: 'person' } }
  const gpuId = /^gpus\.([^.]+)\.(usable|vramMiB)$/.exec(path)
  if (!gpuId) return machine
  const gpus = machine.gpus.map(gpu => {
    if (gpu.id !== gpuId[1]) return gpu
    const vramFreeMiB = gpu.vramMiB !== null && gpu.vramFreeMiB !== null ? Math.min(gpu.vramFreeMiB, gpu.vramMiB) : gpu.vramFreeMiB
    return { ...gpu, vramFreeMiB, whyNot: gpu.usable ? null : (gpu.whyNot ?? 'You chose not to use it.') }
  })
  return { ...machine, gpus }
}

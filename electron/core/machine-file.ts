import * as z from 'zod'
import { Failure } from '../contract/failure'
import { gpuSchema, machineSchema, type Gpu, type Machine } from '../contract/machine'
import { findGpu } from './hardware/gpu-table'

const fields = z.record(z.string(), z.unknown())
type Fields = z.infer<typeof fields>

const notSaid = 'The machine file does not say.'
const table = 'resources/knowledge/gpus.json'

/**
 * A machine as `detect --json` prints it, whole or in part: what a file leaves out becomes unknown with that reason, what
 * follows from the rest (vendor from the name, bandwidth from the GPU table) is derived and says so. `{ machine: ... }`, as
 * `recommend --json` prints it, is taken too. Throws Failure('bad-input') that names the first value that is not right.
 */
export function machineFromFile(value: unknown, file: string): Machine {
  const wrong = (why: string) => new Failure('bad-input', `${file} is not a machine as \`detect --json\` prints it: ${why}`)
  const outer = fields.safeParse(value)
  if (!outer.success) throw wrong('it has to be one JSON object.')
  const inner = outer.data['gpus'] === undefined && outer.data['os'] === undefined ? outer.data['machine'] : undefined
  const given = fields.safeParse(inner ?? outer.data).data ?? {}
  if (!Object.keys(machineSchema.shape).some(key => key in given)) throw wrong('none of its fields is known (os, cpu, memory, gpus).')
  const known = { ...given, os: withSystem(given), gpus: withGpus(given) }
  const missing: string[] = []
  const parsed = machineSchema.safeParse(completed(machineSchema, known, { path: '', missing }))
  if (!parsed.success) throw wrong(firstIssue(parsed.error))
  return settled(parsed.data, missing)
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues
  return issue ? `${issue.path.join('.')}: ${issue.message}.` : 'a value is not right.'
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

/** Platform and processor follow from the GPUs where the file is silent: Apple's chips are in Macs only. */
function withSystem(given: Fields): unknown {
  if (given['os'] !== undefined && !fields.safeParse(given['os']).success) return given['os']
  const os = fields.safeParse(given['os']).data ?? {}
  const apple = listOf(given['gpus']).some(gpu => vendorOf(fields.safeParse(gpu).data ?? {}) === 'apple')
  const platform = os['platform'] ?? (apple ? 'darwin' : 'linux')
  const arch = os['arch'] ?? (platform === 'darwin' && (apple || listOf(given['gpus']).length === 0) ? 'arm64' : 'x64')
  return { libc: platform === 'linux' ? 'glibc' : null, ...os, platform, arch }
}

function withGpus(given: Fields): unknown {
  const gpus = given['gpus']
  if (!Array.isArray(gpus)) return gpus
  const dedicated = gpus.some(gpu => fields.safeParse(gpu).data?.['integrated'] === false)
  return gpus.map((gpu: unknown, index) => {
    const parsed = fields.safeParse(gpu)
    return parsed.success ? withGpu(parsed.data, index, dedicated) : gpu
  })
}

function withGpu(gpu: Fields, index: number, dedicated: boolean): Fields {
  const vendor = vendorOf(gpu)
  // A chip such as NVIDIA's GB10 shares the memory without being graphics inside a processor.
  const integrated = gpu['integrated'] ?? (vendor === 'apple' || (gpu['memoryKind'] === 'unified' && vendor !== 'nvidia'))
  const unused = integrated === true && dedicated
  const usable = gpu['usable'] ?? !unused
  const whyNot = unused ? 'It shares the memory of the machine, and a card of its own is there.' : null
  return {
    ...{ id: `gpu${index}`, vendor, name: `${vendor} GPU`, memoryKind: integrated === true ? 'unified' : 'dedicated' },
    ...(usable === false ? { whyNot: whyNot ?? notSaid } : {}),
    ...{ migEnabled: false, ...gpu, integrated, usable },
  }
}

const vendors = z.enum(gpuSchema.shape.vendor.options)
const makers: readonly (readonly [pattern: RegExp, vendor: Gpu['vendor']])[] = [
  [/nvidia|geforce|quadro|tesla|\b[rg]tx\b|\b(a|h|b|l|v)\d{2,3}s?\b|\bt4\b|\bgb10\b/i, 'nvidia'],
  [/\bamd\b|radeon|instinct|\brx\b|\bmi\d{2,3}/i, 'amd'],
  [/intel|\barc\b|\biris\b|\buhd\b/i, 'intel'],
  [/apple|\bm[1-9]\b/i, 'apple'],
  [/ascend|huawei|\b910/i, 'huawei'],
]

function vendorOf(gpu: Fields): Gpu['vendor'] {
  const said = vendors.safeParse(gpu['vendor'])
  if (said.success) return said.data
  return makers.find(([pattern]) => pattern.test(textOf(gpu['name'])))?.[1] ?? 'other'
}

/** What the schema allows to be empty becomes empty: null where it may be, else an empty list or record, or false. */
function completed(schema: unknown, given: unknown, at: { path: string; missing: string[] }): unknown {
  if (schema instanceof z.ZodObject) return completedObject(schema, given, at)
  if (schema instanceof z.ZodArray && Array.isArray(given))
    return given.map((each: unknown, index) => completed(schema.element, each, { ...at, path: `${at.path}.${nameOf(each, index)}` }))
  if (given !== undefined || schema instanceof z.ZodOptional) return given
  if (schema instanceof z.ZodNullable) {
    at.missing.push(at.path)
    return null
  }
  if (schema instanceof z.ZodArray) return []
  if (schema instanceof z.ZodRecord) return {}
  return schema instanceof z.ZodBoolean ? false : undefined
}

function completedObject(schema: z.ZodObject, given: unknown, at: { path: string; missing: string[] }): unknown {
  const parsed = fields.safeParse(given ?? {})
  if (!parsed.success) return given
  const entries = Object.entries(schema.shape).map(([key, part]) => {
    const path = at.path === '' ? key : `${at.path}.${key}`
    return [key, completed(part, parsed.data[key], { ...at, path })] as const
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

/** Paths name a GPU by its id, as `unknown` and `origins` do. */
const nameOf = (each: unknown, index: number) => textOf(fields.safeParse(each).data?.['id']) || String(index)

/** Fills in what the GPU table knows, and says of the rest that the file does not tell it. */
function settled(machine: Machine, missing: readonly string[]): Machine {
  const filled: string[] = []
  const gpus = machine.gpus.map(gpu => {
    const entry = findGpu({ vendor: gpu.vendor, name: gpu.name, vramMiB: gpu.vramMiB })
    if (!entry) return gpu
    const from: Partial<Gpu> = {
      ...{ bandwidthGBps: entry.bandwidthGBps, fp16Tflops: entry.fp16Tflops, computeCapability: entry.computeCapability },
      vramMiB: entry.vramGb === null || gpu.memoryKind === 'unified' ? null : entry.vramGb * 1024,
    }
    const open = Object.entries(from).filter(([field, value]) => value !== null && missing.includes(`gpus.${gpu.id}.${field}`))
    filled.push(...open.map(([field]) => `gpus.${gpu.id}.${field}`))
    return { ...gpu, ...Object.fromEntries(open) }
  })
  const lacking = missing.filter(path => !filled.includes(path) && !path.endsWith('.whyNot') && path !== 'detectedAt')
  return {
    ...machine,
    gpus,
    unknown: { ...Object.fromEntries(lacking.map(path => [path, notSaid])), ...machine.unknown },
    origins: { ...Object.fromEntries(filled.map(path => [path, { kind: 'table' as const, from: table }])), ...machine.origins },
  }
}

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { machineSchema } from '../../../electron/contract/machine'
import { readRecording } from '../../../electron/core/hardware/recording'
import { machineFolder, machineNames } from '../../fixtures/machines/expect'

/** What a person who knows the machine says of it. Every GPU has at least these; a null says that nobody can know. */
const expectationSchema = z.looseObject({
  os: z.looseObject({ platform: z.string() }),
  cpu: z.looseObject({ model: z.string().nullable() }),
  memory: z.looseObject({ totalMiB: z.number().nullable(), bandwidthGBps: z.number().nullable() }),
  gpus: z.array(
    z.looseObject({
      ...{ vendor: z.string(), name: z.string(), memoryKind: z.string(), integrated: z.boolean() },
      ...{ vramMiB: z.number().nullable(), vramFreeMiB: z.number().nullable(), driver: z.string().nullable() },
      ...{ busId: z.string().nullable(), bandwidthGBps: z.number().nullable(), usable: z.boolean() },
    }),
  ),
  /** Codes of all warnings, in any order. */
  warnings: z.array(z.string()),
})

/** Without `argued`, which says from what each expectation follows. */
function expectationOf(name: string) {
  const { argued, ...expected } = expectationSchema
    .extend({ argued: z.string().min(20) })
    .parse(JSON.parse(readFileSync(join(machineFolder(name), 'expected.json'), 'utf8')))
  return { argued, expected }
}

describe('what is said of each machine', () => {
  test('there are at least 24, each with an expectation and its sources', () => {
    expect(machineNames.length).toBeGreaterThanOrEqual(24)
    const without = machineNames.filter(name => ['expected.json', 'source.md'].some(file => !existsSync(join(machineFolder(name), file))))
    expect(without).toEqual([])
  })

  test.each(machineNames)('%s', async name => {
    const { expected } = expectationOf(name)
    const machine = await readRecording(machineFolder(name))
    const codes = machine.warnings.map(warning => warning.code).sort()
    expect({ ...machine, warnings: codes }).toMatchObject({ ...expected, warnings: [...expected.warnings].sort() })
  })
})

describe('every machine', () => {
  test.each(machineNames)('%s is whole: null values have a reason, unusable GPUs too', async name => {
    const machine = machineSchema.parse(await readRecording(machineFolder(name)))
    const paths: (readonly [string, unknown])[] = [
      ['memory.totalMiB', machine.memory.totalMiB],
      ['memory.availableMiB', machine.memory.availableMiB],
      ['memory.bandwidthGBps', machine.memory.bandwidthGBps],
      ['memory.type', machine.memory.type],
      ['cpu.model', machine.cpu.model],
      ['os.name', machine.os.name],
      ...machine.gpus.flatMap(gpu =>
        (['vramMiB', 'vramFreeMiB', 'bandwidthGBps', 'driver', 'busId'] as const).map(key => [`gpus.${gpu.id}.${key}`, gpu[key]] as const),
      ),
    ]
    for (const [path, value] of paths) expect(value === null ? machine.unknown[path] : machine.origins[path], path).toBeTruthy()
    for (const [path, origin] of Object.entries(machine.origins)) expect(origin.confidence, path).toBeTruthy()
    for (const gpu of machine.gpus) expect(gpu.usable).toBe(gpu.whyNot === null)
    expect(machine.gpus.map(gpu => gpu.id)).toEqual(machine.gpus.map((_, index) => `gpu${index}`))
  })
})

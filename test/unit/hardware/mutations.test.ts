import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { machineSchema, type Machine } from '../../../electron/contract/machine'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'
import { machineFolder, machineNames } from '../../fixtures/machines/expect'

type Output = { machine: string; fileName: string; text: string }

/** Large files are cut to their head, so that a run stays short; the shapes repeat behind it. */
const outputs: readonly Output[] = machineNames.flatMap(machine =>
  readdirSync(machineFolder(machine))
    .filter(name => !/expected\.json|source\.md|probes\.json/.test(name))
    .map(fileName => ({ machine, fileName, text: readFileSync(join(machineFolder(machine), fileName), 'utf8').slice(0, 12_000) })),
)

const single = join(import.meta.dirname, 'outputs')
const everyOutput: readonly Output[] = [
  ...outputs,
  ...readdirSync(single)
    .filter(name => name.endsWith('.txt'))
    .map(fileName => ({ machine: 'single', fileName, text: readFileSync(join(single, fileName), 'utf8') })),
]

const run = { probe: 'x', commandLine: 'x', exitCode: 0, durationMs: 1, outcome: 'read' as const }
const parse = (fileName: string, text: string) =>
  machineSchema.parse(parseMachine([{ fileName, text, run }], { platform: null, detectedAt: null }))

/** A text with a piece cut out, doubled, or replaced by something that tools do print when they are unwell. */
const damaged = fc
  .record({
    output: fc.constantFrom(...everyOutput),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    share: fc.double({ min: 0, max: 0.3, noNaN: true }),
    instead: fc.constantFrom(
      '',
      '[N/A]',
      'ERR!',
      '-1',
      '-',
      '9',
      '99999',
      '999999999999999999999',
      '0x',
      '{',
      '"',
      '\u0000',
      '\r\n',
      'é',
      '| 0  ',
      'GPU 0: ',
    ),
  })
  .map(({ output, from, share, instead }) => {
    const start = Math.floor(output.text.length * from)
    const end = Math.min(output.text.length, start + Math.floor(output.text.length * share))
    return { fileName: output.fileName, text: output.text.slice(0, start) + instead + output.text.slice(end) }
  })

/** Figures that no machine has: below nothing, above what was ever built, or more free than there is. */
function absurdIn({ cpu, memory, gpus }: Machine): string[] {
  const tenTiB = 10 * 1024 * 1024
  const figures: readonly (readonly [what: string, value: number | null | undefined, most: number])[] = [
    ...gpus.flatMap(
      gpu =>
        [
          [`${gpu.name}: memory`, gpu.vramMiB, tenTiB],
          [`${gpu.name}: free`, gpu.vramFreeMiB, gpu.vramMiB ?? tenTiB],
          [`${gpu.name}: power`, gpu.powerLimitW, 10_000],
          ...gpu.migInstances.map(each => [`${gpu.name}: ${each.profile}`, each.memoryMiB, tenTiB] as const),
        ] as const,
    ),
    ['memory', memory.totalMiB, 2 ** 26],
    ['available', memory.availableMiB, memory.limitMiB ?? memory.totalMiB ?? 2 ** 26],
    ['limit', memory.limitMiB, 2 ** 26],
    ['bandwidth', memory.bandwidthGBps, 20_000],
    ['channels', memory.channels, 64],
    ['cores', cpu.physicalCores, 8192],
    ['threads', cpu.logicalCores, 8192],
    ['fast cores', cpu.performanceCores, 8192],
    ['slow cores', cpu.efficiencyCores, 8192],
    ['sockets', cpu.sockets, 512],
  ]
  return figures
    .filter(([, value, most]) => typeof value === 'number' && !(value >= 0 && value <= most))
    .map(([what, value]) => `${what} ${value ?? '?'}`)
}

describe('no output makes the parsers throw', () => {
  test('every real output, cut off anywhere or damaged in the middle, gives a valid machine', () => {
    fc.assert(
      fc.property(damaged, ({ fileName, text }) => {
        expect(absurdIn(parse(fileName, text))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('nor does text of no tool at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...outputs), (bytes, { fileName }) => {
        parse(fileName, Buffer.from(bytes).toString())
      }),
      { numRuns: 300 },
    )
  })
})

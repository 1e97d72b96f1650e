import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Machine } from '../../../electron/contract/machine'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'
import { expectedOutputs as expectedFirst } from './outputs-expected'
import { expectedOutputsMore } from './outputs-expected-more'

/** Outputs of single tools that people posted, none of which is part of a machine's folder; sources.md names where from. */
const folder = join(import.meta.dirname, 'outputs')
const names = readdirSync(folder).filter(name => name.endsWith('.txt'))
const expectedOutputs: Readonly<Record<string, readonly string[]>> = { ...expectedFirst, ...expectedOutputsMore }
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8')

function read(fileName: string, text: string): Machine {
  const run = { probe: fileName, commandLine: fileName, exitCode: 0, durationMs: 1, outcome: 'read' as const }
  return parseMachine([{ fileName, text, run }], { platform: null, detectedAt: null })
}

/** What matters of a machine, one line for each thing. */
function brief({ os, cpu, memory, gpus, npus, warnings }: Machine): string[] {
  const { physicalCores, logicalCores, performanceCores, efficiencyCores, sockets } = cpu
  const cores = [physicalCores, logicalCores, performanceCores, efficiencyCores, sockets]
  return [
    ...(os.platform === 'linux' && os.arch === 'x64' ? [] : [`${os.platform} ${os.arch}`]),
    ...(cpu.model === null && cores.every(count => count === null)
      ? []
      : [`${cpu.model ?? '?'} ${cores.map(each => each ?? '?').join('/')}`]),
    ...(memory.totalMiB === null ? [] : [`memory ${memory.totalMiB}`]),
    ...(memory.type === null ? [] : [`${memory.type} x${memory.channels ?? '?'} ${memory.bandwidthGBps ?? '?'}`]),
    ...gpus.map(
      gpu =>
        `${gpu.name}: ${gpu.vramMiB ?? '?'}/${gpu.vramFreeMiB ?? '?'} ${gpu.bandwidthGBps ?? '?'}${gpu.integrated ? ' inside' : ''}${gpu.usable ? '' : ' unused'}`,
    ),
    ...(npus ?? []).map(npu => npu.name),
    ...warnings
      .map(warning => warning.code)
      .filter(code => !/^(memory-unknown|gpu-not-used|integrated-gpu-not-used|gpu-in-use)$/.test(code)),
  ]
}

test('every output is expected to say something', () => {
  expect(Object.keys(expectedOutputs).sort()).toEqual(names.map(name => name.replace('.txt', '')).sort())
})

test.each(Object.entries(expectedOutputs))('%s', (name, expected) => {
  expect(brief(read(`${name}.txt`, textOf(`${name}.txt`)))).toEqual(expected)
})

describe('the same text as consoles and editors spoil it says the same', () => {
  const escape = String.fromCharCode(27)
  const spoilt: readonly (readonly [how: string, change: (text: string) => string])[] = [
    ['Windows line ends', text => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', text => `\uFEFF${text}`],
    ['colours', text => text.replace(/^(?=\S)/gm, `${escape}[1;32m`).replace(/$/gm, `${escape}[0m`)],
    ['blank lines before and behind', text => `\n\n${text}\n\n\n`],
    ['blanks at the ends of lines', text => text.replace(/$/gm, '  ')],
    ['a warning before it', text => `WARNING: the locale is not there, falling back to C\n${text}`],
  ]
  test.each(spoilt)('%s', (_how, change) => {
    for (const name of names) expect(brief(read(name, change(textOf(name)))), name).toEqual(expectedOutputs[name.replace('.txt', '')])
  })
})

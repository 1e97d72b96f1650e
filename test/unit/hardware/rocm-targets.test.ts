import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'

function gpusOf(fileName: string, text: string) {
  const run = { probe: fileName, commandLine: fileName, exitCode: 0, durationMs: 1, outcome: 'read' as const }
  return parseMachine([{ fileName, text, run }], { platform: 'linux', detectedAt: null }).gpus
}
const output = (name: string) => readFileSync(join(import.meta.dirname, 'outputs', name), 'utf8')

test.each([
  ['amd-smi-mi325x.txt', 'gfx942', true],
  ['rocm-smi-mi50.txt', 'gfx906', false],
  ['rocm-smi-vega-10.txt', 'gfx900', false],
])('%s: a card that ROCm saw has the target of its model', (name, rocmTarget, rocmListed) => {
  expect(gpusOf(name, output(name))[0]).toMatchObject({ rocmTarget, rocmListed })
})

test('a card that only lspci saw has none: ROCm may not be there', () => {
  const line = '03:00.0 VGA compatible controller [0300]: Advanced Micro Devices, Inc. [AMD/ATI] Navi 31 [Radeon RX 7900 XTX] [1002:744c]\n'
  expect(gpusOf('lspci-nn.txt', line)[0]).toMatchObject({ rocmTarget: null, rocmListed: null })
})

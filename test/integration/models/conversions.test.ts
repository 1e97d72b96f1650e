import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ollamaName } from '../../../electron/core/runtimes/ollama.convert'
import { fetching, openConversions, putTool as putToolIn } from './conversions-bench'
import { temporaryFolder } from './models-bench'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const putTool = (name: string, script: string) => putToolIn(folder.path, name, script)
const open = () => openConversions(folder.path)

describe('a conversion', () => {
  it('whose tools are not here says which, and how to get them', async () => {
    const { conversions, model, run } = await open()
    const [requantise, ollama] = await conversions.list(model.id)
    expect(requantise).toMatchObject({ id: 'requantise', why: 'It needs llama-quantize, which is not on this machine', command: null })
    expect(requantise?.install?.page).toContain('llama.cpp')
    expect(ollama).toMatchObject({ id: 'ollama', gives: 'Ollama', bytes: null })
    await expect(run('requantise')).rejects.toMatchObject({ code: 'not-available-here' })
    await expect(run('mlx')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('fetches what it lacks in the same job when it is told to, after the plan was shown', async () => {
    const { conversions, model, run, library } = await open()
    const [requantise] = await conversions.list(model.id)
    expect(requantise?.install?.packs).toEqual([
      {
        ...{ id: 'gguf-quantiser-0.7.0', title: 'llama.cpp’s quantiser', source: 'PyPI: cyllama==0.7.0', why: null },
        ...{ bytes: 20e6, diskBytes: 60e6 },
      },
    ])
    const job = await run('requantise', 'Q8_0', true)
    expect(job).toMatchObject({ state: 'done', failure: null, result: 'local/name-F32:Q8_0' })
    expect(job.steps.map(({ title, state }) => [title, state])).toEqual([
      ['Fetch llama.cpp’s quantiser', 'done'],
      ['Prepare', 'done'],
      ['Quantise to Q8_0', 'done'],
      ['Look at what came out', 'done'],
    ])
    expect(library.byId('local/name-F32:Q8_0')).toMatchObject({ origin: 'converted', state: 'ready' })
    expect((await conversions.list(model.id))[0]).toMatchObject({ why: null, install: null })
    const [kept] = await conversions.packs.kept()
    expect(kept).toMatchObject({ id: 'gguf-quantiser-0.7.0' })
    await expect(conversions.packs.remove('../models')).rejects.toMatchObject({ code: 'not-found' })
    await conversions.packs.remove('gguf-quantiser-0.7.0')
    expect([await conversions.packs.kept(), existsSync(join(folder.path, 'models'))]).toEqual([[], true])
    expect((await conversions.list(model.id))[0]?.why).toContain('llama-quantize')
  })

  it('whose tools cannot be had is refused before anything is fetched', async () => {
    const { conversions, model, run } = await open()
    fetching.free = 1_000
    expect((await run('requantise', null, true)).failure).toMatchObject({ code: 'disk-full' })
    fetching.free = null
    expect(readdirSync(join(folder.path, 'tools'))).toEqual([])
    const [, ollama] = await conversions.list(model.id)
    expect(ollama?.install?.packs).toMatchObject([{ title: 'Ollama', why: 'Ollama cannot be installed on this machine' }])
    await expect(run('ollama', null, true)).rejects.toThrow('Ollama cannot be installed on this machine')
    fetching.offers = [{ ...{ id: 'ollama@1', runtime: 'ollama', title: 'Ollama 1', source: 'its maker', bytes: 5, why: 'no network' } }]
    await expect(run('ollama', null, true)).rejects.toThrow('no network')
    fetching.offers = []
  })

  it('runs the tool, and what comes out is in the library when it can be read', async () => {
    putTool('llama-quantize', 'echo "quantising to $3"; cp "$1" "$2"')
    const { conversions, model, run, library, jobs } = await open()
    const [offer] = await conversions.list(model.id)
    expect(offer?.why).toBeNull()
    expect(offer?.command).toBe(`${join(folder.path, 'bin', 'llama-quantize')} ${model.path} OUTPUT Q4_K_M`)
    const job = await run('requantise', 'Q8_0')
    expect(job).toMatchObject({ state: 'done', failure: null, result: 'local/name-F32:Q8_0' })
    expect(job.log.map(({ text }) => text)).toContain('quantising to Q8_0')
    expect(library.byId('local/name-F32:Q8_0')).toMatchObject({ origin: 'converted', state: 'ready' })
    expect((await run('requantise', 'Q8_0')).failure?.message).toContain('is there already')
    await expect(run('requantise', 'Q9')).rejects.toMatchObject({ code: 'bad-input' })
    expect(jobs.list()).toHaveLength(2)
  })

  it('that fails says what the tool said, and leaves nothing behind', async () => {
    putTool('llama-quantize', 'echo "error: tensor x is broken" >&2; echo half > "$2"; exit 3')
    const { run } = await open()
    const job = await run('requantise')
    expect(job.failure?.message).toBe('Quantise to Q4_K_M failed (llama-quantize ended with 3): error: tensor x is broken')
    expect(existsSync(join(folder.path, 'models'))).toBe(false)
  })

  it('whose result cannot be read is no success', async () => {
    putTool('llama-quantize', 'echo nonsense > "$2"')
    const { run } = await open()
    expect(await run('requantise')).toMatchObject({ state: 'failed', failure: { code: 'not-a-gguf' } })
    expect(existsSync(join(folder.path, 'models'))).toBe(false)
  })

  it('is cancelled, and its tool ends', async () => {
    const pidFile = join(folder.path, 'pid')
    putTool('llama-quantize', `echo $$ > ${pidFile}; exec sleep 60`)
    const { conversions, model, jobs } = await open()
    const { id } = await conversions.run({ id: model.id, conversion: 'requantise', choice: null })
    while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await sleep(10)
    jobs.cancel(id)
    expect((await jobs.finished(id)).state).toBe('cancelled')
    expect(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 0)).toThrow()
  })

  it('names models as the store wants them', () => {
    expect(ollamaName('org/Name With:Q4_K_M')).toBe('name-with:q4_k_m')
  })
})

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRequestSchema } from '../../electron/contract/instance'
import { createCore, type Core } from '../../electron/core/core'
import { openHome } from '../../electron/core/lib/home'
import { tokensOfAnImage, writeRandomProjector } from '../runtimes/live/random-projector'

const root = join(import.meta.dirname, '..', '..')
/** Length of the vectors that the canary takes. */
const canaryWidth = 256

let folder = ''
let core: Core
let closed: Server

/** A PNG of one colour from left to right, 64 by 64. */
function picture(): string {
  const side = 64
  const rows = Array.from({ length: side }, () => Buffer.from([0, ...Array.from({ length: side }, (_, x) => [x * 4, 128, 32]).flat()]))
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const head = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 2, 0, 0, 0])
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const png = [signature, chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))]
  return `data:image/png;base64,${Buffer.concat(png).toString('base64')}`
}

const question = { type: 'text', text: 'What is this?' }
const withPicture = [question, { type: 'image_url', image_url: { url: picture() } }]

type Reply = { usage?: { prompt_tokens: number }; choices?: { message: { content: string } }[]; error?: { code: string; message: string } }

/** What an app asks of the one address. */
async function ask(model: string, content: unknown): Promise<{ status: number; body: Reply }> {
  const headers = { authorization: `Bearer ${core.key()}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ model, max_tokens: 16, temperature: 0, messages: [{ role: 'user', content }] })
  const response = await fetch(`${core.gateway.status().address ?? ''}/chat/completions`, { method: 'POST', headers, body })
  return { status: response.status, body: (await response.json()) as Reply }
}

async function startOf(model: string, build: string) {
  const job = await core.jobs.finished(core.stack.start(startRequestSchema.parse({ runtime: 'llama.cpp', build, model })).id)
  expect(job).toMatchObject({ state: 'done', failure: null })
  const instance = core.supervisor.get(job.result ?? '')
  if (!instance) throw new Error('it does not run')
  return instance
}

/** The canary's weights beside the projector, or alone; the name has six letters at most. */
function put(name: string, projector: boolean): string {
  const path = join(folder, name, `${name}-Q8_0.gguf`)
  mkdirSync(join(folder, name))
  const weights = readFileSync(join(root, 'resources', 'canary', 'canary.Q8_0.gguf'))
  // Another name in its header makes it another file, or the library would know it as the engine test.
  weights.write(`Roundhouse ${name}`, weights.indexOf('Roundhouse canary'))
  writeFileSync(path, weights)
  if (projector) writeFileSync(join(folder, name, `mmproj-${name}-F32.gguf`), writeRandomProjector(canaryWidth))
  return path
}

/** Needs the network for PyPI: run with ROUNDHOUSE_LIVE=1 and the path of this file. */
describe.runIf(process.env['ROUNDHOUSE_LIVE'])('an image through the real pipeline, with a projector of random weights', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vision-'))
    closed = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1')
    await new Promise(resolve => closed.once('listening', resolve))
    const nowhere = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`
    const environment = { ...process.env, ROUNDHOUSE_HOME: join(folder, 'home'), ROUNDHOUSE_HUB: nowhere, ROUNDHOUSE_GITHUB: nowhere }
    core = await createCore({
      ...{ home: openHome(environment), shell: 'browser', resourcesFolder: join(root, 'resources'), environment },
      workerFile: join(root, 'dist', 'host', 'worker.js'),
      engineFile: join(root, 'dist', 'host', 'engine.js'),
      engineLauncher: null,
      shutDown: () => undefined,
    })
  })
  afterAll(async () => {
    await core.dispose()
    closed.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('is answered, its tokens are counted, and without a projector it is refused in words', { timeout: 600_000 }, async () => {
    const offer = (await core.offers()).find(each => each.id === 'llama.cpp/xllamacpp/pypi-xllamacpp')
    expect(offer).toMatchObject({ why: null })
    const installed = await core.jobs.finished((await core.runtimes.install(offer?.id ?? '', false)).id)
    expect(installed).toMatchObject({ state: 'done', failure: null })
    const build = installed.result ?? ''

    // The library finds the projector beside the weights, and says that it reads images.
    const seeing = await core.models.importFile(put('sees', true))
    expect(seeing.projector).toMatchObject({ path: join(folder, 'sees', 'mmproj-sees-F32.gguf'), why: null })
    const seer = await startOf(seeing.id, build)
    const upstream = core.supervisor.upstream(seer.id)
    const told: unknown = await (await fetch(`${upstream?.address ?? ''}/props`, { headers: upstream?.headers ?? {} })).json()
    expect(told).toMatchObject({ modalities: { vision: true } })

    const plain = await ask(seer.route, [question])
    const seen = await ask(seer.route, withPicture)
    console.log(`prompt of ${plain.body.usage?.prompt_tokens} tokens, with the image ${seen.body.usage?.prompt_tokens}`)
    expect(seen).toMatchObject({ status: 200, body: { choices: [{ message: { content: expect.stringMatching(/\S/) as string } }] } })
    expect(seen.body.usage?.prompt_tokens).toBe((plain.body.usage?.prompt_tokens ?? 0) + tokensOfAnImage)

    const blind = await startOf((await core.models.importFile(put('blind', false))).id, build)
    expect(await ask(blind.route, [question])).toMatchObject({ status: 200 })
    expect(await ask(blind.route, withPicture)).toMatchObject({
      status: 400,
      body: { error: { code: 'images_not_read', message: expect.stringMatching(/answers text only: .*projector/) as string } },
    })
  })
})

import { createServer, type Server } from 'node:http'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openConversions, putTool, weights } from './conversions-bench'
import { sha256, temporaryFolder } from './models-bench'

let folder: ReturnType<typeof temporaryFolder>
let runs: Server | null = null
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await new Promise(resolve => (runs ? runs.close(resolve) : resolve(null)))
  runs = null
  folder.remove()
})

/**
 * Fake of Ollama: its command line, its environment and its words as 0.17.4 was seen to have them (`serve`, `create`), with a real
 * HTTP server. `create` needs a server at OLLAMA_HOST, and leaves a manifest in that server's store.
 */
const fake = `#!${process.execPath}
const fs = require('fs'), path = require('path'), http = require('http')
const [command, name, , modelfile] = process.argv.slice(2)
const note = line => fs.appendFileSync(${JSON.stringify('NOTES')}, line + '\\n')
if (command === 'serve') {
  note('serve ' + process.pid + ' ' + process.env.OLLAMA_MODELS + ' ' + process.env.OLLAMA_NOPRUNE)
  const [host, port] = process.env.OLLAMA_HOST.split(':')
  const manifests = path.join(process.env.OLLAMA_MODELS ?? '', 'manifests')
  http.createServer((request, response) => {
    if (request.url === '/take') { fs.mkdirSync(manifests, { recursive: true }); fs.writeFileSync(path.join(manifests, 'taken'), 'sha256:SHA') }
    response.end('{"version":"0.17.4"}')
  }).listen(Number(port), host)
} else {
  note('create ' + name + ' at ' + process.env.OLLAMA_HOST)
  const base = 'http://' + process.env.OLLAMA_HOST
  fetch(base + '/api/version').then(async () => {
    const frame = (...lines) => process.stdout.write('\\u001b[?2026h\\u001b[?25l\\u001b[1G' + lines.join('\\u001b[K\\n') + '\\u001b[K\\u001b[?25h\\u001b[?2026l')
    for (const share of [0, 29, 87, 100]) { frame('gathering model components', 'copying file sha256:SHA ' + share + '% x'); await new Promise(done => setTimeout(done, 20)) }
    if (fs.existsSync(${JSON.stringify('HOLD')})) { note('holds'); return setTimeout(() => {}, 60_000) }
    await fetch(base + '/take')
    process.stdout.write('\\nparsing GGUF\\u001b[K\\nwriting manifest\\u001b[K\\nsuccess\\n')
  }).catch(() => { console.error("Error: could not connect to ollama server, run 'ollama serve' to start it"); process.exit(1) })
}
`
const digest = sha256(weights)
const notes = () => (existsSync(join(folder.path, 'notes')) ? readFileSync(join(folder.path, 'notes'), 'utf8').trim().split('\n') : [])
const putFake = () =>
  putTool(
    folder.path,
    'ollama',
    fake.replaceAll('NOTES', join(folder.path, 'notes')).replaceAll('HOLD', join(folder.path, 'hold')).replaceAll('SHA', digest),
  )
const servePid = () => Number(/^serve (\d+)/.exec(notes()[0] ?? '')?.[1])
const blob = (store: string) => join(store, 'blobs', `sha256-${digest}`)

it('starts the server that it needs where none runs, says so before, and ends it afterwards', async () => {
  putFake()
  const { run, store, model, changes, conversions, rows } = await openConversions(folder.path)
  mkdirSync(store)
  const offer = (await conversions.list(model.id)).find(({ id }) => id === 'ollama')
  expect(offer?.note).toBe('Ollama’s server does not run: one is started for this and ended afterwards')
  const job = await run('ollama')
  expect(job).toMatchObject({ state: 'done', failure: null, result: 'ollama/name-f32:f32' })
  expect(notes()).toEqual([`serve ${servePid()} ${store} 1`, expect.stringMatching(/^create name-f32:f32 at 127\.0\.0\.1:\d+$/) as string])
  expect(() => process.kill(servePid(), 0)).toThrow()
  expect(rows.all()).toEqual([])
  // The file is in the store by a further name, so that nothing was copied.
  expect(statSync(blob(store)).ino).toBe(statSync(model.path).ino)
  expect(changes).toEqual(['changed'])
  expect(job.steps.map(({ id, state, detail }) => [id, state, detail])).toEqual([
    ['prepare', 'done', null],
    ['server', 'done', 'started for this; it ends with it'],
    ['run-0', 'done', 'writing its manifest'],
    [
      'check',
      'done',
      'Ollama has it as name-f32:f32. Ollama’s server was started for this and is ended; its app or `ollama serve` starts it for other programs',
    ],
  ])
  expect(job.steps[2]).toMatchObject({ done: 100, total: 100, unit: 'percent' })
})

it('uses the server that runs, and leaves it as it is', async () => {
  putFake()
  runs = createServer((_request, response) => response.end('{"version":"0.17.4"}')).listen(0, '127.0.0.1')
  await new Promise(resolve => runs?.once('listening', resolve))
  const address = `127.0.0.1:${(runs.address() as AddressInfo).port}`
  const before = process.env.OLLAMA_HOST
  process.env.OLLAMA_HOST = address
  try {
    const { run, store, model, conversions } = await openConversions(folder.path, { address })
    mkdirSync(store)
    expect((await conversions.list(model.id)).find(({ id }) => id === 'ollama')?.note).toBeNull()
    const job = await run('ollama')
    expect(job.steps.find(({ id }) => id === 'server')?.detail).toBe(`runs at http://${address}`)
    expect(notes()).toEqual([`create name-f32:f32 at ${address}`])
    expect(runs.listening).toBe(true)
  } finally {
    if (before === undefined) delete process.env.OLLAMA_HOST
    else process.env.OLLAMA_HOST = before
  }
})

it('is cancelled in the middle: the server and the name in the store are gone', async () => {
  putFake()
  writeFileSync(join(folder.path, 'hold'), '')
  const { conversions, model, jobs, store, rows } = await openConversions(folder.path)
  mkdirSync(store)
  const { id } = await conversions.run({ id: model.id, conversion: 'ollama', choice: null })
  while (!notes().includes('holds')) await sleep(10)
  expect(existsSync(blob(store))).toBe(true)
  // The last state of a bar is known to be whole when the next is drawn over it.
  await vi.waitFor(() =>
    expect(jobs.get(id)?.steps.find(step => step.id === 'run-0')).toMatchObject({ done: 87, detail: 'giving it the file' }),
  )
  jobs.cancel(id)
  expect((await jobs.finished(id)).state).toBe('cancelled')
  expect(() => process.kill(servePid(), 0)).toThrow()
  expect([existsSync(blob(store)), existsSync(join(folder.path, 'models')), rows.all()]).toEqual([false, false, []])
})

it('keeps the file of a model that the store took in although it was cancelled', async () => {
  putFake()
  writeFileSync(join(folder.path, 'hold'), '')
  const { conversions, model, jobs, store } = await openConversions(folder.path)
  mkdirSync(join(store, 'manifests/registry'), { recursive: true })
  const { id } = await conversions.run({ id: model.id, conversion: 'ollama', choice: null })
  while (!notes().includes('holds')) await sleep(10)
  writeFileSync(join(store, 'manifests/registry/tag'), `{"layers":[{"digest":"sha256:${digest}"}]}`)
  jobs.cancel(id)
  await jobs.finished(id)
  expect(existsSync(blob(store))).toBe(true)
})

it('does not start one where the server is another machine’s', async () => {
  putFake()
  const elsewhere = await openConversions(folder.path, { address: '192.0.2.1:9' })
  expect((await elsewhere.run('ollama')).failure).toMatchObject({
    code: 'server-down',
    message: 'Ollama’s server is set to http://192.0.2.1:9, which does not answer. Start it there.',
  })
  expect(notes()).toEqual([])
})

it('says the last words of a server that does not come up', async () => {
  putTool(folder.path, 'ollama', 'echo "Error: listen tcp: no permission" >&2; exit 1')
  const { run, rows } = await openConversions(folder.path)
  const job = await run('ollama')
  expect(job.failure).toMatchObject({
    code: 'did-not-start',
    message: 'Ollama’s server (ollama) ended at its start: Error: listen tcp: no permission',
  })
  expect([existsSync(join(folder.path, 'models')), rows.all()]).toEqual([false, []])
  expect(readdirSync(folder.path).sort()).toEqual(['bin', 'name-F32.gguf'])
})

it('says that the server went away that has to take a model in', async () => {
  putTool(folder.path, 'ollama', 'echo "Error: could not connect to ollama server" >&2; exit 1')
  runs = createServer((_request, response) => response.end('{"version":"0.17.4"}')).listen(0, '127.0.0.1')
  await new Promise(resolve => runs?.once('listening', resolve))
  const { run } = await openConversions(folder.path, { address: `127.0.0.1:${(runs.address() as AddressInfo).port}` })
  expect(await run('ollama')).toMatchObject({
    state: 'failed',
    failure: { code: 'server-down', message: expect.stringMatching(/^Ollama does not run/) as string },
  })
})

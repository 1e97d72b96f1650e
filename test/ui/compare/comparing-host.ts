import { implement, ORPCError } from '@orpc/server'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent } from 'undici'
import { contract } from '../../../electron/contract'
import { Failure } from '../../../electron/contract/failure'
import { startRequestSchema } from '../../../electron/contract/instance'
import { createComparisons } from '../../../electron/core/evaluation/comparisons'
import { openStore } from '../../../electron/core/store/open-store'
import { gateway } from '../fixture-machine'
import { makeInstance } from '../fixture-run'
import type { createScriptedHost } from '../scripted-host'

type Host = ReturnType<typeof createScriptedHost>

const cpu = {
  ...(makeInstance().estimate ?? { fits: true, gpuLayers: 0, layers: 0, workings: [], basis: 'shape' as const }),
  devices: [{ id: 'ram', name: 'Memory', totalMiB: 1, weightsMiB: 1, kvMiB: 0, computeMiB: 0, overheadMiB: 0, othersMiB: 0, freeMiB: 0 }],
}

/** Two that run: a model on the card and the engine test on the processor. */
export const running = [
  makeInstance({ id: 'llama-cpp-1', route: 'some/model:Q8_0', model: 'some/model:Q8_0', modelTitle: 'Some model' }),
  makeInstance({
    id: 'llama-cpp-2',
    buildTitle: 'Built-in engine',
    model: 'roundhouse/canary:Q8_0',
    modelTitle: 'Engine test',
    engineTest: true,
    route: 'roundhouse/canary:Q8_0',
    estimate: cpu,
  }),
]

/** An answer that a test writes piece by piece, as a runtime would. */
export interface Answer {
  route: string
  body: { messages: { role: string; content: string }[]; temperature: number }
  say: (text: string) => void
  finish: () => void
  isOpen: () => boolean
}

/**
 * Gives a scripted host the real comparisons: real SQLite in a folder of its own, asking over real HTTP a server whose answers the test
 * writes. Only that server is made up.
 */
export async function addComparisons(host: Host) {
  const answers: Answer[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString()))
    request.on('end', () => answers.push(answerOf(JSON.parse(body) as Answer['body'] & { model: string }, response)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-compare-'))
  const store = openStore(folder)
  const dispatcher = new Agent()
  const comparisons = createComparisons({
    store,
    dispatcher,
    gatewayAddress: () => `http://127.0.0.1:${port}/v1`,
    key: () => 'key',
    describe(route) {
      const instance = host.state.instances.value.find(each => each.route === route)
      return instance ? { ...instance, instanceId: instance.id, startedHere: !instance.adopted } : null
    },
  })
  host.state.instances.set(running)
  host.state.gateway.set({
    ...gateway,
    routes: running.map(each => ({ name: each.route, instances: [each.id], ready: true, engineTest: each.engineTest })),
  })
  Object.assign(host.router, { compare: compareRouter(comparisons) })
  Object.assign(host.router.instances, {
    choose: implement(contract).instances.choose.handler(({ input }) =>
      startRequestSchema.parse({ runtime: input.runtime ?? 'llama.cpp', build: null, model: input.model }),
    ),
  })
  async function close() {
    await comparisons.close()
    server.closeAllConnections()
    await dispatcher.destroy()
    await new Promise(resolve => server.close(resolve))
    store.close()
    rmSync(folder, { recursive: true })
  }
  return { comparisons, answers, close }
}

function answerOf({ model, ...body }: Answer['body'] & { model: string }, response: ServerResponse): Answer {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
  const send = (event: unknown) => response.write(`data: ${JSON.stringify(event)}\n\n`)
  let count = 0
  return {
    route: model,
    body,
    say(text) {
      count += 1
      send({ choices: [{ delta: { content: text }, finish_reason: null }] })
    },
    finish() {
      send({ choices: [{ delta: {}, finish_reason: 'stop' }] })
      send({ choices: [], usage: { prompt_tokens: 12, completion_tokens: count } })
      response.end('data: [DONE]\n\n')
    },
    isOpen: () => !response.destroyed && !response.writableEnded,
  }
}

function compareRouter(comparisons: ReturnType<typeof createComparisons>) {
  const os = implement(contract).use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      throw error instanceof Failure ? new ORPCError(error.code, { message: error.message, status: 404 }) : error
    }
  })
  return os.compare.router({
    list: os.compare.list.handler(() => comparisons.list()),
    create: os.compare.create.handler(({ input }) => comparisons.create(input)),
    watch: os.compare.watch.handler(({ input, signal }) => generatorOf(comparisons.watch(input.id, signal))),
    setPanes: os.compare.setPanes.handler(({ input }) => comparisons.setPanes(input.id, input.panes)),
    rename: os.compare.rename.handler(({ input }) => comparisons.rename(input.id, input.title)),
    remove: os.compare.remove.handler(({ input }) => comparisons.remove(input.id)),
    run: os.compare.run.handler(({ input }) => comparisons.run(input)),
    regenerate: os.compare.regenerate.handler(({ input }) => comparisons.regenerate(input)),
    stop: os.compare.stop.handler(({ input }) => comparisons.stop(input)),
  })
}

async function* generatorOf<Event>(events: AsyncIterable<Event>): AsyncGenerator<Event, void> {
  yield* events
}

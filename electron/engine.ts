import { loadEngine, LoadError } from './engine/load'
import { parseEngineOptions, type EngineOptions } from './engine/options'
import { createEngineServer, type LoadState } from './engine/server'
import { parseSimulation, simulate } from './engine/simulate'

/** How long open answers may take to be told that the engine ends. */
const stopGraceMs = 150

const log = (line: string) => process.stderr.write(`${line}\n`)

/** The last lines of a failed start are what the llama.cpp adapter explains: `error: <cause>: <sentence>`. */
function fail(cause: string, sentence: string): never {
  log(`error: ${cause}: ${sentence}`)
  process.exit(1)
}

function readOptions(): EngineOptions {
  try {
    return parseEngineOptions(process.argv.at(-1))
  } catch (error) {
    return fail('bad-options', error instanceof Error ? error.message : String(error))
  }
}

/** Reckons the memory of a start in place of starting: its last line is `simulated: {...}`. */
async function onlyReckon(): Promise<boolean> {
  try {
    const asked = parseSimulation(process.argv.at(-1))
    if (!asked) return false
    log(`simulated: ${JSON.stringify(await simulate(asked))}`)
    return true
  } catch (error) {
    return fail('simulation', error instanceof Error ? error.message : String(error))
  }
}

if (await onlyReckon()) process.exit(0)

const options = readOptions()
const key = process.env['RH_ENGINE_KEY'] ?? null
delete process.env['RH_ENGINE_KEY']

const state: LoadState = { engine: null, progress: 0 }
const stopping = new AbortController()
const server = createEngineServer({ options, key, state, log, stopping: stopping.signal })

const stop = () => {
  if (stopping.signal.aborted) process.exit(0)
  log('stopping')
  stopping.abort(new Error('the engine is stopping'))
  server.close()
  setTimeout(() => process.exit(0), stopGraceMs)
}
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)

server.on('error', (error: NodeJS.ErrnoException) => {
  const cause = error.code === 'EADDRINUSE' || error.code === 'EACCES' ? 'port-taken' : 'cannot-listen'
  fail(cause, `cannot listen on ${options.host}:${options.port}: ${error.message}`)
})

server.listen(options.port, options.host, () => {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : options.port
  log(`listening on http://${options.host}:${port}, loading ${options.modelPath}`)
  void load()
})

async function load() {
  const began = performance.now()
  let shown = 0
  try {
    state.engine = await loadEngine(options, {
      log,
      progress: share => {
        state.progress = share
        if (share - shown < 0.1 && share < 1) return
        shown = share
        log(`load: ${Math.round(share * 100)} %`)
      },
    })
  } catch (error) {
    const known = error instanceof LoadError ? error : new LoadError('load-failed', String(error))
    return fail(known.why, known.message)
  }
  const { gpu, total } = state.engine.layers
  log(`layers: ${gpu} of ${total} on ${gpu > 0 ? String(state.engine.llama.gpu) : 'cpu'}; threads: ${options.threads}`)
  log(`ready: ${options.alias}, ${options.slots} x ${options.contextTokens} tokens, after ${Math.round(performance.now() - began)} ms`)
}

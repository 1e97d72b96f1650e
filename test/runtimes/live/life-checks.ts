import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Autopsy, Instance, StartRequest } from '../../../electron/contract/instance'
import { start, until, type App } from './app'
import { familyOf, untilGone } from './family'
import { must, NotHere, type Finding } from './rows'
import { chat, stream } from './talk'

export type LifeSubject = {
  app: App
  /** What is started, without port. */
  wanted: Partial<StartRequest> & Pick<StartRequest, 'runtime' | 'model'>
  /** A GGUF that damaged copies are made of; null when it takes folders. */
  file: string | null
}
export type LifeCheck = (subject: LifeSubject) => Promise<Finding>

/** Runtimes that know `ignore_eos` (vLLM, llama.cpp) go on to the limit; the others are asked again where they end by themselves. */
const endless = { messages: [{ role: 'user', content: 'Tell a very long story about a locomotive.' }], max_tokens: 900, ignore_eos: true }

/** How a runtime of ours lives and ends. Each starts one of its own and leaves nothing behind. */
export const lifeChecks: Readonly<Record<string, LifeCheck>> = {
  'stop-idle': subject =>
    withOne(subject, async ({ app, instance }) => {
      const family = await familyOf(instance.pid)
      const began = performance.now()
      await app.core.supervisor.stop(instance.id)
      await untilGone(family, 1_000)
      must(app.core.supervisor.get(instance.id)?.state.kind === 'stopped', 'it is not told as stopped')
      return `${family.length} processes gone after ${Math.round(performance.now() - began)} ms`
    }),

  'stop-mid-stream': subject =>
    withOne(subject, async ({ app, instance }) => {
      const family = await familyOf(instance.pid)
      const { client, begun } = streaming(app, instance)
      await begun
      const began = performance.now()
      await app.core.supervisor.stop(instance.id)
      const took = Math.round(performance.now() - began)
      await untilGone(family, 1_000)
      await endsInWords(client)
      return `${family.length} processes gone after ${took} ms`
    }),

  /** The process is killed in the middle of an answer: the client is told, nothing survives, and it comes back by itself. */
  killed: subject =>
    withOne(subject, async ({ app, instance }) => {
      const family = await familyOf(instance.pid)
      const { client, begun } = streaming(app, instance)
      await begun
      process.kill(instance.pid ?? 0, 'SIGKILL')
      const began = performance.now()
      await endsInWords(client)
      const gone = await untilGone(family, 5_000)
      const now = () => app.core.supervisor.get(instance.id)
      await until(() => now()?.state.kind === 'ready' && now()?.pid !== instance.pid, `it did not come back (${now()?.state.kind})`, 90_000)
      const answer = await chat(app.talk(instance.route), 'Hi', { max_tokens: 2 })
      must(answer.status === 200, `status ${answer.status} after it came back`)
      return `${family.length} processes gone after ${Math.round(gone)} ms, back after ${Math.round(performance.now() - began)} ms`
    }),

  async 'port-taken'(subject) {
    // Read and ended, or their sockets would keep it open.
    const holder = createServer(socket => void socket.on('error', () => undefined).resume())
    await new Promise<void>(resolve => holder.listen(0, '127.0.0.1', resolve))
    const address = holder.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      const autopsy = await failedStart(subject, { port })
      must(autopsy.cause === 'port-taken', `cause ${autopsy.cause}: ${autopsy.headline}`)
      must(
        autopsy.fixes.some(fix => fix.action.kind === 'restart-with' && fix.action.port !== undefined),
        'no other port is offered',
      )
      return autopsy.headline
    } finally {
      await new Promise(resolve => holder.close(resolve))
    }
  },

  'model-missing': subject =>
    withCopy(subject, async ({ path, id }) => {
      await rm(path)
      return refusedStart(subject, id, 'model-missing')
    }),

  'model-cut': subject =>
    withCopy(subject, async ({ path, id, bytes }) => {
      await truncate(path, Math.floor(bytes * 0.6))
      return refusedStart(subject, id, 'model-damaged')
    }),

  /** A sound file of a kind that no build knows: here the runtime's own words must explain it. */
  'model-foreign': subject =>
    withCopy(
      subject,
      async ({ id }) => {
        const autopsy = await failedStart(subject, { model: id })
        must(autopsy.cause === 'unknown-architecture', `cause ${autopsy.cause}: ${autopsy.headline}: ${autopsy.explanation}`)
        return autopsy.headline
      },
      foreign,
    ),
}

/** An answer that came to its own end cannot show what a client is told of a broken one. */
class EndedByItself extends Error {}

async function withOne(
  subject: LifeSubject,
  work: (one: { app: App; instance: Instance }) => Promise<Finding>,
  tries = 3,
): Promise<Finding> {
  const { app, wanted } = subject
  const { instance } = await start(app, wanted)
  try {
    return await work({ app, instance })
  } catch (error) {
    if (!(error instanceof EndedByItself) || tries === 1) throw error
  } finally {
    await app.core.supervisor.stop(instance.id)
    app.core.supervisor.remove(instance.id)
  }
  return withOne(subject, work, tries - 1)
}

function streaming(app: App, instance: Instance) {
  const first = Promise.withResolvers<undefined>()
  const client = stream(app.talk(instance.route), endless, { onPiece: () => first.resolve(undefined) })
  void client.then(seen => first.reject(new Error(`the stream ended too early: ${seen.error ?? seen.finish ?? 'no reason'}`)))
  return { client, begun: first.promise }
}

async function endsInWords(client: ReturnType<typeof stream>) {
  const seen = await Promise.race([client, new Promise<null>(resolve => setTimeout(() => resolve(null), 15_000))])
  must(seen !== null, 'the client still waits after 15 s')
  if (seen.done && seen.finish !== null)
    throw new EndedByItself(`the answer ended by itself (${seen.finish}) each time, so nothing broke off`)
  // vLLM says so itself at times, and ends the stream in form after it; the gateway says it where the runtime does not.
  must(seen.error !== null, `the client was not told that the answer broke off (done ${seen.done}, finish ${seen.finish})`)
}

/** Starts what must fail, and returns why the app says that it did. */
async function failedStart({ app, wanted }: LifeSubject, change: Partial<StartRequest>): Promise<Autopsy> {
  const before = new Set(app.core.supervisor.list().map(each => each.id))
  const started = await start(app, { ...wanted, ...change }).catch((error: unknown) => error)
  const instance = app.core.supervisor.list().find(each => !before.has(each.id))
  must(instance !== undefined, `nothing was started: ${started instanceof Error ? started.message : ''}`)
  const { state } = instance
  if (state.kind !== 'failed') await app.core.supervisor.stop(instance.id)
  app.core.supervisor.remove(instance.id)
  must(state.kind === 'failed', `it is ${state.kind}`)
  return state.autopsy
}

async function refusedStart({ app, wanted }: LifeSubject, model: string, code: string): Promise<Finding> {
  const error: unknown = await start(app, { ...wanted, model }).catch((caught: unknown) => caught)
  must(error instanceof Error, 'it started')
  must(error.message.startsWith(`${code}:`), error.message)
  // A folder of this run says nothing to anyone else.
  return { why: error.message.replaceAll(tmpdir(), '…'), seen: 'gateway' }
}

type Copy = { path: string; id: string; bytes: number }

/** An imported copy of the model that may be damaged; taken off the list again. */
export async function withCopy(
  { app, file }: Pick<LifeSubject, 'app' | 'file'>,
  work: (copy: Copy) => Promise<Finding>,
  change: (bytes: Buffer) => Buffer = bytes => bytes,
): Promise<Finding> {
  if (file === null) throw new NotHere('the check damages a GGUF file, and this runtime takes none')
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'))
  const path = join(folder, 'copy.gguf')
  await copyFile(file, path)
  // The same contents would be taken for the same model.
  const bytes = Buffer.concat([change(await readFile(path)), Buffer.alloc(32)])
  await writeFile(path, bytes)
  const model = await app.core.models.importFile(path)
  try {
    return await work({ path, id: model.id, bytes: bytes.length })
  } finally {
    await app.core.models.remove({ id: model.id, deleteFile: false })
    await rm(folder, { recursive: true })
  }
}

/** The name of the architecture is replaced by one of the same length; keys keep theirs, so that the header can still be read. */
function foreign(bytes: Buffer): Buffer {
  const key = bytes.indexOf('general.architecture')
  const name = bytes.indexOf('llama', key)
  must(key > 0 && name > 0, 'the file has no architecture named llama')
  bytes.write('zzzzz', name)
  return bytes
}

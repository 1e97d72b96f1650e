import type { ChatWrapper, Llama, LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp'
import { open, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { resolveTemplate } from './chat-template'
import type { EngineOptions } from './options'
import { sampleInOrder } from './sampling-order'
import { createSlots, type Slots } from './slots'

export type Engine = {
  llama: Llama
  model: LlamaModel
  template: ChatWrapper
  slots: Slots<Token, LlamaContextSequence>
  batchTokens: number
  layers: { gpu: number; total: number }
  /** Bytes that llama.cpp has allocated; null when it does not say. */
  memory(): Promise<{ cpuBytes: number; gpuBytes: number } | null>
}

/** Why a model could not be loaded; `cause` is one of the words that the llama.cpp adapter explains. */
export class LoadError extends Error {
  readonly why: string

  constructor(why: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LoadError'
    this.why = why
  }
}

export type LoadHooks = { progress(share: number): void; log(line: string): void }

/** Tokens that go into one batch, llama.cpp's own default (n_batch of node-llama-cpp, n_ubatch of llama.cpp). */
export const batchTokens = 512
/** Room for tokens that a draft guesses ahead, so that guesses never push out the beginning of a full context. */
const draftHeadroom = 32
/** Waits for as many guesses as llama.cpp's server makes (`--spec-draft-n-max`); by default it takes only those that happen to be there, often none. */
const guesses = { minTokens: 3, maxTokens: 3 }

/** Loads the model and makes one context with a sequence for each slot. Throws LoadError. */
export async function loadEngine(options: EngineOptions, hooks: LoadHooks): Promise<Engine> {
  await checkFile(options.modelPath)
  const said: string[] = []
  const log = (line: string) => {
    said.push(line)
    if (worthShowing(line)) hooks.log(line)
  }
  try {
    return await load(options, { ...hooks, log })
  } catch (error) {
    throw await explain(error, said)
  }
}

async function load(options: EngineOptions, hooks: LoadHooks): Promise<Engine> {
  const { getLlama, DraftSequenceTokenPredictor, LlamaLogLevel } = await import('node-llama-cpp')
  const llama = await getLlama({
    // Never compiles: what is not prebuilt is not there.
    build: 'never',
    // Only Macs bring a GPU prebuilt with the app; elsewhere asking for one only prints warnings.
    gpu: process.platform === 'darwin' ? 'auto' : false,
    // The context asks for this many and gets at most `llama.maxThreads`, which may be changed while it runs.
    maxThreads: Math.max(options.threads, 64),
    logLevel: LlamaLogLevel.info,
    logger: (level, message) => hooks.log(`${level === LlamaLogLevel.info ? '' : `${level}: `}${message.trimEnd()}`),
  })
  const common = {
    ignoreMemorySafetyChecks: options.insist,
    ...(options.kvQuantisation === 'f16' ? {} : kvTypes(options.kvQuantisation)),
  }
  const model = await llama.loadModel({
    modelPath: options.modelPath,
    useMmap: !options.hugePages,
    gpuLayers: options.gpuLayers ?? { fitContext: { contextSize: options.contextTokens * options.slots } },
    ignoreMemorySafetyChecks: options.insist,
    onLoadProgress: share => hooks.progress(options.draftPath === null ? share : share * 0.8),
  })
  const contextSize = options.contextTokens + (options.draftPath === null ? 0 : draftHeadroom)
  const context = await model.createContext({
    sequences: options.slots,
    contextSize,
    batchSize: batchTokens,
    threads: Math.max(options.threads, 64),
    ...common,
  })
  sampleInOrder(context)
  const draft = options.draftPath === null ? null : await llama.loadModel({ modelPath: options.draftPath, useMmap: !options.hugePages })
  const draftContext = await draft?.createContext({ sequences: options.slots, contextSize, threads: Math.max(options.threads, 64) })
  if (draftContext) sampleInOrder(draftContext)
  llama.maxThreads = options.threads
  const sequences = Array.from({ length: options.slots }, () =>
    context.getSequence({
      // Few and bounded: only models with a sliding window or recurrent state need them to keep a beginning.
      checkpoints: { max: 4, maxMemory: 256 * 1024 * 1024 },
      ...(draftContext ? { tokenPredictor: new DraftSequenceTokenPredictor(draftContext.getSequence(), guesses) } : {}),
    }),
  )
  return {
    llama,
    model,
    template: await resolveTemplate(model, hooks.log),
    slots: createSlots(sequences),
    batchTokens,
    layers: { gpu: model.gpuLayers, total: model.fileInsights.totalLayers },
    async memory() {
      const { cpuRam, gpuVram } = await llama.getLlamaMemoryUsage()
      return { cpuBytes: cpuRam, gpuBytes: gpuVram }
    },
  }
}

const kvTypes = (type: 'q8_0' | 'q4_0') => {
  const name = type === 'q8_0' ? ('Q8_0' as const) : ('Q4_0' as const)
  return { experimentalKvCacheKeyType: name, experimentalKvCacheValueType: name, flashAttention: true }
}

/** The four bytes that every GGUF begins with (GGUF specification). */
const magic = 'GGUF'

async function checkFile(path: string) {
  const facts = await stat(path).catch(() => null)
  if (!facts?.isFile()) throw new LoadError('file-missing', `there is no file at ${path}`)
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    if (buffer.toString('latin1') !== magic) throw new LoadError('not-a-gguf', `${path} does not begin with ${magic}`)
  } finally {
    await file.close()
  }
}

/** llama.cpp prints every metadata value and a dot per layer; neither helps anybody who reads a log. */
const worthShowing = (line: string) => line.trim() !== '' && !/^[.\s]+$|- kv +\d+:|^print_info:|^load: +- \d|Dumping metadata/.test(line)

const causes: readonly (readonly [RegExp, string])[] = [
  [/not within the file bounds|corrupted or incomplete|unexpected end|failed to read/i, 'truncated'],
  [/unknown model architecture|unsupported.*architecture/i, 'unknown-architecture'],
  [/failed to allocate|too large for the available|Not enough VRAM|InsufficientMemory|out of memory/i, 'out-of-memory'],
  [/magic|not.*gguf/i, 'not-a-gguf'],
]

/** llama.cpp's lines come from another thread and may arrive after the load has already failed. */
const lateLinesMs = 500

async function explain(error: unknown, said: readonly string[]): Promise<LoadError> {
  if (error instanceof LoadError) return error
  const own = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  for (let waited = 0; waited <= lateLinesMs; waited += 50) {
    const known = causeIn([own, ...said.filter(line => /error|failed|unknown|not within/i.test(line))], error)
    if (known) return known
    await sleep(50)
  }
  return new LoadError('load-failed', own, { cause: error })
}

function causeIn(lines: readonly string[], cause: unknown): LoadError | null {
  for (const [pattern, why] of causes) {
    const line = lines.find(each => pattern.test(each))
    if (line !== undefined) return new LoadError(why, line.replace(/^(?:error|fatal): /, '').trim(), { cause })
  }
  return null
}

import { request, type Dispatcher } from 'undici'
import type { GenerationStats } from '../../contract/compare'
import type { Instance, Proof } from '../../contract/instance'
import type { Clock } from '../lib/clock'
import type { Launch, Look } from '../runtimes/runtime'
import { residentMiBOf } from '../supervisor/processes'
import type { Supervisor, Upstream } from '../supervisor/supervisor.types'
import { ask } from './ask'
import { askGolden, type Golden } from './golden'

export type ProveDeps = {
  supervisor: Supervisor
  golden: Golden
  clock: Clock
  dispatcher: Dispatcher
  launch: Launch | undefined
  /** Known questions that were answered so far. */
  onAnswer?(done: number, total: number): void
}

const WARM_UP = 'Say hello.'
const SPEED_PROMPT = 'Write a few sentences about how a steam locomotive works.'
const SPEED_TOKENS = 48
/** The canary itself; its draft sibling knows most answers, which proves nothing. */
const exact = 'roundhouse/canary:'
/** A slow model must not hold up the verdict: what was not measured by then is null, with the reason. */
const PROOF_WITHIN_MS = 60_000
/** Each known question may take so long on top: four at once, of twenty tokens, at 40 tok/s together. */
const QUESTION_WITHIN_MS = 500
const LOOK_WITHIN_MS = 5_000
/** Beyond this, tokens arrive together and the time between them is that of the socket. */
const FASTEST_TIMED = 20_000

type Measured = Pick<Proof, 'ttftMs' | 'promptTokens' | 'decodeTokensPerSecond' | 'golden' | 'draft' | 'why'>

/** What can be seen right after a load: placement, memory, TTFT and decode speed; for the canary, whether it answers as it must. */
export async function prove(instance: Instance, deps: ProveDeps, signal: AbortSignal): Promise<Proof> {
  const upstream = deps.supervisor.upstream(instance.id)
  // Read first: hundreds of questions push the lines of the load out of the log.
  const placed = placementOf(instance.id, deps)
  const withinMs = PROOF_WITHIN_MS + (instance.engineTest ? deps.golden.length * QUESTION_WITHIN_MS : 0)
  const limited = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
  const measured = upstream
    ? await measure(instance, { upstream, deps, signal: limited })
    : unmeasured('The instance ended before it could be measured.')
  signal.throwIfAborted()
  const [resident, told] = await Promise.all([residentOf(instance.pid), upstream ? lookAt(upstream, deps, instance.id) : null])
  const memoryMiB = resident ?? told?.memoryMiB ?? null
  return {
    ...measured,
    placement: placed ?? placementOf(instance.id, deps) ?? told?.placement ?? unknownPlacement,
    memoryMiB,
    memoryHow: resident === null && told ? told.memoryHow : residentHow,
    contextTokens: instance.contextTokens,
    threads: instance.threads,
    why: memoryMiB === null ? [...measured.why, 'The memory in use could not be read from the operating system.'] : measured.why,
    at: deps.clock.wall(),
  }
}

const unmeasured = (why: string): Measured => ({ ttftMs: null, decodeTokensPerSecond: null, golden: null, why: [why] })

type MeasureInput = { upstream: Upstream; deps: ProveDeps; signal: AbortSignal }

async function measure(instance: Instance, { upstream, deps, signal }: MeasureInput): Promise<Measured> {
  const { golden } = deps
  let answered: Measured['golden'] = null
  try {
    if (instance.model.startsWith(exact)) answered = await askGolden(upstream, golden, { ...deps, atOnce: instance.slots ?? 1, signal })
    else await ask(upstream, { prompt: WARM_UP, maxTokens: 4, signal }, deps)
    const prompt = instance.engineTest ? longest(golden) : SPEED_PROMPT
    const { stats } = await ask(upstream, { prompt, maxTokens: SPEED_TOKENS, signal }, deps)
    // What an engine test cannot be timed by is no loss: its speed says nothing about a model.
    const timing = timed(stats.tokensPerSecond)
    const speed = instance.engineTest ? { ...timing, why: [] } : timing
    const { ttftMs, draft = null } = stats
    return { ttftMs, promptTokens: readOf(stats), golden: answered, decodeTokensPerSecond: speed.value, draft, why: speed.why }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ...unmeasured(`The speed could not be measured: ${reason}`), golden: answered }
  }
}

/** What the engine kept of the warm-up's prompt, its template, is not read again. */
const readOf = ({ promptTokens, cachedTokens = 0 }: GenerationStats) =>
  promptTokens === null ? null : Math.max(1, promptTokens - cachedTokens)

function timed(tokensPerSecond: number | null): { value: number | null; why: string[] } {
  if (tokensPerSecond === null)
    return { value: null, why: ['The speed is unknown: the answer was too short, or the engine did not count its tokens.'] }
  if (tokensPerSecond > FASTEST_TIMED) return { value: null, why: ['The answer came in one piece, too fast to be timed.'] }
  return { value: tokensPerSecond, why: [] }
}

const residentHow = 'resident memory of the process and its children, read from the operating system'

const unknownPlacement: Proof['placement'] = {
  ...{ text: 'where the layers are is not known', gpuLayers: null, layers: null },
  ...{ verified: false, how: 'The engine does not say.' },
}

/** From its log; null when it does not say. */
function placementOf(id: string, { supervisor, launch }: ProveDeps): Proof['placement'] | null {
  const attempt = supervisor.attempt(id)
  const lines = supervisor.logs(id)?.lines() ?? []
  return attempt && launch
    ? launch.placement(
        lines.map(line => line.text),
        attempt.input,
      )
    : null
}

/** What the runtime tells when asked; null when it does not, or its answer is not understood. */
async function lookAt({ address, headers }: Upstream, { supervisor, launch, dispatcher }: ProveDeps, id: string): Promise<Look | null> {
  const attempt = supervisor.attempt(id)
  if (!launch?.look || !attempt) return null
  try {
    supervisor.asks(id, launch.look.path)
    const reply = await request(address + launch.look.path, { headers, dispatcher, signal: AbortSignal.timeout(LOOK_WITHIN_MS) })
    return reply.statusCode === 200 ? launch.look.read(await reply.body.text(), attempt.input) : null
  } catch {
    return null
  }
}

const residentOf = async (pid: number | null) => (pid === null ? null : ((await residentMiBOf([pid])).get(pid) ?? null))

/** The longest known answer gives the steadiest figure. */
const longest = (golden: Golden) => golden.reduce((best, each) => (each.tokens > best.tokens ? each : best)).question

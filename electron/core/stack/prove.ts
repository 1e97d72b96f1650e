import type { Dispatcher } from 'undici'
import type { Instance, Proof } from '../../contract/instance'
import type { Launch } from '../runtimes/runtime'
import { residentMiBOf } from '../supervisor/processes'
import type { Clock } from '../lib/clock'
import type { Supervisor } from '../supervisor/supervisor.types'
import { ask } from './ask'
import { askGolden, type Golden } from './golden'

export type ProveDeps = { supervisor: Supervisor; golden: Golden; clock: Clock; dispatcher: Dispatcher; launch: Launch | undefined }

const WARM_UP = 'Say hello.'
const SPEED_PROMPT = 'Write a few sentences about how a steam locomotive works.'
const SPEED_TOKENS = 48
/** A slow model must not hold up the verdict: what was not measured by then is null, with the reason. */
const PROOF_WITHIN_MS = 60_000

/** What can be seen right after a load: placement, memory, TTFT and decode speed; for the canary, whether it answers as it must. */
export async function prove(
  instance: Instance,
  { supervisor, golden, clock, dispatcher, launch }: ProveDeps,
  signal: AbortSignal,
): Promise<Proof> {
  const upstream = supervisor.upstream(instance.id)
  const attempt = supervisor.attempt(instance.id)
  const why: string[] = []
  const limited = AbortSignal.any([signal, AbortSignal.timeout(PROOF_WITHIN_MS)])
  const measured = { ttftMs: null as number | null, decodeTokensPerSecond: null as number | null, golden: null as Proof['golden'] }

  if (upstream) {
    try {
      if (instance.engineTest)
        measured.golden = await askGolden(upstream, golden, { clock, dispatcher, atOnce: instance.slots ?? 1, signal: limited })
      else await ask(upstream, { prompt: WARM_UP, maxTokens: 4, signal: limited }, { clock, dispatcher })
      const prompt = instance.engineTest ? longest(golden) : SPEED_PROMPT
      const { stats } = await ask(upstream, { prompt, maxTokens: SPEED_TOKENS, signal: limited }, { clock, dispatcher })
      measured.ttftMs = stats.ttftMs
      measured.decodeTokensPerSecond = stats.tokensPerSecond
      if (stats.tokensPerSecond === null)
        why.push('The speed is unknown: the answer was too short, or the engine did not count its tokens.')
    } catch (error) {
      signal.throwIfAborted()
      why.push(`The speed could not be measured: ${error instanceof Error ? error.message : String(error)}`)
    }
  } else why.push('The instance ended before it could be measured.')

  const lines =
    supervisor
      .logs(instance.id)
      ?.lines()
      .map(line => line.text) ?? []
  const adapter = attempt ? launch?.placement(lines, attempt.input) : null
  const resident = await residentOf(instance.pid)
  if (resident === null) why.push('The memory in use could not be read from the operating system.')
  return {
    placement: adapter ?? {
      text: 'where the layers are is not known',
      gpuLayers: null,
      layers: null,
      verified: false,
      how: 'The engine does not say.',
    },
    memoryMiB: resident,
    memoryHow: 'resident memory of the process and its children, read from the operating system',
    ...measured,
    contextTokens: instance.contextTokens,
    threads: instance.threads,
    why,
    at: clock.wall(),
  }
}

const residentOf = async (pid: number | null) => (pid === null ? null : ((await residentMiBOf([pid])).get(pid) ?? null))

/** The longest known answer gives the steadiest figure. */
const longest = (golden: Golden) => golden.reduce((best, each) => (each.tokens > best.tokens ? each : best)).question

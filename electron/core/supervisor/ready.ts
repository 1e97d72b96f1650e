import { openAsBlob } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../contract/failure'
import type { LaunchPlan, PrepareStep } from '../runtimes/runtime'
import type { Ownership } from './ports'

export type ReadyDeps = {
  fetch: typeof globalThis.fetch
  /** Aborted when the attempt is over for another reason: it ended, stalled or was stopped. */
  signal: AbortSignal
  /** Whether the server that answers is the one that was started. */
  owner(): Promise<Ownership>
  /** What is being done now, for the person. */
  onStep(title: string): void
  /** The answer to the health request changed. */
  onHealth(health: string): void
  /** Health is done: what follows has deadlines of its own. */
  onHealthy(): void
  timings: { healthEveryMs: number; healthTimeoutMs: number; probeMs: number }
}

/** Thrown when another program answers on the port: the next start takes another one. */
export class ForeignListener extends Error {}

/** Thrown when the runtime listens beyond this machine, against its orders: it is ended and not started again. */
export class ExposedListener extends Error {}

/** Health, then the plan's own steps, then one real token: only then a runtime is ready. Rejects with the reason otherwise. */
export async function becomeReady(plan: LaunchPlan, deps: ReadyDeps): Promise<void> {
  await untilHealthy(plan, deps)
  deps.onHealthy()
  for (const step of plan.prepare) {
    deps.onStep(step.title)
    await prepare(plan, step, deps)
  }
  deps.onStep('Asking for one token')
  await probeOneToken(plan, deps)
}

async function untilHealthy(plan: LaunchPlan, deps: ReadyDeps) {
  let before = ''
  for (let tries = 0; ; tries += 1) {
    deps.signal.throwIfAborted()
    const health = await healthOf(plan, deps)
    if (health !== before) deps.onHealth(health)
    before = health
    if (health === '200') {
      const owner = await deps.owner()
      if (owner === 'exposed') throw new ExposedListener('It listens on every network address of this machine')
      if (owner === 'foreign') throw new ForeignListener('Another program answers on this port')
      // `nobody`: the listener went away between the answer and the look.
      if (owner !== 'nobody') return
    }
    await sleep(Math.min(deps.timings.healthEveryMs, 50 * (tries + 1)), undefined, { signal: deps.signal })
  }
}

/** Status of the health request as text, or why there is none. */
export async function healthOf(plan: LaunchPlan, deps: Pick<ReadyDeps, 'fetch' | 'signal' | 'timings'>): Promise<string> {
  try {
    const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(deps.timings.healthTimeoutMs)])
    const response = await deps.fetch(plan.address + plan.readyPath, { headers: plan.headers, signal, redirect: 'manual' })
    await response.body?.cancel()
    return String(response.status)
  } catch (error) {
    deps.signal.throwIfAborted()
    return error instanceof Error ? error.name : 'no answer'
  }
}

async function prepare(plan: LaunchPlan, step: PrepareStep, deps: ReadyDeps) {
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(step.timeoutMs)])
  const url = plan.address + step.path
  if (step.kind === 'json') {
    const body = step.method === 'GET' ? {} : { body: JSON.stringify(step.body) }
    const headers = { ...plan.headers, 'content-type': 'application/json' }
    const response = await deps.fetch(url, { method: step.method, headers, signal, redirect: 'manual', ...body })
    await refuseUnlessOk(response, step.title)
    return
  }
  const head = await deps.fetch(url, { method: 'HEAD', headers: plan.headers, signal, redirect: 'manual' })
  if (head.ok) return
  const response = await deps.fetch(url, {
    method: 'POST',
    headers: plan.headers,
    body: await openAsBlob(step.file),
    signal,
    redirect: 'manual',
  })
  await refuseUnlessOk(response, step.title)
}

async function refuseUnlessOk(response: Response, title: string) {
  const text = await response.text()
  const refused = response.ok ? errorInLines(text) : text.slice(0, 500)
  if (refused !== null) throw new Failure('did-not-start', `${title}: the runtime answered ${response.status}: ${refused}`)
}

/** Ollama streams its progress as JSON lines and tells a failure in one of them, with status 200. */
function errorInLines(text: string): string | null {
  for (const line of text.split('\n')) {
    const error = /^\s*\{.*"error"\s*:\s*"((?:[^"\\]|\\.)+)"/.exec(line)?.[1]
    if (error !== undefined) return error
  }
  return null
}

/** Asks for one token as a chat, and as a plain completion when the model or the runtime has no chat. */
export async function probeOneToken(plan: LaunchPlan, deps: Pick<ReadyDeps, 'fetch' | 'signal' | 'timings'>): Promise<void> {
  const common = { model: plan.upstreamModel, max_tokens: 1, stream: false }
  const chat = await ask(plan, deps, { path: '/v1/chat/completions', body: { ...common, messages: [{ role: 'user', content: 'Hi' }] } })
  if (chat.problem === null) return
  if (!saysNoChat(chat.status, chat.text)) throw new Failure('did-not-start', `The first token could not be had: ${chat.problem}`)
  const plain = await ask(plan, deps, { path: '/v1/completions', body: { ...common, prompt: 'Hi' } })
  if (plain.problem !== null) throw new Failure('did-not-start', `The first token could not be had: ${plain.problem}`)
}

type Asked = { status: number; text: string; problem: string | null }

async function ask(
  plan: LaunchPlan,
  deps: Pick<ReadyDeps, 'fetch' | 'signal' | 'timings'>,
  request: { path: string; body: object },
): Promise<Asked> {
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(deps.timings.probeMs)])
  const headers = { ...plan.headers, 'content-type': 'application/json' }
  const options = { method: 'POST', headers, body: JSON.stringify(request.body), signal, redirect: 'manual' } as const
  const response = await deps.fetch(plan.address + request.path, options)
  const text = await response.text()
  if (!response.ok) return { status: response.status, text, problem: `status ${response.status}, ${text.slice(0, 500)}` }
  const problem = hasChoice(text) ? null : `an answer without a choice, ${text.slice(0, 200)}`
  return { status: response.status, text, problem }
}

const saysNoChat = (status: number, text: string) =>
  status === 404 || status === 405 || status === 501 || (status >= 400 && status < 500 && /chat|template/i.test(text))

function hasChoice(text: string): boolean {
  try {
    const answer: unknown = JSON.parse(text)
    return (
      typeof answer === 'object' && answer !== null && 'choices' in answer && Array.isArray(answer.choices) && answer.choices.length > 0
    )
  } catch {
    return false
  }
}

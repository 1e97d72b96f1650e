import type { Generation } from '../../../electron/contract/compare'
import type { Instance } from '../../../electron/contract/instance'
import { firstToken, memory, whole } from '../../ui/format'
import type { Provenance } from '../../ui/provenance'
import { isLive } from './comparison-reducer'

export interface Figure {
  name: string
  value: string
  from: Provenance | null
  /** Where the number comes from, on hover. */
  why: string
}

const dash = '–'

/** The five figures under an answer. What is not known yet is a dash, so that nothing moves when it comes. */
export function figuresOf(generation: Generation | null, instance: Instance | null): Figure[] {
  const stats = generation?.stats
  return [
    figure(
      'TTFT',
      stats?.ttftMs == null ? null : firstToken(stats.ttftMs),
      'From sending the request to the first chunk with content, at the socket of the host.',
    ),
    figure('speed', speed(stats?.tokensPerSecond), 'Tokens after the first one, by the time between the first and the last.'),
    { name: 'tokens', value: tokens(stats), from: null, why: 'As the runtime counts them, and the time from the request to the end.' },
    memoryFigure(instance),
    { name: 'finish', value: finish(generation), from: null, why: finishWhy(generation) },
  ]
}

function figure(name: string, value: string | null, why: string): Figure {
  return value === null ? { name, value: dash, from: null, why } : { name, value, from: 'measured', why }
}

/** `0.12 s`, with two decimals below ten seconds. */
function seconds(ms: number | null | undefined): string | null {
  if (ms == null) return null
  return ms < 10_000 ? `${(ms / 1000).toFixed(2)} s` : `${(ms / 1000).toFixed(1)} s`
}

function speed(tokensPerSecond: number | null | undefined): string | null {
  return tokensPerSecond == null ? null : `${tokensPerSecond.toFixed(tokensPerSecond < 1000 ? 1 : 0)} tok/s`
}

function tokens(stats: Generation['stats'] | undefined): string {
  if (stats?.outputTokens == null) return dash
  const total = seconds(stats.totalMs)
  return total === null ? whole(stats.outputTokens) : `${whole(stats.outputTokens)} in ${total}`
}

function memoryFigure(instance: Instance | null): Figure {
  // A process that is gone holds nothing; that is no figure of the model.
  const measured = instance?.proof?.memoryMiB ?? (instance?.residentMiB || null)
  if (measured !== null) {
    const why =
      instance?.proof?.memoryMiB == null ? 'Resident memory of its process now.' : `Measured after the load: ${instance.proof.memoryHow}.`
    return { name: 'memory', value: memory(measured), from: 'measured', why }
  }
  const devices = instance?.estimate?.devices ?? []
  if (devices.length === 0) return { name: 'memory', value: dash, from: null, why: 'Not known for this target.' }
  const sum = devices.reduce(
    (total, each) => total + each.weightsMiB + each.kvMiB + each.computeMiB + each.overheadMiB + (each.projectorMiB ?? 0),
    0,
  )
  return { name: 'memory', value: memory(sum), from: 'estimated', why: 'Weights, KV cache, buffers and the engine itself.' }
}

const finishWords: Partial<Record<string, string>> = {
  stop: 'The model ended its answer.',
  length: 'The answer reached its limit of tokens.',
}

function finish(generation: Generation | null): string {
  if (!generation) return dash
  if (isLive(generation)) return generation.state === 'waiting' ? dash : '…'
  return generation.state === 'done' ? (generation.stats.finish ?? 'done') : generation.state
}

function finishWhy(generation: Generation | null): string {
  return finishWords[generation?.stats.finish ?? ''] ?? 'How the answer ended.'
}

import type { Instance } from '../../../electron/contract/instance'
import { contextLength, figure, firstToken, firstTokenRange, memory, range, timeOfDay, whole } from '../../ui/format'
import { ProvenanceMark } from '../../ui/provenance'

interface Shown {
  name: string
  value: string
  unit: string
  /** What was foretold, beside what was measured. */
  expected: string | null
  why: string
}

/** What was measured right after the load, each over what had been estimated. */
export function InstanceFigures({ instance }: { instance: Instance }) {
  return (
    <dl className="instance-figures border-b border-line">
      {figuresOf(instance).map(({ name, value, unit, expected, why }) => (
        <div key={name} title={why} className="min-w-0 px-4 py-3">
          <dt className="text-12 text-ink-2">{name}</dt>
          <dd className="truncate text-16 font-semibold">
            {value} {value !== '–' && <small className="text-12 font-normal text-ink-2">{unit}</small>}
          </dd>
          <dd className="truncate text-11 text-ink-3">
            {expected !== null && (
              <>
                <ProvenanceMark of="estimated" />
                {expected}
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function figuresOf(instance: Instance): Shown[] {
  const { proof } = instance
  const why = proof ? `Measured at ${timeOfDay(proof.at)}, right after the load.` : 'Not measured yet.'
  return [ttft(instance, why), speed(instance, why), memoryTaken(instance, why), context(instance)]
}

/** The expectation for the very prompt that the proof asked: an estimate of a prompt of usual length is another figure. */
function ttft({ proof }: Instance, why: string): Shown {
  const { ttftExpectedMs: foreseen, promptTokens } = proof ?? {}
  return {
    name: 'First token',
    value: firstToken(proof?.ttftMs ?? null),
    unit: '',
    expected: foreseen ? firstTokenRange(foreseen.low, foreseen.high) : null,
    why:
      promptTokens == null ? `${why} The proof asks a short prompt.` : `${why} The proof asked a prompt of ${whole(promptTokens)} tokens.`,
  }
}

function speed({ proof, speedEstimate }: Instance, why: string): Shown {
  const one = speedEstimate?.oneUser
  const expected = one ? `${range(one.low, one.high)} tok/s` : null
  return { name: 'Speed, one user', value: figure(proof?.decodeTokensPerSecond ?? null), unit: 'tok/s', expected, why }
}

function memoryTaken({ proof, estimate }: Instance, why: string): Shown {
  const foreseen = estimate?.devices.reduce(
    (sum, each) => sum + each.weightsMiB + each.kvMiB + each.computeMiB + each.overheadMiB + (each.projectorMiB ?? 0),
    0,
  )
  const expected = foreseen === undefined ? null : memory(foreseen)
  return { name: 'Memory', value: memory(proof?.memoryMiB ?? null), unit: '', expected, why: proof ? `${why} ${proof.memoryHow}.` : why }
}

function context({ proof, contextTokens, slots, threads }: Instance): Shown {
  const tokens = proof?.contextTokens ?? contextTokens
  const units = [
    slots === null ? null : `${slots} ${slots === 1 ? 'slot' : 'slots'}`,
    threads === null ? null : `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  ]
  return {
    name: 'Context',
    value: tokens === null ? '–' : contextLength(tokens),
    unit: units.filter(Boolean).join(', '),
    expected: null,
    why: tokens === null ? 'The runtime does not say.' : `${whole(tokens)} tokens for each slot.`,
  }
}

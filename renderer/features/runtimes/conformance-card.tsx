import type { Conformance } from '../../../electron/contract/conformance'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { StateWord, type Tone } from '../../ui/state-word'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'

const looks: Readonly<Record<Conformance['result'], { tone: Tone; word: string }>> = {
  works: { tone: 'ok', word: 'works' },
  emulated: { tone: 'ok', word: 'added by the gateway' },
  ignored: { tone: 'warn', word: 'ignored' },
  refused: { tone: 'warn', word: 'refused' },
  failed: { tone: 'bad', word: 'failed' },
  unknown: { tone: 'later', word: 'not tried' },
}

/** What works, what the gateway adds, what is refused and why: seen when it was tried, else as its documentation says. */
export function ConformanceCard({ runtime }: { runtime: RuntimeDetail }) {
  const { conformance, title } = runtime
  if (conformance.length === 0) return <p className="px-gut text-ink-2">Nothing is known yet of what {title} takes.</p>
  return (
    <Table label={`Conformance of ${title}`}>
      <thead>
        <tr>
          <HeadCell className="pl-gut!">Feature</HeadCell>
          <HeadCell>Result</HeadCell>
          <HeadCell>Why</HeadCell>
          <HeadCell className="pr-gut!">Seen</HeadCell>
        </tr>
      </thead>
      <tbody>
        {conformance.map(({ check, build, result, why, known }) => (
          <tr key={`${check} ${build ?? ''}`}>
            <RowHead className="pl-gut!">{check.replaceAll('-', ' ')}</RowHead>
            <Cell>
              <StateWord tone={looks[result].tone}>{looks[result].word}</StateWord>
            </Cell>
            <Cell className="max-w-120 truncate text-ink-2" title={why ?? undefined}>
              {why ?? ''}
            </Cell>
            <Cell className="pr-gut! text-ink-2" title={known.kind === 'declared' ? known.source : undefined}>
              {knownWords(known, build)}
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function knownWords(known: Conformance['known'], build: string | null): string {
  if (known.kind === 'nothing') return 'nothing yet'
  if (known.kind === 'declared') return 'its documentation'
  return [new Date(known.day).toLocaleDateString('en-GB'), build, known.version].filter(Boolean).join(', ')
}

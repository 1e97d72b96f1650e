import type { Figure, UpdateRecord } from '../../../electron/contract/install'
import { Disclosure } from '../../ui/disclosure'
import { figure } from '../../ui/format'
import { StateWord, type Tone } from '../../ui/state-word'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'

/** What came of each update: both builds beside each other, and whether the new one was taken. */
export function UpdateHistory({ updates }: { updates: readonly UpdateRecord[] }) {
  return (
    <ul className="grid gap-1 px-gut">
      {updates.map((update, index) => (
        <li key={update.id}>
          <Disclosure summary={<Summary update={update} />} open={index === 0}>
            <div className="grid gap-2 py-2 pl-5">
              {update.why.map(why => (
                <p key={why}>{why}</p>
              ))}
              <Figures update={update} />
              {update.dropped.map(({ setting, why }) => (
                <p key={setting} className="text-12 text-ink-2">
                  {setting} was left out: {why}
                </p>
              ))}
            </div>
          </Disclosure>
        </li>
      ))}
    </ul>
  )
}

function Summary({ update }: { update: UpdateRecord }) {
  const [tone, word]: [Tone, string] = update.rolledBack
    ? ['info', 'taken back']
    : update.switched
      ? [update.holds ? 'ok' : 'warn', update.holds ? 'switched' : 'switched, though it does worse']
      : ['bad', 'not switched']
  return (
    <span className="inline-flex flex-wrap items-center gap-x-3">
      <span className="text-ink">
        {update.from} to {update.to}
      </span>
      <StateWord tone={tone}>{word}</StateWord>
      <span className="text-ink-3">{new Date(update.at).toLocaleString('en-GB')}</span>
    </span>
  )
}

const tones: Readonly<Record<Figure['verdict'], Tone>> = { better: 'ok', same: 'info', worse: 'bad', unknown: 'later' }

function Figures({ update }: { update: UpdateRecord }) {
  return (
    <Table label={`Comparison of ${update.from} and ${update.to}`} className="max-w-180">
      <thead>
        <tr>
          <HeadCell>Engine test</HeadCell>
          <HeadCell number>Before</HeadCell>
          <HeadCell number>After</HeadCell>
          <HeadCell>Verdict</HeadCell>
        </tr>
      </thead>
      <tbody>
        {update.figures.map(each => (
          <tr key={each.what}>
            <RowHead>{each.title}</RowHead>
            <Cell number>{valueOf(each.before, each.beforeText, each.unit)}</Cell>
            <Cell number>{valueOf(each.after, each.afterText, each.unit)}</Cell>
            <Cell>
              <StateWord tone={tones[each.verdict]}>{each.verdict}</StateWord>
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

const valueOf = (value: number | null, text: string, unit: string | null): string =>
  text !== '' ? text : value === null ? '–' : [figure(value), unit].filter(Boolean).join(' ')

import type { ReactNode } from 'react'
import Trash2 from 'lucide-react/icons/trash-2'
import type { Prediction } from '../../../electron/contract/predictions'
import { dayAndTime, figure, firstToken, firstTokenRange, range, whole } from '../../ui/format'
import { IconButton } from '../../ui/icon-button'
import { StateWord } from '../../ui/state-word'
import { Switch } from '../../ui/switch'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { shortName } from '../shared/names'
import { calibrate, forget } from './predictions.store'
import { flagWords, runName } from './summary'

/** One row a run; the wrong ones stand first, as the host sorts them. */
export function PredictionsTable({ rows }: { rows: readonly Prediction[] }) {
  return (
    <Table label="Predicted against measured">
      <thead>
        <tr>
          <HeadCell>Model</HeadCell>
          <HeadCell>Engine</HeadCell>
          <HeadCell number>Predicted, tok/s</HeadCell>
          <HeadCell number>Measured</HeadCell>
          <HeadCell number>Prediction was</HeadCell>
          <HeadCell number>Context</HeadCell>
          <HeadCell>On</HeadCell>
          <HeadCell>When</HeadCell>
          <HeadCell>Corrects</HeadCell>
          <HeadCell>
            <span className="sr-only">Delete</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <Row key={row.id} row={row} />
        ))}
      </tbody>
    </Table>
  )
}

function Row({ row }: { row: Prediction }) {
  const name = runName(row)
  return (
    <tr>
      <RowHead title={row.model} className="max-w-[320px] py-1 whitespace-normal! wrap-anywhere">
        {name}{' '}
        <span className="inline-flex flex-wrap gap-x-2 align-top">
          {row.flags.map(flag => (
            <StateWord key={flag} tone={isWrong(flag) ? 'warn' : 'info'}>
              {flagWords[flag]}
            </StateWord>
          ))}
        </span>
      </RowHead>
      <Cell title={row.build}>{row.buildTitle}</Cell>
      <Figures row={row} />
      <Cell number>{row.contextTokens === null ? '–' : whole(row.contextTokens)}</Cell>
      <Cell title={row.device ?? undefined}>{row.device?.split(' + ').map(shortName).join(' + ') ?? '–'}</Cell>
      <Cell>
        <time dateTime={row.when}>{dayAndTime(row.when)}</time>
      </Cell>
      <Cell>
        <Switch checked={row.calibrates} onChange={use => void calibrate(row.id, use)}>
          <span className="sr-only">Correct estimates by the run of {name}</span>
        </Switch>
      </Cell>
      <Cell>
        <IconButton icon={Trash2} size="low" label={`Delete the run of ${name}`} onClick={() => void forget(row.id, name)} />
      </Cell>
    </tr>
  )
}

const isWrong = (flag: Prediction['flags'][number]) => flag === 'outside-range' || flag === 'first-token'

/** What was said, what came and how far apart they are: of the speed, and below it of the first token. */
function Figures({ row }: { row: Prediction }) {
  const first = row.firstToken
  const of = first?.promptTokens == null ? undefined : `Of a prompt of ${whole(first.promptTokens)} tokens`
  return (
    <>
      <Cell number>
        {row.predicted ? range(row.predicted.low, row.predicted.high) : '–'}
        {first && (
          <Second title={of}>first token {first.predicted ? firstTokenRange(first.predicted.low, first.predicted.high) : '–'}</Second>
        )}
      </Cell>
      <Cell number className="font-semibold">
        {figure(row.measured)}
        {first && <Second title={of}>{firstToken(first.measured)}</Second>}
      </Cell>
      <Cell number>
        {offWords(row.errorPercent)}
        {first && <Second>{offWords(first.errorPercent)}</Second>}
      </Cell>
    </>
  )
}

/** The line below a figure of the speed: the same of the first token. */
const Second = ({ title, children }: { title?: string | undefined; children: ReactNode }) => (
  <div title={title} className="text-12 font-normal whitespace-nowrap text-ink-2">
    {children}
  </div>
)

const offWords = (percent: number | null) => (percent === null ? '–' : offBy(percent))

/** `3.3 % too high`: in words, since a sign alone leaves open which of the two it is about. */
const offBy = (percent: number) => {
  const size = Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0)
  return Number(size) === 0 ? '0 %' : `${size} % too ${percent > 0 ? 'high' : 'low'}`
}

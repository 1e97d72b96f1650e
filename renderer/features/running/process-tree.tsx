import { Link } from 'wouter'
import { classes } from '../../ui/classes'
import { duration, memory } from '../../ui/format'
import { StateWord } from '../../ui/state-word'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { InstanceActions } from './instance-actions'
import { InstanceStateWord } from './instance-state'
import { elapsedMs, type TreeRow } from './tree-rows'
import { useNow } from './use-now'

interface Props {
  rows: readonly TreeRow[]
  /** Id of the instance whose details are shown. */
  selected: string | null
}

const dash = '–'

/** Host and instances as a tree in one table; the chosen row drives what stands under it. */
export function ProcessTree({ rows, selected }: Props) {
  const nowMs = useNow()
  return (
    <Table label="Processes" className="max-h-[38vh] shrink-0 border-b border-line">
      <thead className="sticky top-0 z-1">
        <tr>
          <HeadCell className="pl-gut!">Process</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell number>PID</HeadCell>
          <HeadCell number>Port</HeadCell>
          <HeadCell>Device</HeadCell>
          <HeadCell number>Memory</HeadCell>
          <HeadCell number>Up</HeadCell>
          <HeadCell>Restarts, last reason</HeadCell>
          <HeadCell className="sticky right-0">
            <span className="sr-only">Actions</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <Row key={row.id} row={row} selected={row.id === selected} nowMs={nowMs} />
        ))}
      </tbody>
    </Table>
  )
}

function Row({ row, selected, nowMs }: { row: TreeRow; selected: boolean; nowMs: number }) {
  const { instance } = row
  return (
    <tr className={classes(selected ? 'bg-select' : 'bg-surface hover:bg-hover')}>
      <RowHead className="max-w-105 truncate pl-gut! max-wide:max-w-72" title={`${row.name}: ${row.about}`}>
        {instance ? (
          <Link href={`/running/${row.id}`} {...(selected ? { 'aria-current': 'true' as const } : {})} className="tree-branch no-underline">
            {row.name} <span className="text-ink-2">{row.about}</span>
          </Link>
        ) : (
          <span>
            {row.name} <span className="text-ink-2">{row.about}</span>
          </span>
        )}
      </RowHead>
      <Cell>{instance ? <InstanceStateWord state={instance.state} nowMs={nowMs} /> : <StateWord tone="ok">Running</StateWord>}</Cell>
      <Cell number>{row.pid ?? dash}</Cell>
      <Cell number>{row.port ?? dash}</Cell>
      <Cell>{row.device ?? dash}</Cell>
      <Cell number>{memory(row.memoryMiB)}</Cell>
      <Cell number>{upTime(elapsedMs(row.since, nowMs))}</Cell>
      <Cell className="max-w-58 truncate text-ink-2 max-wide:max-w-40" title={row.restarts}>
        {row.restarts}
      </Cell>
      <Cell number className="sticky right-0 bg-inherit pr-gut!">
        {instance && <InstanceActions instance={instance} />}
      </Cell>
    </tr>
  )
}

/** Whole seconds, so that the column ticks quietly. */
function upTime(ms: number | null): string {
  if (ms === null) return dash
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s`
  const hours = Math.floor(ms / 3_600_000)
  return hours < 48 ? duration(ms) : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

import { useVirtualizer } from '@tanstack/react-virtual'
import Search from 'lucide-react/icons/search'
import { memo, useEffect, useMemo, useRef, useState } from 'react'
import type { LogLine } from '../../../electron/contract/instance'
import { ChooseOne } from '../../ui/choice'
import { classes } from '../../ui/classes'
import { CopyButton } from '../../ui/copy-button'
import { whole } from '../../ui/format'
import { Icon } from '../../ui/icon'
import { Switch } from '../../ui/switch'
import { filteredLines, levels, type LevelChoice } from './log-reducer'
import { followLog, useLog } from './log.store'

const lineHeight = 20
/** So close to the end counts as being there, in pixels. */
const nearEnd = 24

/** The log of one instance: search, level, follow; only the lines in sight are drawn. */
export function LogView({ instance }: { instance: string }) {
  const { log, failure } = useLog()
  const [search, setSearch] = useState('')
  const [level, setLevel] = useState<LevelChoice>('all')
  const [isFollowing, setFollowing] = useState(true)
  useEffect(() => {
    const controller = new AbortController()
    followLog(instance, controller.signal)
    return () => controller.abort()
  }, [instance])
  const lines = useMemo(() => filteredLines(log.lines, level, search), [log.lines, level, search])
  return (
    <section aria-labelledby="h-log" className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-gut py-1.5">
        <h3 id="h-log">Log</h3>
        <label className="flex h-6 items-center gap-1.5 rounded-1 border border-edge px-1.5 text-ink-3 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent-edge">
          <Icon of={Search} small />
          <span className="sr-only">Search the log</span>
          <input
            type="search"
            value={search}
            onChange={event => setSearch(event.target.value)}
            placeholder={`Search ${whole(log.lines.length)} lines`}
            className="w-36 bg-transparent text-12 text-ink outline-none"
          />
        </label>
        <ChooseOne legend="Level" options={levels.map(each => ({ value: each, label: each }))} value={level} onChange={setLevel} />
        <span className="flex-1" />
        <CopyButton
          text={() => Promise.resolve(lines.map(line => `${line.at} ${line.level} ${line.text}`).join('\n'))}
          label="Copy lines"
        />
        <Switch checked={isFollowing} onChange={setFollowing}>
          Follow
        </Switch>
      </div>
      {failure && <p className="px-gut py-3 text-ink-2">{failure.message}</p>}
      <Lines lines={lines} instance={instance} isFollowing={isFollowing} onFollowing={setFollowing} />
      {log.dropped > 0 && (
        <p className="border-t border-line px-gut py-1 text-11 text-ink-3">{whole(log.dropped)} earlier lines are no longer kept.</p>
      )}
    </section>
  )
}

interface LinesProps {
  lines: readonly LogLine[]
  instance: string
  isFollowing: boolean
  onFollowing: (following: boolean) => void
}

function Lines({ lines, instance, isFollowing, onFollowing }: LinesProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const before = useRef(0)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    getItemKey: index => lines[index]?.sequence ?? index,
    overscan: 12,
    initialRect: { width: 800, height: 400 },
  })
  const count = lines.length
  useEffect(() => {
    if (isFollowing && count > 0) virtual.scrollToIndex(count - 1, { align: 'end' })
  }, [isFollowing, count, virtual])
  /** Going up stops following; coming back to the end takes it up again. */
  function noteScroll() {
    const element = scroller.current
    if (!element) return
    const isUp = element.scrollTop < before.current - 1
    before.current = element.scrollTop
    const isNear = element.scrollHeight - element.scrollTop - element.clientHeight <= nearEnd
    if (isUp && !isNear && isFollowing) onFollowing(false)
    if (isNear && !isUp && !isFollowing) onFollowing(true)
  }
  return (
    <div
      ref={scroller}
      onScroll={noteScroll}
      tabIndex={0}
      role="region"
      aria-label={`Log of ${instance}`}
      className="min-h-30 flex-1 overflow-auto bg-sunken py-2 font-mono text-code focus-visible:-outline-offset-2"
    >
      {count === 0 && <p className="px-gut font-sans text-13 text-ink-3">No line matches.</p>}
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(item => {
          const line = lines[item.index]
          if (!line) return null
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Line line={line} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

const fills: Partial<Record<LogLine['level'], string>> = { warn: 'bg-warn-wash', error: 'bg-bad-wash' }
const words: Partial<Record<LogLine['level'], string>> = { warn: 'text-warn', error: 'text-bad' }

const Line = memo(function Line({ line }: { line: LogLine }) {
  return (
    <p className={classes('log-line px-gut py-px', fills[line.level])}>
      <time dateTime={line.at} className="text-ink-3">
        {clock(line.at)}
      </time>
      <span className={words[line.level] ?? 'text-ink-3'}>{line.level}</span>
      <span className="wrap-anywhere whitespace-pre-wrap">{line.text}</span>
    </p>
  )
})

/** `11:26:18.116`. */
function clock(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return '–'
  return `${date.toLocaleTimeString('en-GB', { hour12: false })}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

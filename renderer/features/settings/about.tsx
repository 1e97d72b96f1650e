import { CopyButton } from '../../ui/copy-button'
import { dayAndTime } from '../../ui/format'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { useSystem } from '../shared/system.store'

/** Version, home and process of the host, and what its start-up wants said. */
export function About() {
  const system = useSystem(store => store.system)
  if (!system) return <Skeleton width={320} />
  const rows: [string, string][] = [
    ['Version', system.version],
    ['Home folder', system.home],
    ['Host', `process ${system.hostPid}, Node ${system.node}, ${system.platform}`],
    ['Window', system.shell === 'electron' ? 'of the app' : 'in a browser'],
    ['Running since', dayAndTime(system.startedAt)],
  ]
  return (
    <section aria-labelledby="h-about" className="grid gap-2">
      <div className="flex items-center gap-3">
        <h2 id="h-about">About Roundhouse</h2>
        <CopyButton text={rows.map(row => row.join(': ')).join('\n')} />
      </div>
      <dl className="grid grid-cols-[160px_minmax(0,1fr)] gap-y-1 max-narrow:grid-cols-1">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-2">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
      {system.notices.length > 0 && (
        <ul aria-label="Notices of the start" className="mt-2 grid gap-1">
          {system.notices.map(notice => (
            <li key={notice}>
              <StateWord tone="info">
                <span className="whitespace-normal">{notice}</span>
              </StateWord>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Instance } from '../../../electron/contract/instance'
import { useConnection } from '../../client/client'
import { CopyButton } from '../../ui/copy-button'
import { StateWord } from '../../ui/state-word'
import { useGateway } from '../shared/gateway.store'
import { deviceOf, useInstances } from '../shared/instances.store'
import { DeviceMeters } from './device-meters'

/** Always there: gateway, what is loaded where, memory of each device, jobs, requests in flight. */
export function Strip({ hasRunning, activity }: { hasRunning: boolean; activity: ReactNode }) {
  return (
    <footer
      aria-label="Status"
      className="flex min-w-0 items-center overflow-hidden border-t border-line bg-chrome px-2 text-12 whitespace-nowrap text-ink-2 [grid-area:strip] max-narrow:flex-wrap max-narrow:gap-y-1 max-narrow:py-[5px]"
    >
      <Part first>
        <GatewayState />
      </Part>
      <Part>
        <Loaded linked={hasRunning} />
      </Part>
      <DeviceMeters />
      <div className="ml-auto flex items-center">
        <Part first>{activity}</Part>
        <Part>
          <InFlight />
        </Part>
      </div>
    </footer>
  )
}

/** One piece of the strip with a hairline before it. */
export function Part({ children, first = false, title }: { children: ReactNode; first?: boolean; title?: string }) {
  return (
    <span title={title} className={`flex h-4 items-center gap-1.5 px-2 ${first ? '' : 'border-l border-frame'}`}>
      {children}
    </span>
  )
}

function GatewayState() {
  const connection = useConnection(store => store.state)
  const gateway = useGateway(store => store.gateway)
  if (connection === 'reconnecting') return <StateWord tone="busy">Reconnecting to the host</StateWord>
  if (connection === 'gone') return <StateWord tone="bad">No host</StateWord>
  if (connection === 'locked') return <StateWord tone="bad">Not let in by the host</StateWord>
  if (!gateway) return <StateWord tone="busy">Connecting</StateWord>
  if (gateway.state === 'failed') {
    return (
      <span title={gateway.why ?? undefined}>
        <StateWord tone="bad">Gateway failed</StateWord>
      </span>
    )
  }
  if (gateway.state === 'starting' || gateway.address === null) return <StateWord tone="busy">Gateway starting</StateWord>
  return (
    <>
      <span title={gateway.portNote ?? undefined}>
        <StateWord tone={gateway.portNote === null ? 'ok' : 'info'}>
          {gateway.portNote === null ? 'Gateway ready' : 'Gateway ready, other port'}
        </StateWord>
      </span>
      <span className="text-ink" title={gateway.portNote ?? gateway.address}>
        {hostOf(gateway.address)}
      </span>
      <span className="-mx-1 max-wide:hidden">
        <CopyButton text={gateway.address} label="Copy address" className="h-5 px-1" />
      </span>
    </>
  )
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address
}

function Loaded({ linked }: { linked: boolean }) {
  const instances = useInstances(store => store.instances)
  if (!instances) return <span>Looking</span>
  const loaded = instances.filter(instance => instance.state.kind === 'ready' || instance.state.kind === 'starting')
  const words = loaded.length === 0 ? 'Nothing loaded' : <LoadedWords loaded={loaded} />
  if (!linked) return <span>{words}</span>
  return (
    <Link href="/running" className="no-underline hover:underline">
      {words}
    </Link>
  )
}

function LoadedWords({ loaded }: { loaded: readonly Instance[] }) {
  const [first, ...others] = loaded
  if (!first) return null
  if (others.length > 0) return <span className="text-ink">{loaded.length} models loaded</span>
  const device = deviceOf(first)
  return (
    <>
      <span className="text-ink">{first.modelTitle}</span>
      {first.state.kind === 'starting' ? ' loading' : device === null ? '' : ` on ${device}`}
    </>
  )
}

function InFlight() {
  const count = useGateway(store => store.gateway?.inFlight ?? 0)
  return (
    <span>
      <span className="text-ink">{count}</span> {count === 1 ? 'request' : 'requests'} in flight
    </span>
  )
}

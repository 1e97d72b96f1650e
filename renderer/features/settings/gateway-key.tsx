import { useState } from 'react'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'
import { act } from '../shared/notice.store'

/** The key, hidden until asked for; it can be copied without being shown. */
export function GatewayKey({ load }: { load: () => Promise<string> }) {
  const [key, setKey] = useState<string | null>(null)
  const show = async () => setKey(await act('The key could not be read', load))
  return (
    <span className="flex flex-wrap items-center gap-2">
      {key === null ? <span className="tracking-widest text-ink-3">••••••••••••</span> : <code className="wrap-anywhere">{key}</code>}
      <Button size="low" tone="quiet" onClick={() => (key === null ? void show() : setKey(null))}>
        {key === null ? 'Show' : 'Hide'}
      </Button>
      <CopyButton text={load} />
    </span>
  )
}

import Trash2 from 'lucide-react/icons/trash-2'
import { useEffect, useState } from 'react'
import type { KeptTools } from '../../../electron/contract/model-store'
import { client } from '../../client/client'
import { Confirm } from '../../ui/confirm'
import { bytes } from '../../ui/format'
import { IconButton } from '../../ui/icon-button'
import { act } from '../shared/notice.store'

/** Tools that were fetched for conversions, each with what removing it frees; nothing while there are none. */
export function ToolsKept() {
  const [kept, setKept] = useState<readonly KeptTools[]>([])
  const look = () => {
    client.models.conversions.tools().then(setKept, () => setKept([]))
  }
  useEffect(look, [])
  if (kept.length === 0) return null
  const remove = (id: string) =>
    void act('The tools could not be removed', async () => {
      await client.models.conversions.removeTools({ id })
      look()
    })
  return (
    <ul className="pt-2 text-ink-2" aria-label="Tools that were fetched">
      {kept.map(({ id, title, bytes: size }) => (
        <li key={id} className="flex items-center gap-2">
          <span>
            Fetched: {title}, {bytes(size)}
          </span>
          <Confirm question={`Remove ${bytes(size)}?`} word="Remove" onConfirm={() => remove(id)}>
            {ask => <IconButton icon={Trash2} size="low" label={`Remove ${title}`} onClick={ask} />}
          </Confirm>
        </li>
      ))}
    </ul>
  )
}

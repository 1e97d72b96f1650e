import { useLocation } from 'wouter'
import type { ComparisonSummary } from '../../../electron/contract/compare'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { act } from '../shared/notice.store'
import { removeComparison } from './comparisons.store'

interface Props {
  /** Null while nothing is to be removed. */
  comparison: ComparisonSummary | null
  current: string
  onClose: () => void
}

/** Asks before a comparison and its answers are gone for good. */
export function RemoveDialog({ comparison, current, onClose }: Props) {
  const [, navigate] = useLocation()
  if (!comparison) return null
  const { id, title, turns } = comparison
  async function remove() {
    onClose()
    const done = await act('It could not be removed', async () => {
      await removeComparison(id)
      return true
    })
    if (done === true && id === current) navigate('/compare', { replace: true })
  }
  return (
    <Dialog
      open
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title="Remove this comparison?"
      about={title === '' ? 'Untitled' : title}
      foot={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button onClick={() => void remove()}>Remove</Button>
        </>
      }
    >
      <p>{turns === 1 ? 'Its prompt and the answers to it' : `Its ${turns} prompts and the answers to them`} are deleted for good.</p>
    </Dialog>
  )
}

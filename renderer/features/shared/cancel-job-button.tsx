import type { Job } from '../../../electron/contract/job'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { act } from './notice.store'

/** Ends a running job; what is kept of it is said where it is shown. */
export function CancelJobButton({ job: { id, title } }: { job: Pick<Job, 'id' | 'title'> }) {
  return (
    <Button
      size="low"
      aria-label={`Cancel ${title}`}
      onClick={() => void act(`${title} could not be cancelled`, () => client.jobs.cancel({ id }))}
    >
      Cancel
    </Button>
  )
}

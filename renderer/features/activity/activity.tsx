import ArrowDownToLine from 'lucide-react/icons/arrow-down-to-line'
import ListChecks from 'lucide-react/icons/list-checks'
import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { Icon } from '../../ui/icon'
import { Popover } from '../../ui/popover'
import { StateWord } from '../../ui/state-word'
import { useCommands, type Command } from '../shared/commands'
import { useJobs } from '../shared/jobs.store'
import { act } from '../shared/notice.store'
import { jobPath, orderedJobs, stripWords } from './job-words'
import { JobRow } from './job-row'

/** The jobs in the strip; a click opens the list of all long work. */
export function Activity() {
  const jobs = useJobs(store => store.jobs) ?? []
  const [, navigate] = useLocation()
  const [isOpen, setOpen] = useState(false)
  const words = stripWords(jobs)
  const ended = jobs.filter(job => job.state !== 'running')
  const commands = useMemo(
    (): Command[] => [
      {
        id: 'activity.show',
        title: 'Show activity',
        group: 'Do',
        icon: ListChecks,
        keywords: ['jobs', 'downloads'],
        run: () => setOpen(true),
      },
    ],
    [],
  )
  useCommands('activity', commands)
  const clear = () => act('They could not be taken off the list', () => Promise.all(ended.map(job => client.jobs.dismiss({ id: job.id }))))
  return (
    <Popover
      label="Activity"
      open={isOpen}
      onOpenChange={setOpen}
      className="w-[min(480px,calc(100vw-32px))]"
      trigger={
        <button type="button" className="flex items-center gap-1 rounded-1 hover:underline">
          {words.tone === 'bad' ? <StateWord tone="bad">{words.text}</StateWord> : null}
          {words.tone === 'busy' && <Icon of={ArrowDownToLine} />}
          {words.tone !== 'bad' && <span>{words.text}</span>}
        </button>
      }
    >
      <div className="flex items-center gap-2 border-b border-line px-4 py-2">
        <h2 className="flex-1">Activity</h2>
        {ended.length > 0 && (
          <Button tone="quiet" size="low" onClick={() => void clear()}>
            Dismiss all that ended
          </Button>
        )}
      </div>
      {jobs.length === 0 ? (
        <p className="p-4 text-ink-2">
          Nothing is being downloaded, installed or started. What is, stands here and goes on when the window closes.
        </p>
      ) : (
        <ul className="min-h-0 overflow-auto" tabIndex={0} aria-label="Jobs">
          {orderedJobs(jobs).map(job => (
            <JobRow
              key={job.id}
              job={job}
              onOpen={() => {
                setOpen(false)
                navigate(jobPath(job))
              }}
            />
          ))}
        </ul>
      )}
    </Popover>
  )
}

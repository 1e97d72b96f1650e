import Play from 'lucide-react/icons/play'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { client } from '../../client/client'
import { Button, type ButtonTone } from '../../ui/button'
import { act } from '../shared/notice.store'
import { Failure } from '../../../electron/contract/failure'
import { InstallDialog } from './install-dialog'
import { invalidWords, useInvalidSettings } from './invalid-settings.store'
import { installable, rowAction } from './runtime-words'
import { WhyDialog } from './why-dialog'

interface Props {
  runtime: RuntimeDetail
  tone: ButtonTone
}

/** The one thing to do with a runtime now: start it, install it, read how its maker installs it, or why it cannot be. */
export function RuntimeAction({ runtime, tone }: Props) {
  const [, navigate] = useLocation()
  const [open, setOpen] = useState(false)
  const { id, title } = runtime
  const action = rowAction(runtime)
  const offer = installable(runtime)

  async function start() {
    const job = await act(`${title} could not be started`, async () => {
      const wrong = invalidWords(Object.values(useInvalidSettings.getState().invalid[id] ?? {}))
      // What stands in a red field was meant, and a start would go on without it.
      if (wrong.length > 0) throw new Failure('bad-input', `A setting is not valid. ${wrong.join(' ')} Put it right, or undo it.`)
      return client.instances.start(await client.instances.choose({ model: null, runtime: id, contextTokens: null }))
    })
    if (job) navigate(`/start/${job.id}`)
  }

  if (action === 'start') {
    return (
      <Button size="low" icon={Play} tone={tone} aria-label={`Start ${title}`} onClick={() => void start()}>
        Start
      </Button>
    )
  }
  if (action === 'attach') {
    return (
      <Button size="low" aria-label={`Attach ${title}`} onClick={() => navigate('/running')}>
        Attach
      </Button>
    )
  }
  const words = { install: `Install${offer?.version ? ` ${offer.version}` : ''}`, 'how-to': 'How to', why: 'Why' }[action]
  return (
    <>
      {action === 'why' ? (
        <button type="button" className="quiet-link" aria-label={`Why: ${title}`} onClick={() => setOpen(true)}>
          Why
        </button>
      ) : (
        <Button size="low" tone={action === 'install' ? tone : 'plain'} aria-label={`${words}: ${title}`} onClick={() => setOpen(true)}>
          {words}
        </Button>
      )}
      {open && action !== 'why' && offer && <InstallDialog runtime={runtime} first={offer} onClose={() => setOpen(false)} />}
      {open && action === 'why' && <WhyDialog runtime={runtime} onClose={() => setOpen(false)} />}
    </>
  )
}

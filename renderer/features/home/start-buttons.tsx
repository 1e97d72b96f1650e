import ChevronDown from 'lucide-react/icons/chevron-down'
import Play from 'lucide-react/icons/play'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Decision } from '../../../electron/contract/decision'
import { Button, buttonClasses } from '../../ui/button'
import { copyText } from '../../ui/copy-text'
import { Dialog } from '../../ui/dialog'
import { bytes } from '../../ui/format'
import { Icon } from '../../ui/icon'
import { Menu, MenuItem, MenuLine } from '../../ui/menu'
import { useMachine } from '../shared/machine.store'
import { act } from '../shared/notice.store'
import { StartDialog } from './start-dialog'
import { startAndShow } from './start-decision'
import { commandText, startabilityOf, startedCommand } from './start-request'

/** Start, and beside it the other ways to start. The one yellow button of Home. */
export function StartButtons({ decision }: { decision: Decision }) {
  const [, navigate] = useLocation()
  const [asking, setAsking] = useState<'settings' | 'insist' | null>(null)
  const [starting, setStarting] = useState(false)
  const startability = startabilityOf(decision)
  async function start() {
    if (startability.kind === 'insist') {
      setAsking('insist')
      return
    }
    setStarting(true)
    await startAndShow(decision, {}, navigate)
    setStarting(false)
  }
  const cannot = startability.kind === 'cannot'
  const word = startability.kind === 'insist' ? 'Start anyway' : 'Start'
  const fetched = decision.downloadBytes === null || decision.startable.now ? '' : `, downloads ${bytes(decision.downloadBytes)} first`
  return (
    <>
      <div className="inline-flex shrink-0">
        <Button
          tone={startability.kind === 'start' ? 'go' : 'plain'}
          size="big"
          icon={Play}
          className="rounded-r-none!"
          disabled={cannot || starting}
          title={cannot ? startability.why : `${word}${fetched}`}
          onClick={() => void start()}
        >
          {word}
        </Button>
        <Menu
          trigger={
            <button
              type="button"
              aria-label="More ways to start"
              className={`${buttonClasses({ tone: startability.kind === 'start' ? 'go' : 'plain', size: 'big' })} -ml-px rounded-l-none! px-2!`}
            >
              <Icon of={ChevronDown} />
            </button>
          }
        >
          <MenuItem disabled={cannot} onSelect={() => setAsking('settings')} about="context length and parallel slots">
            Start with other settings…
          </MenuItem>
          <MenuLine />
          <MenuItem
            onSelect={() =>
              void act('The command could not be copied', () =>
                copyText(commandText(startedCommand(decision), useMachine.getState().machine?.os.platform)),
              )
            }
            about="to run it yourself"
          >
            Copy the command
          </MenuItem>
        </Menu>
      </div>
      <StartDialog decision={decision} open={asking === 'settings'} onOpenChange={open => setAsking(open ? 'settings' : null)} />
      <InsistDialog decision={decision} open={asking === 'insist'} onClose={() => setAsking(null)} />
    </>
  )
}

function InsistDialog({ decision, open, onClose }: { decision: Decision; open: boolean; onClose: () => void }) {
  const [, navigate] = useLocation()
  const startability = startabilityOf(decision)
  return (
    <Dialog
      open={open}
      onOpenChange={next => {
        if (!next) onClose()
      }}
      title="Start although it does not fit?"
      about={startability.kind === 'start' ? null : startability.why}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            onClick={() => {
              onClose()
              void startAndShow(decision, { insist: true }, navigate)
            }}
          >
            Start anyway
          </Button>
        </>
      }
    >
      <p>
        The engine may refuse to load, or the system may slow down or end programs to make room. A shorter context, fewer slots or a smaller
        quantisation would be safer.
      </p>
    </Dialog>
  )
}

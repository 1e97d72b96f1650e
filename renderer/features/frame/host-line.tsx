import { useConnection } from '../../client/client'
import { isShell } from '../../client/dial'
import { CopyButton } from '../../ui/copy-button'
import { StateWord } from '../../ui/state-word'

/** Prints a one-time link, also to a host that runs already. */
const command = 'npm run serve'

/** While no host can be reached: that it is so, what became of what ran, and how to go on. Goes away by itself once one is there. */
export function HostLine() {
  const state = useConnection(store => store.state)
  if (state !== 'gone' && state !== 'locked') return null
  return (
    <div role="alert" className="sticky top-0 z-10 grid gap-1 border-b border-line bg-bad-wash px-gut py-2">
      <p className="min-w-0 wrap-anywhere">
        <StateWord tone="bad">
          {state === 'gone' ? 'The host has ended' : 'The host was started again and does not know this window'}
        </StateWord>
        <span className="ml-2">
          {state === 'gone'
            ? 'It was stopped or has failed; the models that it ran ended with it. What is shown here is what was last known.'
            : 'A window is let in by a link of the host that runs, and this one has the link of an earlier host.'}
        </span>
      </p>
      {isShell(window) ? <p>Quit Roundhouse and start it again.</p> : <Again state={state} />}
    </div>
  )
}

function Again({ state }: { state: 'gone' | 'locked' }) {
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <span>
        Type <code>{command}</code> in the folder of Roundhouse
        {state === 'gone'
          ? ' to start it again, and open the link that it prints.'
          : ', and open the link that it prints: this window then goes on too.'}
      </span>
      <CopyButton text={command} label="Copy the command" />
    </p>
  )
}

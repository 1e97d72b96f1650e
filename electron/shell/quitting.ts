import { app, dialog } from 'electron'
import type { ToShell } from '../contract/shell'
import type { HostKeeper } from './keep-host'

type Status = Extract<ToShell, { type: 'status' }>

const HOST_ENDS_WITHIN_MS = 10_000

/** Quitting ends every runtime: asked first when someone is being answered, then done politely, then for certain. */
export function createQuitting(host: () => HostKeeper) {
  let status: Status | null = null
  let underWay = false

  function ask(event: { preventDefault(): void }) {
    if (!host().isRunning()) return
    event.preventDefault()
    if (underWay || !mayQuit(status)) return
    underWay = true
    host().send({ type: 'shut-down' })
    setTimeout(() => {
      host().kill()
      app.exit(0)
    }, HOST_ENDS_WITHIN_MS)
  }

  return {
    ask,
    isUnderWay: () => underWay,
    remember(next: Status) {
      status = next
    },
    /** The app cannot go on: says why, then ends. */
    fail(message: string) {
      dialog.showErrorBox('Roundhouse cannot go on', message)
      app.exit(1)
    },
  }
}

function mayQuit(status: Status | null): boolean {
  const inFlight = status?.inFlight ?? 0
  if (inFlight === 0 || status?.askBeforeQuit === false) return true
  const choice = dialog.showMessageBoxSync({
    type: 'question',
    message: `${inFlight} ${inFlight === 1 ? 'request is' : 'requests are'} being answered.`,
    detail: 'Quitting stops them and every running model.',
    buttons: ['Keep running', 'Quit'],
    defaultId: 0,
    cancelId: 0,
  })
  return choice === 1
}

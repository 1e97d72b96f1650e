import { cleanup, configure, render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { afterEach, expect } from 'vitest'
import { App } from '../../renderer/app'
import { connect } from '../../renderer/client/client'
import { useGateway } from '../../renderer/features/shared/gateway.store'
import { useInstances } from '../../renderer/features/shared/instances.store'
import { useJobs } from '../../renderer/features/shared/jobs.store'
import { useMachine } from '../../renderer/features/shared/machine.store'
import { useModels } from '../../renderer/features/shared/models.store'
import { useNotice } from '../../renderer/features/shared/notice.store'
import { useRuntimes } from '../../renderer/features/shared/runtimes.store'
import { useRuntimesPlace } from '../../renderer/features/runtimes/runtimes-place.store'
import { useSettings } from '../../renderer/features/shared/settings.store'
import { followAll } from '../../renderer/features/shared/follow-all'
import { emptyRecommend, useRecommend } from '../../renderer/features/home/recommend.store'
import { asItIs, useWhatIf } from '../../renderer/features/home/what-if.store'
import { useStarted } from '../../renderer/features/home/started.store'
import { createScriptedHost } from './scripted-host'

// Two cores shared with other tests: what takes 100 ms alone may take seconds.
configure({ asyncUtilTimeout: 8_000 })

const ends: (() => void)[] = []

afterEach(() => {
  for (const end of ends.splice(0)) end()
  cleanup()
  useRecommend.setState(emptyRecommend, true)
  useStarted.setState({ byJob: {} })
  useWhatIf.setState({ choice: asItIs, answer: null, shopping: null, failure: null })
  useMachine.setState({ machine: null })
  useJobs.setState({ jobs: null })
  useInstances.setState({ instances: null })
  useGateway.setState({ gateway: null })
  useSettings.setState({ settings: null })
  useModels.setState({ models: null })
  useRuntimesPlace.setState({ snapshot: null, failure: null })
  useRuntimes.setState({ runtimes: null, failure: null })
  useNotice.setState({ notice: null })
  sessionStorage.clear()
  location.hash = ''
})

/** The whole window on a scripted host, at a hash route. */
export function mountWindow(path = '/', prepare: (host: ReturnType<typeof createScriptedHost>) => void = () => undefined) {
  standInForBrowser()
  const host = createScriptedHost()
  prepare(host)
  location.hash = path
  ends.push(connect(host.dial), followAll(), host.cut)
  render(<App />)
  return { host, user: userEvent.setup() }
}

/** What jsdom does not have and the window uses: media queries, sizes, scrolling. */
function standInForBrowser() {
  const media = (query: string) => ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  })
  Object.assign(window, { matchMedia: media })
  globalThis.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  }
  Element.prototype.scrollIntoView = () => undefined
  Element.prototype.hasPointerCapture = () => false
}

/** Nothing that axe-core can find without layout or colours. */
export async function expectAccessible() {
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)).toEqual([])
}

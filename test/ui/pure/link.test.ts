import { expect, test } from 'vitest'
import { isFinal, reportOfError, wasAborted } from '../../../renderer/client/failure'
import { follow } from '../../../renderer/client/follow'
import { createLastingLink, NotLetIn, type ConnectionState, type Link, type Wire } from '../../../renderer/client/link'

const echo = (name: string): Link => ({ call: (path, input) => Promise.resolve(`${name} ${path.join('.')} ${String(input)}`) })

/** A wire that ends when told to. */
function wireOf(link: Link) {
  let end = () => {}
  const closed = new Promise<void>(resolve => (end = resolve))
  const wire: Wire = { link, closed }
  return { wire, end: () => end() }
}

test('calls wait for the first wire, and go over the next when one is lost', async () => {
  const states: ConnectionState[] = []
  const [first, second] = [wireOf(echo('first')), wireOf(echo('second'))]
  const answers = [() => Promise.resolve(first.wire), () => Promise.reject(new Error('refused')), () => Promise.resolve(second.wire)]
  const { link, run } = createLastingLink({ wait: () => Promise.resolve(), onState: state => states.push(state) })
  const early = link.call(['a'], 1, { context: {} })
  const controller = new AbortController()
  const running = run(() => answers.shift()?.() ?? new Promise(() => undefined), controller.signal)
  expect(await early).toBe('first a 1')

  first.end()
  await expect.poll(() => states).toEqual(['connecting', 'connected', 'reconnecting', 'reconnecting', 'connected'])
  expect(await link.call(['b'], 2, { context: {} })).toBe('second b 2')
  controller.abort()
  await running
})

test('a host that stays away is said to be gone, one that does not know the window locks it out; both heal', async () => {
  const states: ConnectionState[] = []
  const [first, second] = [wireOf(echo('first')), wireOf(echo('second'))]
  let dials = 0
  const dial = () => {
    dials += 1
    if (dials === 1) return Promise.resolve(first.wire)
    if (dials < 8) return Promise.reject(new Error('refused'))
    return dials === 8 ? Promise.reject(new NotLetIn()) : Promise.resolve(second.wire)
  }
  let waitedMs = 0
  const wait = (ms: number) => Promise.resolve((waitedMs += ms)).then(() => undefined)
  const { run } = createLastingLink({
    wait,
    onState: state => {
      if (state === 'gone') expect(waitedMs).toBeGreaterThanOrEqual(5_000)
      if (states.at(-1) !== state) states.push(state)
    },
  })
  const controller = new AbortController()
  const running = run(dial, controller.signal)
  first.end()
  await expect.poll(() => states).toEqual(['connecting', 'connected', 'reconnecting', 'gone', 'locked', 'connected'])
  controller.abort()
  await running
})

test('a call that waits for a wire can be given up', async () => {
  const { link } = createLastingLink({ wait: () => Promise.resolve(), onState: () => undefined })
  const controller = new AbortController()
  const call = link.call(['a'], 1, { context: {}, signal: controller.signal })
  controller.abort()
  const error: unknown = await call.catch((reason: unknown) => reason)
  expect(wasAborted(error)).toBe(true)
})

test('a stream that breaks is opened again and begins with a snapshot', async () => {
  const seen: number[] = []
  let opened = 0
  const controller = new AbortController()
  await follow({
    open: async function* open() {
      opened += 1
      yield await Promise.resolve(opened * 10)
      if (opened === 2) controller.abort()
      throw new Error('the wire broke')
    } as unknown as () => Promise<AsyncIterable<number>>,
    apply: event => seen.push(event),
    signal: controller.signal,
  })
  expect(seen).toEqual([10, 20])
})

test('a stream the host refuses is not asked for again', async () => {
  let opened = 0
  const refused: unknown[] = []
  await follow({
    open: () => {
      opened += 1
      return Promise.reject(Object.assign(new Error('no such comparison'), { status: 404, code: 'NOT_FOUND' }))
    },
    apply: () => undefined,
    signal: new AbortController().signal,
    onRefused: error => refused.push(error),
  })
  expect(opened).toBe(1)
  expect(refused.map(isFinal)).toEqual([true])
})

test('an error is told with the report the host sent, else with its own words', () => {
  const data = { code: 'port-taken', message: 'Port 4700 is taken.', suggestion: 'Choose another.' }
  expect(reportOfError(Object.assign(new Error('x'), { data }))).toEqual(data)
  expect(reportOfError(new Error('plain'))).toEqual({ code: 'unexpected', message: 'plain', suggestion: null })
})

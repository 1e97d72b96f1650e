import { boot, cleanUp, fakeSpec } from '../integration/supervisor/harness'

// Runs in a network namespace of its own, where listening on every address reaches nobody.
const began = performance.now()
const { supervisor } = await boot()
const start = supervisor.start(fakeSpec('exposed', { behaviour: ['--host', '0.0.0.0'] }))
const why = await start.then(
  () => null,
  (error: unknown) => String(error),
)
const state = supervisor.list()[0]?.state
await cleanUp()
console.log(JSON.stringify({ why, state, tookMs: Math.round(performance.now() - began) }))

import type { Instance } from '../../../electron/contract/instance'
import type { Build } from '../../../electron/contract/runtime'
import { apiFeatures, type ApiFeature } from '../../../electron/core/runtimes/api-facts'
import { declaredFor } from '../../../electron/core/runtimes/conformance-card'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { start, type App } from './app'
import { behaviourChecks } from './behaviour-checks'
import { featureChecks, type Seen } from './feature-checks'
import { lifeChecks, withCopy, type LifeSubject } from './life-checks'
import { must, NotHere, rowOf, type Finding, type Subjected, type TimedRow } from './rows'
import type { Server } from './servers'
import type { Subject } from './subjects'
import { withTools } from './tool-model'

export type RunInput = { app: App; subject: Subject; server: Server | null; tell(row: TimedRow): void }

type Run = RunInput & { named: Subjected; build: Build | null }

/** All checks of one runtime, in an order in which an early failure explains the later ones. */
export async function runSubject(input: RunInput): Promise<void> {
  const { subject } = input
  const run: Run = { ...input, named: { runtime: subject.runtime, build: subject.build, version: null }, build: null }
  const installed = await check(run, 'install', async () => {
    run.build = await provideBuild(run)
    run.named.version = run.build?.version ?? null
    return run.build?.title ?? 'attached by its address'
  })
  if (installed.result !== 'pass') return
  await check(run, 'golden', () => golden(run))
  const started: Instance[] = []
  await check(run, 'start', async () => {
    const instance = await startOne(run)
    started.push(instance)
    return proofOf(instance)
  })
  for (const instance of started) await running(run, instance)
  if (started.length === 0) return
  await lives(run)
}

async function check(run: Run, name: string, work: () => Promise<Finding>): Promise<TimedRow> {
  const skipped = run.subject.skips?.[name]
  const row = await rowOf(run.named, name, () => {
    if (skipped !== undefined) throw new NotHere(skipped)
    return work()
  })
  run.tell(row)
  return row
}

async function provideBuild({ app, subject, server }: Run): Promise<Build | null> {
  if (server?.attach) return null
  const find = async () => {
    const summary = (await app.core.runtimes.list()).find(each => each.id === subject.runtime)
    const running = subject.source.kind === 'server'
    const kind = subject.build.replace(/,.*$/, '')
    return summary?.builds.find(each => each.kind === kind && (each.origin === 'running') === running) ?? null
  }
  const here = await find()
  if (here) return here
  if (subject.source.kind === 'offer') {
    const job = await app.core.jobs.finished((await app.core.runtimes.install(subject.source.offer)).id)
    if (job.state !== 'done') throw new NotHere(`it could not be installed: ${job.failure?.message ?? job.state}`)
    await app.core.runtimes.refresh()
  } else await app.core.runtimes.refresh()
  const build = await find()
  must(build !== null, 'the app does not find the build')
  return build
}

const wantedOf = ({ subject, build }: Run, model: string) => ({
  ...{ runtime: subject.runtime, build: build?.id ?? null, model },
  ...{ contextTokens: subject.contextTokens, slots: subject.slots },
})

async function startOne(run: Run): Promise<Instance> {
  const { app, subject, server } = run
  if (server?.attach) return app.core.stack.attach(server.attach)
  return (await start(app, wantedOf(run, subject.chatModel))).instance
}

/** Every canonical question of the engine test, answered word for word. */
async function golden(run: Run): Promise<Finding> {
  const { app, subject } = run
  if (subject.canary === null) throw new NotHere('it loads no model of ours')
  const { instance } = await start(app, { runtime: subject.runtime, build: run.build?.id ?? null, model: subject.canary })
  try {
    const { golden: asked, why } = instance.proof ?? { golden: null, why: ['there is no proof'] }
    must(asked !== null, why.join(' '))
    must(asked.wrong.length === 0, `wrong: ${asked.wrong.join('; ')}`)
    return `${asked.right} of ${asked.asked} known answers`
  } finally {
    await app.core.supervisor.stop(instance.id)
    app.core.supervisor.remove(instance.id)
  }
}

function proofOf(instance: Instance): Finding {
  const { proof } = instance
  if (instance.adopted && proof === null) return 'attached'
  must(proof !== null, 'there is no proof')
  const speed = proof.decodeTokensPerSecond
  must(speed !== null, `the speed is unknown: ${proof.why.join(' ')}`)
  must(instance.adopted || proof.memoryMiB !== null, `the memory is unknown: ${proof.why.join(' ')}`)
  must(instance.adopted || proof.placement.verified, `the placement is unknown: ${proof.placement.how}`)
  const memory = proof.memoryMiB === null ? 'memory unknown' : `${Math.round(proof.memoryMiB)} MiB`
  const threads = instance.threads === null ? '' : `, ${instance.threads} threads`
  return `${proof.placement.text}, ${memory}, ${Math.round(speed)} tok/s, first token ${Math.round(proof.ttftMs ?? 0)} ms${threads}`
}

async function running(run: Run, instance: Instance) {
  const { app } = run
  const talk = app.talk(instance.route)
  try {
    for (const feature of apiFeatures) {
      if (feature !== 'tools' || !run.subject.takesGguf) await check(run, feature, () => checkFeature(run, feature, talk))
    }
    for (const [name, work] of Object.entries(behaviourChecks)) await check(run, name, () => work({ app, talk, instance }))
  } finally {
    await app.core.supervisor.stop(instance.id)
    app.core.supervisor.remove(instance.id)
  }
}

/** Passes when the runtime behaves as its adapter says; how it does is told either way. */
async function checkFeature(run: Run, feature: ApiFeature, talk: ReturnType<App['talk']>): Promise<Finding> {
  const work = featureChecks[feature]
  if (!work) throw new NotHere('needs a model that is not here')
  const runtime = runtimes.find(each => each.id === run.subject.runtime)
  const declared = declaredFor(runtime?.api, feature, run.subject.build.replace(/,.*$/, ''))
  const { support, detail } = await work(talk)
  // Of a server that is attached by its address nothing was promised.
  if (declared === null && run.server?.attach) return { seen: support, why: detail ?? support }
  return agreement(declared, { support, ...(detail === undefined ? {} : { detail }) })
}

/** What was seen beside what the adapter says. */
function agreement(declared: ReturnType<typeof declaredFor>, { support, detail }: Seen): Finding {
  const seen = support === 'native' && declared?.support === 'gateway' ? 'gateway' : support
  if (declared?.needs !== undefined && declared.support === 'native' && support !== 'native')
    return { seen: support, why: `needs ${declared.needs}; without it ${detail ?? support}` }
  const more = detail ? `, ${detail}` : ''
  must(declared !== null, `seen: ${seen}${more}; the adapter says nothing`)
  must(declared.support === seen, `seen: ${seen}${more}; the adapter says ${declared.support}`)
  return { seen, why: detail ?? seen }
}

const fileOf = ({ app, subject }: Run) =>
  subject.takesGguf ? (app.core.models.snapshot().library.find(each => each.id === subject.chatModel)?.path ?? null) : null

/** With a copy of the model whose template has tools. */
const tools = (run: Run): Promise<Finding> =>
  withCopy(
    { app: run.app, file: fileOf(run) },
    async ({ id }) => {
      const { instance } = await start(run.app, wantedOf(run, id))
      try {
        return await checkFeature(run, 'tools', run.app.talk(instance.route))
      } finally {
        await run.app.core.supervisor.stop(instance.id)
        run.app.core.supervisor.remove(instance.id)
      }
    },
    withTools,
  )

async function lives(run: Run) {
  const { app, subject, server } = run
  if (subject.takesGguf) await check(run, 'tools', () => tools(run))
  if (server) {
    await check(run, 'stop-idle', () => leftRunning(run, server))
    return
  }
  const life: LifeSubject = { app, wanted: wantedOf(run, subject.chatModel), file: fileOf(run) }
  for (const [name, work] of Object.entries(lifeChecks)) await check(run, name, () => work(life))
}

/** A server that is not ours is let go and goes on. */
async function leftRunning(run: Run, server: Server): Promise<Finding> {
  const instance = await startOne(run)
  must(instance.adopted, 'it is told as ours')
  await run.app.core.supervisor.stop(instance.id)
  run.app.core.supervisor.remove(instance.id)
  process.kill(server.pid, 0)
  return 'let go, and it runs on'
}

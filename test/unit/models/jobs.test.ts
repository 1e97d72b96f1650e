import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../../electron/contract/failure'
import { jobSchema, type Job } from '../../../electron/contract/job'
import { createJobs } from '../../../electron/core/lib/jobs'
import type { JobChange } from '../../../electron/core/lib/jobs.types'
import { memoryCollection } from './memory-collection'

/** A clock that stands still until it is moved. */
const createHandClock = () => {
  const time = { nowMs: 1_000 }
  return { time, clock: { wall: () => new Date(time.nowMs).toISOString(), monotonicMs: () => time.nowMs } }
}

const plan = {
  kind: 'download' as const,
  title: 'Fetch it',
  steps: [
    { id: 'get', title: 'Get' },
    { id: 'check', title: 'Check' },
  ],
}

describe('jobs', () => {
  it('tells steps, rate and time left, and ends with the result', async () => {
    const { time, clock } = createHandClock()
    const jobs = createJobs({ clock })
    let middle: Job | null = null
    const begun = jobs.run(plan, job => {
      job.step('get').progress(0, 1_000)
      time.nowMs += 2_000
      job.step('get').progress(400, 1_000)
      middle = jobs.get(job.id)
      job.log('half way')
      job.step('get').done('all there')
      return Promise.resolve('made-it')
    })
    expect(begun.state).toBe('running')
    const ended = await jobs.finished(begun.id)
    expect(middle).toMatchObject({ rate: 200, secondsLeft: 3 })
    expect(ended).toMatchObject({ state: 'done', result: 'made-it', rate: null, failure: null })
    expect(ended.steps.map(step => [step.state, step.detail])).toEqual([
      ['done', 'all there'],
      ['skipped', null],
    ])
    expect(ended.log[0]?.text).toBe('half way')
    expect(jobSchema.parse(ended)).toEqual(ended)
  })

  it('forgets amounts older than five seconds and a beginning that was thrown away', async () => {
    const { time, clock } = createHandClock()
    const jobs = createJobs({ clock })
    const rates: (number | null | undefined)[] = []
    const { id } = jobs.run(plan, job => {
      const step = job.step('get')
      step.progress(0, null)
      time.nowMs += 10_000
      step.progress(10_000, null)
      time.nowMs += 1_000
      step.progress(10_500, null)
      rates.push(jobs.get(job.id)?.rate)
      step.progress(0, null)
      time.nowMs += 1_000
      step.progress(100, null)
      rates.push(jobs.get(job.id)?.rate)
      return Promise.resolve(null)
    })
    await jobs.finished(id)
    expect(rates).toEqual([500, 100])
  })

  it('keeps the failure and the step it happened in, and runs again under the same id', async () => {
    const { clock } = createHandClock()
    const jobs = createJobs({ clock })
    let tries = 0
    const { id } = jobs.run(plan, job => {
      job.step('get').start()
      tries++
      if (tries === 1) throw new Failure('offline', 'No network')
      return Promise.resolve('second')
    })
    const failed = await jobs.finished(id)
    expect(failed).toMatchObject({ state: 'failed', failure: { code: 'offline', message: 'No network' } })
    expect(failed.steps.map(step => step.state)).toEqual(['failed', 'waiting'])
    expect(jobs.retry(id)).toMatchObject({ id, state: 'running', failure: null })
    expect(await jobs.finished(id)).toMatchObject({ state: 'done', result: 'second' })
    expect(jobs.list()).toHaveLength(1)
  })

  it('cancels by the signal and says so, not as a failure', async () => {
    const { clock } = createHandClock()
    const jobs = createJobs({ clock })
    const { id } = jobs.run(plan, async job => {
      job.step('get').start()
      await sleep(10_000, undefined, { signal: job.signal })
      return null
    })
    await sleep(5)
    expect(() => jobs.dismiss(id)).toThrow(/cancel it first/)
    expect(() => jobs.retry(id)).toThrow(/is running/)
    jobs.cancel(id)
    const ended = await jobs.finished(id)
    expect(ended).toMatchObject({ state: 'cancelled', failure: null })
    expect(ended.steps.map(step => step.state)).toEqual(['cancelled', 'cancelled'])
    jobs.dismiss(id)
    expect(jobs.list()).toEqual([])
    await expect(jobs.finished(id)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('tells at most ten changes a second, and always the last', async () => {
    const { clock } = createHandClock()
    const jobs = createJobs({ clock })
    const changes: JobChange[] = []
    jobs.subscribe(change => changes.push(change))
    const began = performance.now()
    const { id } = jobs.run(plan, async job => {
      for (let done = 0; performance.now() - began < 400; done++) {
        job.step('get').progress(done, null)
        await sleep(1)
      }
      return 'ready'
    })
    await jobs.finished(id)
    expect(changes.length).toBeGreaterThanOrEqual(2)
    expect(changes.length).toBeLessThanOrEqual(7)
    expect(changes.at(-1)).toMatchObject({ type: 'changed', job: { state: 'done', result: 'ready' } })
  })

  it('keeps ended jobs over a restart and says which were cut off', async () => {
    const { clock } = createHandClock()
    const collection = memoryCollection<Job>()
    const first = createJobs({ clock, collection })
    const done = first.run(plan, () => Promise.resolve('x'))
    await first.finished(done.id)
    const cut = first.run(plan, () => new Promise<null>(() => undefined))
    const second = createJobs({ clock, collection })
    expect(second.get(done.id)).toMatchObject({ state: 'done', result: 'x' })
    expect(second.get(cut.id)).toMatchObject({ state: 'failed', failure: { message: 'Roundhouse ended while this was running' } })
    expect(() => second.retry(done.id)).toThrow(/earlier run/)
  })
})

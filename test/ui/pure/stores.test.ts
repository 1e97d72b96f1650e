import { describe, expect, test } from 'vitest'
import { appliedNeed, emptyRecommend, reduceRecommend, shownDecision } from '../../../renderer/features/home/recommend.store'
import { reduceInstances } from '../../../renderer/features/shared/instances.store'
import { reduceJobs, runningShare } from '../../../renderer/features/shared/jobs.store'
import { need, recommendation } from '../fixture-decision'
import { makeInstance, makeJob } from '../fixture-run'

describe('lists by id', () => {
  test('a snapshot replaces, a change keeps the place, a removal closes the gap', () => {
    const [one, two] = [makeJob({ id: 'one' }), makeJob({ id: 'two' })]
    const full = reduceJobs({ jobs: null }, { type: 'snapshot', jobs: [one, two] })
    const changed = reduceJobs(full, { type: 'changed', job: { ...one, state: 'done' } })
    expect(changed.jobs?.map(job => [job.id, job.state])).toEqual([
      ['one', 'done'],
      ['two', 'running'],
    ])
    expect(reduceJobs(changed, { type: 'removed', id: 'one' }).jobs?.map(job => job.id)).toEqual(['two'])
    expect(full.jobs?.[0]?.state).toBe('running')
  })

  test('one that nobody had seen goes to the end, also before the first snapshot', () => {
    const store = reduceInstances({ instances: null }, { type: 'changed', instance: makeInstance({ id: 'late' }) })
    expect(store.instances?.map(each => each.id)).toEqual(['late'])
  })

  test('the share of a job is that of the step that runs, and unknown when it cannot be counted', () => {
    expect(runningShare(makeJob())).toBeCloseTo(0.489, 3)
    expect(runningShare(makeJob({ steps: [] }))).toBeNull()
  })
})

describe('the need and its answer', () => {
  const loaded = reduceRecommend(emptyRecommend, { type: 'loaded', need })
  const answered = reduceRecommend(loaded, { type: 'answered', recommendation })

  test('what was kept is taken once and never over what the person changed since', () => {
    const changed = reduceRecommend(loaded, { type: 'changed', change: { users: 3 } })
    expect(reduceRecommend(changed, { type: 'loaded', need }).need?.users).toBe(3)
  })

  test('the old answer stays while the next is worked out, and when that fails', () => {
    const asked = reduceRecommend(answered, { type: 'asked' })
    expect(asked).toMatchObject({ computing: true, recommendation })
    const failed = reduceRecommend(asked, { type: 'failed', failure: { code: 'unexpected', message: 'no', suggestion: null } })
    expect(failed).toMatchObject({ computing: false, recommendation })
    expect(reduceRecommend(failed, { type: 'answered', recommendation }).failure).toBeNull()
  })

  test('a tried need can be undone until the person changes something', () => {
    const tried = reduceRecommend(answered, { type: 'tried', need: { ...need, users: 1 } })
    expect(reduceRecommend(tried, { type: 'undone' })).toMatchObject({ need, undo: null })
    expect(reduceRecommend(tried, { type: 'changed', change: { task: 'chat' } }).undo).toBeNull()
  })

  test('a suggestion changes only fields a need has', () => {
    expect(appliedNeed(need, { users: 1, nonsense: true })).toEqual({ ...need, users: 1 })
  })

  test('the best is shown until another is chosen', () => {
    expect(shownDecision(recommendation, null)?.rank).toBe(1)
    expect(shownDecision(recommendation, 2)?.runtime).toBe('ollama')
    expect(shownDecision({ ...recommendation, decisions: [] }, 1)).toBeNull()
  })
})

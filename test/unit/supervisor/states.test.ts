import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backoffDelayMs, countedStarts, restartPolicy } from '../../../electron/core/supervisor/policy'
import { newLife, step, type Life, type LifeEvent } from '../../../electron/core/supervisor/states'
import { happenings, liveThrough } from './states.model'

const at = (nowMs: number) => ({ nowMs, random: 0.5, policy: restartPolicy })

/** Lives through events, the time of each beside it. */
function live(...events: [number, LifeEvent][]): Life {
  return events.reduce<Life>((life, [nowMs, event]) => step(life, event, at(nowMs)).life, newLife)
}

const crash = (attempt: number): LifeEvent => ({ type: 'ended', attempt, permanent: false, portTaken: false })

test('a random history breaks no promise', () => {
  fc.assert(fc.property(happenings, liveThrough), { numRuns: 100 })
})

describe('restarts', () => {
  test('the delay doubles up to a minute and differs by at most a fifth', () => {
    expect([1, 2, 3, 6, 7, 50].map(failures => backoffDelayMs(restartPolicy, failures, 0.5))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
    ])
    expect([0, 1].map(random => backoffDelayMs(restartPolicy, 1, random))).toEqual([800, 1_200])
  })

  test('the budget decays: only starts of the last ten minutes count', () => {
    expect(countedStarts(restartPolicy, [0, 100_000, 650_000], 700_000)).toEqual([650_000])
    expect(countedStarts(restartPolicy, [0, 100_000, 650_000], 700_001)).toEqual([650_000])
  })

  test('five starts in ten minutes and it stays down; a start by the person opens the budget anew', () => {
    let life = live([0, { type: 'start' }])
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      life = step(life, { type: 'ready', attempt }, at(attempt * 1_000)).life
      life = step(life, crash(attempt), at(attempt * 1_000 + 500)).life
      expect(life.phase).toBe(attempt < 5 ? 'backoff' : 'failed')
      life = step(life, { type: 'retry', attempt }, at(attempt * 1_000 + 900)).life
    }
    expect(step(life, { type: 'start' }, at(9_000)).life).toMatchObject({ phase: 'starting', starts: [9_000], failuresInARow: 0 })
  })

  test('ten minutes ready and earlier failures are forgotten', () => {
    const life = live(
      [0, { type: 'start' }],
      [1, { type: 'ready', attempt: 1 }],
      [2, crash(1)],
      [3, { type: 'retry', attempt: 1 }],
      [4, { type: 'ready', attempt: 2 }],
    )
    expect(life.failuresInARow).toBe(1)
    expect(step(life, crash(2), at(5)).life.failuresInARow).toBe(2)
    expect(step(life, crash(2), at(600_004)).life).toMatchObject({ failuresInARow: 1, starts: [] })
  })

  test('a port that was taken in between is tried three times more, then no more', () => {
    let life = live([0, { type: 'start' }])
    const taken = (attempt: number): LifeEvent => ({ type: 'ended', attempt, permanent: false, portTaken: true })
    const phases = [1, 2, 3, 4].map(attempt => (life = step(life, taken(attempt), at(attempt)).life).phase)
    expect(phases).toEqual(['starting', 'starting', 'starting', 'failed'])
  })
})

describe('stopping', () => {
  test('wins over everything that comes late', () => {
    const life = live(
      [0, { type: 'start' }],
      [1, { type: 'stop' }],
      [2, { type: 'ready', attempt: 1 }],
      [3, { type: 'broken', attempt: 1 }],
    )
    expect(life.phase).toBe('stopping')
    expect(step(life, crash(1), at(4)).life.phase).toBe('stopped')
  })

  test('asked while a failure is being ended, it is final', () => {
    const life = live(
      [0, { type: 'start' }],
      [1, { type: 'ready', attempt: 1 }],
      [2, { type: 'broken', attempt: 1 }],
      [3, { type: 'stop' }],
      [4, crash(1)],
    )
    expect(life.phase).toBe('stopped')
  })

  test('of what cannot be killed ends in stuck, until it is gone after all', () => {
    const life = live([0, { type: 'start' }], [1, { type: 'stop' }], [2, { type: 'unkillable', attempt: 1 }])
    expect(life.phase).toBe('stuck')
    expect(step(life, { type: 'start' }, at(3)).effect).toBeNull()
    expect(step(life, crash(1), at(3)).life.phase).toBe('stopped')
  })
})

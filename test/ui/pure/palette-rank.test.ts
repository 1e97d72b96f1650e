import { expect, test } from 'vitest'
import { rankOf } from '../../../renderer/features/palette/palette-rank'

const detect = ['Detect this machine again', 'Do', 'gpu', 'hardware', 'scan', 'refresh']
const attach = ['Attach a running server', 'Running']
const home = ['Home', 'Go to', 'Recommendation for this machine']
const order = (typed: string) =>
  [detect, attach, home]
    .map(keywords => ({ title: keywords[0], rank: rankOf(typed, keywords) }))
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .map(({ title }) => title)

test('what begins with the typed words comes first, and letters scattered over other words do not count', () => {
  expect(order('attach')).toEqual([attach[0]])
  expect(order('machine')).toEqual([detect[0], home[0]])
  expect(order('gpu')).toEqual([detect[0]])
})

test('every word must be found, in any order; a slip of letters still finds', () => {
  expect(order('server attach')).toEqual([attach[0]])
  expect(order('server gpu')).toEqual([])
  expect(order('hme')).toContain(home[0])
  expect(order('')).toHaveLength(3)
})

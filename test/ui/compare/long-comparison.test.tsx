// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test } from 'vitest'
import type { Turn } from '../../../electron/contract/compare'
import { useCompare } from '../../../renderer/features/compare/compare.store'
import { PaneAnswer } from '../../../renderer/features/compare/pane-answer'
import { makeComparison } from './fixture-comparison'

afterEach(cleanup)

const stats = { ttftMs: null, tokensPerSecond: null, promptTokens: null, outputTokens: null, totalMs: null, finish: 'stop' }
const turnOf = (number: number): Turn => {
  const at = '2026-01-15T11:36:00.000Z'
  const who = { instanceId: null, runtimeTitle: null, modelTitle: null, reasoning: '', error: null, startedAt: at }
  const generation = { id: `g${number}`, paneId: 'one', route: 'm', state: 'done' as const, text: `Answer ${number}`, stats, ...who }
  return { id: `t${number}`, prompt: `Question ${number}`, createdAt: at, mode: 'at-once', generations: [generation] }
}

test('of a long comparison the newest answers are drawn, the earlier ones when they are asked for', async () => {
  const turns = Array.from({ length: 50 }, (_, number) => turnOf(number))
  useCompare.setState({ comparison: makeComparison({ turns }) })
  render(<PaneAnswer number={1} paneId="one" hold={null} />)
  expect(screen.getAllByText(/^Answer/)).toHaveLength(20)
  expect(screen.getByText('Answer 49')).toBeTruthy()
  const user = userEvent.setup()
  await user.click(screen.getByRole('button', { name: 'Show earlier (30 more)' }))
  await user.click(screen.getByRole('button', { name: 'Show earlier (10 more)' }))
  expect(screen.getByText('Answer 0')).toBeTruthy()
  expect(screen.queryByRole('button', { name: /Show earlier/ })).toBeNull()
})

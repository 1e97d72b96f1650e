import { expect, test } from 'vitest'
import { createSlots } from '../../../electron/engine/slots'

const idle = new AbortController().signal
const sequence = (...contextTokens: number[]) => ({ contextTokens })

test('the slot that remembers most of the prompt is given', async () => {
  const slots = createSlots<number, { contextTokens: number[] }>([sequence(1, 2), sequence(1, 2, 3, 4), sequence(9)])
  expect((await slots.acquire([1, 2, 3, 4, 5], idle)).index).toBe(1)
})

test('a few shared tokens at the beginning do not cost another conversation its memory', async () => {
  const slots = createSlots<number, { contextTokens: number[] }>([sequence(1, 2, 50, 51), sequence()])
  const used = await slots.acquire([1, 2, 50, 51, 52], idle)
  slots.release(used)
  const prompt = [1, 2, ...Array.from({ length: 40 }, (_, index) => 100 + index)]
  expect((await slots.acquire(prompt, idle)).index).toBe(1)
})

test('more requests than slots wait in line, and one that leaves is forgotten', async () => {
  const slots = createSlots<number, { contextTokens: number[] }>([sequence()])
  const first = await slots.acquire([1], idle)
  const leaving = new AbortController()
  const left = slots.acquire([2], leaving.signal)
  const third = slots.acquire([3], idle)
  expect(slots.count()).toEqual({ total: 1, busy: 1, waiting: 2 })
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  slots.release(first)
  expect((await third).index).toBe(0)
  expect(slots.count()).toEqual({ total: 1, busy: 1, waiting: 0 })
})

test('a request that is gone before it asks gets no slot', async () => {
  const slots = createSlots<number, { contextTokens: number[] }>([sequence()])
  await expect(slots.acquire([1], AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  expect(slots.count().busy).toBe(0)
})

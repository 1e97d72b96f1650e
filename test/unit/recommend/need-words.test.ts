import { describe, expect, test } from 'vitest'
import { needFrom } from '../../../electron/core/recommend/need-words'

describe('a need from outside', () => {
  test('is completed', () => {
    expect(needFrom({ users: 8 })).toMatchObject({ users: 8, task: 'chat', experience: 'comfortable', must: [], model: null })
  })

  test.each([
    [{ users: 0 }, 'users has to be a whole number from 1 to 10000, not 0.'],
    [{ users: 2.5 }, 'users has to be a whole number from 1 to 10000, not 2.5.'],
    [{ users: '8' }, 'users has to be a whole number from 1 to 10000, not "8".'],
    [{ users: null }, 'users has to be a whole number from 1 to 10000, not null.'],
    [{ experience: 'expert' }, 'experience has to be one of first-time, comfortable, operator, not "expert".'],
    [{ abilities: ['ocr'] }, 'abilities has to be a list of tools, vision, reasoning, not "ocr".'],
    [{ must: 'headless' }, 'not "headless".'],
    [{ language: 'german' }, 'language has to be two small letters, such as "de" (ISO 639-1), not "german".'],
    [{ contextTokens: 100 }, 'contextTokens has to be a whole number from 256 to 10000000, or null, not 100.'],
    [{ weights: { speed: 3 } }, 'not "speed".'],
    [{ weights: { throughput: 5 } }, 'not 5.'],
    [{ user: 3 }, 'it has no "user". It takes users, task, experience,'],
    [[], 'it has to be one JSON object'],
    [null, 'it has to be one JSON object'],
    ['chat', 'it has to be one JSON object'],
  ])('%j is refused in one sentence', (value, sentence) => {
    expect(() => needFrom(value)).toThrow(sentence)
    expect(() => needFrom(value)).toThrow(/^The need is not right: /)
  })
})

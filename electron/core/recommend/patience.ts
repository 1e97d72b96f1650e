import type { SpeedEstimate } from '../../contract/decision'
import type { Need } from '../../contract/need'
import type { Said } from './evidence'
import { promptTokensFor } from './prefill'
import { bearableFirstTokenMs } from './worth'

/** About four words a second, the pace of reading: half of what a chat should have. */
const readingRate = 6

/** What a person would have to wait for, where it is more than people bear. Empty where nothing is predicted. */
export function patienceFor(need: Need, contextTokens: number, speed: SpeedEstimate): Said[] {
  return [...firstToken(need, contextTokens, speed), ...together(need, speed)]
}

function firstToken({ task }: Need, contextTokens: number, { ttftMs }: SpeedEstimate): Said[] {
  const bearable = bearableFirstTokenMs[task]
  if (ttftMs === null || ttftMs.mid <= bearable) return []
  const prompt = promptTokensFor(task, contextTokens)
  return [
    {
      text: `The first word of an answer to a prompt of ${prompt} tokens comes after about ${inWords(ttftMs.mid)}: prompts are read slowly here. Short ones are answered sooner, what was read once is kept, and a smaller model reads faster.`,
      evidence: [
        {
          kind: 'formula',
          text: `Prompt tokens over the rate at which they are read; beyond ${inWords(bearable)} attention is lost.`,
          source: limits,
        },
      ],
    },
  ]
}

const limits = 'https://www.nngroup.com/articles/response-times-3-important-limits/'

/** Nobody reads along in a batch. */
function together({ users, task }: Need, { oneUser, users: all }: SpeedEstimate): Said[] {
  const each = users === 1 ? (oneUser?.mid ?? null) : all === null ? null : all.mid / users
  if (task === 'batch' || each === null || each >= readingRate) return []
  const rate = each < 1 ? each.toFixed(1) : Math.round(each)
  const text =
    users === 1
      ? `Answers come at about ${rate} tok/s, which is slower than reading: a smaller model is faster.`
      : `While all ${users} are answered at once, each gets about ${rate} tok/s, which is slower than reading.`
  return [{ text, evidence: [{ kind: 'formula', text: formulaOf(users), source: null }] }]
}

const formulaOf = (users: number) =>
  `Tok/s of ${users === 1 ? 'one stream' : 'all together over the users'}; ${readingRate} tok/s is about the pace of reading.`

const inWords = (ms: number) => (ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`)

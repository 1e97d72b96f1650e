import type { Prediction } from '../contract/predictions'
import type { Home } from '../core/lib/home'
import { connectOrStart } from './connect'
import { print, printJson, table } from './output'

/** Prints what was said of each run on this machine beside what it gave, wrong ones first. */
export async function predictions(home: Home, options: { json?: boolean }) {
  const { client, close } = await connectOrStart(home)
  const rows = await client.recommend.predictions()
  close()
  if (options.json) printJson(rows)
  else if (rows.length === 0) print('Nothing has been measured here yet. A start with `up` measures.')
  else print(table(['WHEN', 'BUILD', 'MODEL', 'SAID', 'MEASURED', 'OFF', 'FIRST TOKEN', ''], rows.map(cellsOf)))
}

const cellsOf = ({
  when,
  buildTitle,
  modelTitle,
  artifact,
  predicted,
  measured,
  errorPercent,
  flags,
  calibrates,
  firstToken,
}: Prediction) => [
  when.slice(0, 16).replace('T', ' '),
  buildTitle,
  `${modelTitle} ${artifact}`,
  predicted ? `${predicted.low}-${predicted.high}` : '-',
  String(Math.round(measured * 10) / 10),
  errorPercent === null ? '-' : `${errorPercent} %`,
  firstToken ? firstTokenWords(firstToken) : '-',
  [...flags, ...(calibrates ? [] : ['not used'])].join(', '),
]

/** `150 ms of 31 tokens, said 110-370`. */
function firstTokenWords({ promptTokens, predicted, measured }: NonNullable<Prediction['firstToken']>): string {
  const of = promptTokens === null ? '' : ` of ${promptTokens} tokens`
  return `${Math.round(measured)} ms${of}${predicted ? `, said ${predicted.low}-${predicted.high}` : ''}`
}

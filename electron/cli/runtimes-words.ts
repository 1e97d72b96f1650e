import type { DoctorReport, OfferDetail, UpdateRecord } from '../contract/install'
import type { BuildDetail, RuntimeDetail } from '../contract/runtime-detail'
import { table } from './output'

const megabytes = (bytes: number | null) => (bytes === null ? '-' : `${(bytes / 1e6).toFixed(1)} MB`)

/** A table of builds, one of what could be installed, and what needs care. */
export function listInWords(runtimes: readonly RuntimeDetail[]): string {
  const builds = runtimes.flatMap(each => each.builds)
  const rows = builds.map(each => [
    each.active ? '*' : '',
    each.id,
    each.origin,
    megabytes(each.bytes),
    stateOf(each),
    each.source ?? 'this app',
  ])
  const offers = runtimes.flatMap(each => each.offers).map(each => [each.id, megabytes(each.bytes), each.source, each.why ?? 'now'])
  const warnings = builds.flatMap(each => each.warnings.map(warning => `${each.id}: ${warning.text}`))
  const rejected = runtimes.flatMap(({ title, verdict }) => (verdict.can ? [] : [`not ${title}: ${verdict.why}`]))
  const parts = [
    table(['', 'BUILD', 'ORIGIN', 'FREES', 'STATE', 'FROM'], rows),
    ...(offers.length > 0 ? [table(['TO INSTALL', 'SIZE', 'FROM', 'WHEN'], offers)] : []),
    ...(warnings.length > 0 ? [warnings.join('\n')] : []),
    ...(rejected.length > 0 ? [rejected.join('\n')] : []),
  ]
  return parts.join('\n\n')
}

function stateOf({ usedBy, proved, active }: BuildDetail): string {
  const words = [
    ...(active ? ['starts take it'] : []),
    ...(usedBy.length > 0 ? [`runs as ${usedBy.join(', ')}`] : []),
    ...(proved ? [`${proved.right}/${proved.asked} known answers`] : []),
  ]
  return words.join(', ') || '-'
}

/** What an install would do. */
export function planInWords({ id, title, why, plan }: OfferDetail): string {
  const time = plan.seconds === null ? plan.secondsHow : `about ${Math.max(1, Math.round(plan.seconds / 60))} min, ${plan.secondsHow}`
  const rows = [
    ['Offer', `${title} (${id})`],
    ...(why === null ? [] : [['Not now', why]]),
    ...plan.fetches.map(each => ['Fetches', `${each.name} from ${each.from}${each.bytes === null ? '' : `, ${megabytes(each.bytes)}`}`]),
    ['Download', megabytes(plan.downloadBytes)],
    ['Disk', `${megabytes(plan.diskBytes)} needed, ${megabytes(plan.freeBytes)} free${plan.fits ? '' : ': it does not fit'}`],
    ['Time', time],
    ...plan.commands.map(each => ['Runs', each.join(' ')]),
    ...(plan.page === null ? [] : [['Page', plan.page]]),
    ...plan.steps.map((each, index) => [`Step ${index + 1}`, each]),
    ...plan.notes.map(each => ['Note', each]),
  ]
  const agree = plan.needsAgreement ? '\nIt changes the machine outside the folder of Roundhouse: say --yes to run it.' : ''
  return table(['', ''], rows).trimStart() + agree
}

/** Both builds beside each other, and what came of it. */
export function updateInWords(record: UpdateRecord): string {
  const rows = record.figures.map(each => [each.title, each.beforeText, each.afterText, each.verdict])
  const outcome = record.switched
    ? `Starts take ${record.to} now${record.insisted ? ', because you insisted' : ''}; \`rollback\` goes back to ${record.from}.`
    : `Starts still take ${record.from}. Say --insist, or \`use ${record.to}\`, to switch all the same.`
  const dropped = record.dropped.map(each => `Left out: ${each.why}`)
  return [table(['', record.from, record.to, ''], rows), ...record.why, ...dropped, outcome].join('\n')
}

/** Look by look. */
export function doctorInWords(report: Omit<DoctorReport, 'recordings'>, recorded: readonly string[]): string {
  const { verdict } = report
  const rows = report.looks.map(each => [each.kind, each.what, each.outcome, each.where, (each.detail ?? '').split('\n')[0] ?? ''])
  return [
    `${report.title}: ${verdict.can ? `can run here (${verdict.backends.join(', ')})` : `cannot run here: ${verdict.why}`}`,
    table(['BUILD', 'LOOKED AT', 'OUTCOME', 'WHERE', 'DETAIL'], rows),
    report.builds.length > 0 ? `Found: ${report.builds.join(', ')}` : 'Found: nothing',
    ...report.advice,
    ...(recorded.length > 0 ? [`Recorded: ${recorded.join(', ')}`] : []),
  ].join('\n')
}

import type { Job } from '../../../electron/contract/job'

/** Whether nothing was ever started here before this. `firstStart`: the job of the first that went well, as the host knows it. */
export function isFirstStart(job: Job, { firstStart, jobs }: { firstStart: string | null; jobs: readonly Job[] }): boolean {
  if (job.kind !== 'start' || (firstStart !== null && firstStart !== job.id)) return false
  return !jobs.some(each => each.kind === 'start' && each.state === 'done' && each.id !== job.id && each.startedAt < job.startedAt)
}

/** `Starting Qwen3-8B Q8_0 on llama-server b9000`, and both without the verb once it has ended; what is not known yet is said as the job does. */
export function startTitle(job: Job, nouns: readonly string[] | null): string {
  const [engine, model] = nouns ?? []
  if (job.kind !== 'start' || engine === undefined || model === undefined) return job.title
  return job.state === 'running' ? `Starting ${model} on ${engine}` : `${model} on ${engine}`
}

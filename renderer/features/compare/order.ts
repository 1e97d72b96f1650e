import type { Pane, Turn } from '../../../electron/contract/compare'
import type { Target } from './targets'

export interface OrderAdvice {
  mode: Turn['mode']
  reason: string
}

/** Numbers of the panes (from 1) that compute on each device, for devices that more than one uses. */
export function sharedDevices(panes: readonly Pane[], targets: readonly Target[]): { device: string; panes: number[] }[] {
  const users = new Map<string, number[]>()
  panes.forEach((pane, index) => {
    const devices = targets.find(target => target.route === pane.route)?.devices ?? []
    for (const each of devices) users.set(each, [...(users.get(each) ?? []), index + 1])
  })
  return [...users].filter(([, numbers]) => numbers.length > 1).map(([device, numbers]) => ({ device, panes: numbers }))
}

/** All at once, or one after another where panes share a device, since each would slow the other and the numbers would say nothing. */
export function adviseOrder(panes: readonly Pane[], targets: readonly Target[]): OrderAdvice {
  const shared = sharedDevices(panes, targets)
  const [first] = shared
  if (first) {
    const reason = shared.map(each => `${paneNumbers(each.panes)} share the ${each.device}`).join('; ')
    return { mode: 'one-after-another', reason }
  }
  const asked = panes.filter(pane => pane.route !== null).length
  return { mode: 'at-once', reason: asked > 1 ? 'no two panes share a device' : '' }
}

/** `panes 1–3`, `panes 1 and 4`, `pane 2`. */
export function paneNumbers(numbers: readonly number[]): string {
  const [first, second] = numbers
  const last = numbers.at(-1)
  if (first === undefined || last === undefined) return ''
  if (numbers.length === 1) return `pane ${first}`
  if (numbers.length > 2 && last - first === numbers.length - 1) return `panes ${first}–${last}`
  if (numbers.length === 2) return `panes ${first} and ${second ?? ''}`
  return `panes ${numbers.slice(0, -1).join(', ')} and ${last}`
}

// @vitest-environment jsdom
import { implement } from '@orpc/server'
import { screen, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { contract } from '../../../electron/contract'
import type { Setting } from '../../../electron/contract/runtime'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { expectAccessible, mountWindow } from '../mount'
import type { createScriptedHost } from '../scripted-host'
import { makeBuild, makeRuntime, makeSnapshot } from './fixture-runtimes'

/** A scripted host that knows these runtimes. */
function prepare(runtimes: RuntimeDetail[]) {
  return ({ router }: ReturnType<typeof createScriptedHost>) => {
    const os = implement(contract)
    Object.assign(router.runtimes, {
      watch: os.runtimes.watch.handler(async function* ({ signal }) {
        yield makeSnapshot(runtimes)
        await new Promise(resolve => signal?.addEventListener('abort', resolve, { once: true }))
      }),
    })
  }
}

describe('A runtime', () => {
  test('a field whose text is no value is named above, cannot be saved, and a start is refused in words', async () => {
    const number = { kind: 'number' as const, integer: true, least: 1, most: 64, unit: null, default: 4 }
    const setting = (id: string, title: string): Setting => ({
      ...{ id, title, help: 'Help.', group: 'serving', flag: `--${id}`, environment: null, source: 'docs', value: number },
    })
    const settings = [setting('slots', 'Slots'), setting('batch', 'Batch')]
    const { user } = mountWindow('/runtimes/alpha', prepare([makeRuntime({ builds: [makeBuild()], settings })]))
    const form = within(await screen.findByRole('region', { name: 'Settings' }))
    expect(form.getByText('all at their defaults')).toBeTruthy()
    await user.type(form.getByRole('textbox', { name: 'Slots' }), '99')
    await user.type(form.getByRole('textbox', { name: 'Batch' }), 'x{Tab}')
    expect(form.getByRole('status').textContent).toBe('2 are not valid, and not used: Slots: From 1 to 64. Batch: A number.')
    expect(form.getByRole<HTMLButtonElement>('button', { name: 'Save' }).disabled).toBe(true)
    await user.click(form.getByRole('button', { name: 'Slots' }))
    expect(document.activeElement).toBe(form.getByRole('textbox', { name: 'Slots' }))
    await user.click(screen.getByRole('button', { name: 'Start Alpha' }))
    expect(
      await screen.findByText(/A setting is not valid\. Slots: From 1 to 64\. Batch: A number\. Put it right, or undo it\./),
    ).toBeTruthy()
    await expectAccessible()
    await user.click(form.getByRole('button', { name: 'Undo' }))
    expect(form.getByText('all at their defaults')).toBeTruthy()
    expect(form.getByRole<HTMLInputElement>('textbox', { name: 'Slots' }).value).toBe('')
  })

  test('a build says what removing it frees, one that is not ours nothing, and the head says what is counted', async () => {
    const builds = [
      makeBuild({ bytes: 52_000_000 }),
      makeBuild({ id: 'alpha@2+cpu', title: 'Alpha 2', bytes: null, active: false }),
      makeBuild({ id: 'alpha@3', title: 'Alpha 3', origin: 'adopted', bytes: null, active: false }),
    ]
    const { user } = mountWindow('/runtimes/alpha', prepare([makeRuntime({ builds })]))
    const cellsOf = (name: RegExp) => within(screen.getByRole('row', { name })).getAllByRole('cell')[2]?.textContent
    await screen.findByRole('row', { name: /^Alpha 1\.0/ })
    expect([cellsOf(/^Alpha 1\.0/), cellsOf(/^Alpha 2/), cellsOf(/^Alpha 3/)]).toEqual(['52 MB', 'measuring…', '–'])
    await user.hover(screen.getByRole('button', { name: 'Removing frees' }))
    expect((await screen.findAllByText(/Files that another folder holds too/)).length).toBeGreaterThan(0)
  })
})

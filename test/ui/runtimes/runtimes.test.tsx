// @vitest-environment jsdom
import { implement } from '@orpc/server'
import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { contract } from '../../../electron/contract'
import { startRequestSchema } from '../../../electron/contract/instance'
import type { RuntimeSummary, Setting, SettingValues } from '../../../electron/contract/runtime'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { commandsOf } from '../../../renderer/features/runtimes/runtime-commands'
import { wishFor } from '../../../renderer/features/runtimes/wish.store'
import { makeJob } from '../fixture-run'
import { expectAccessible, mountWindow } from '../mount'
import type { createScriptedHost } from '../scripted-host'
import { makeBuild, makeOffer, makeRuntime, makeSnapshot } from './fixture-runtimes'

const away = makeRuntime({ id: 'beta', title: 'Beta', verdict: { can: false, why: 'It needs a Mac.' }, matrix: {} })

const barredOf = ({ id, flag }: Setting) => ({ setting: id, why: `Alpha 1.0 has no ${flag}.` })

/** A scripted host that knows these runtimes and notes what it was asked. */
function prepare(runtimes: RuntimeDetail[], asked: string[] = []) {
  return ({ router }: ReturnType<typeof createScriptedHost>) => {
    const os = implement(contract)
    const request = startRequestSchema.parse({ runtime: 'alpha', build: null, model: 'org/small:Q8_0' })
    Object.assign(router.instances, { choose: os.instances.choose.handler(() => request) })
    Object.assign(router.runtimes, {
      watch: os.runtimes.watch.handler(async function* ({ signal }) {
        yield makeSnapshot(runtimes)
        await new Promise(resolve => signal?.addEventListener('abort', resolve, { once: true }))
      }),
      plan: os.runtimes.plan.handler(({ input }) => makeOffer({ id: input.offer })),
      install: os.runtimes.install.handler(({ input }) => {
        asked.push(`install ${input.offer} ${input.agreed}`)
        return makeJob({ id: 'install-1', kind: 'install' })
      }),
      removal: os.runtimes.removal.handler(({ input }) => ({
        ...{ build: input.build, title: 'Alpha 1.0', folder: '/builds/alpha', bytes: 52_000_000, files: 12, removable: true, why: null },
        ...{ stays: ['Models stay.'], next: null },
      })),
      remove: os.runtimes.remove.handler(({ input }) => {
        asked.push(`remove ${input.build}`)
        return makeJob({ id: 'remove-1', kind: 'install' })
      }),
      use: os.runtimes.use.handler(({ input }) => void asked.push(`use ${input.build}`)),
      render: os.runtimes.render.handler(({ input }) => ({
        ...{ build: 'alpha@1.0+cpu', environment: {} },
        command: ['alpha', 'serve', ...Object.entries(input.settings ?? {}).flatMap(([id, value]) => [`--${id}`, String(value)])],
        problems: [],
        notOffered: runtimes.flatMap(({ settings }) => settings.filter(each => each.id.startsWith('device')).map(barredOf)),
        before: [],
      })),
      saveSettings: os.runtimes.saveSettings.handler(({ input }): SettingValues => {
        asked.push(`save ${JSON.stringify(input.values)}`)
        return input.values
      }),
    })
  }
}

const commandShown = () => screen.getByRole('region', { name: /^Exact command/ }).textContent

describe('Runtimes', () => {
  test('a row says what it is for, whether it runs here, what is installed and the one thing to do', async () => {
    const installed = makeRuntime({ builds: [makeBuild()] })
    const { user } = mountWindow('/runtimes', prepare([installed, away]))
    const alpha = within(await screen.findByRole('row', { name: /^Alpha Serves/ }))
    expect(alpha.getByText('Runs here')).toBeTruthy()
    // Whole, in a column of its own or under the name: no cell cuts it.
    const { purpose } = installed
    expect(alpha.getAllByText(purpose).filter(each => /\btruncate\b/.test(each.className))).toEqual([])
    expect(alpha.getAllByText(purpose).map(each => each.tagName)).toEqual(['SPAN', 'TD'])
    expect(alpha.getByRole('button', { name: 'Start Alpha' })).toBeTruthy()
    const beta = within(screen.getByRole('row', { name: /^Beta/ }))
    expect(beta.getByText('It needs a Mac.')).toBeTruthy()
    expect(beta.queryByRole('button')).toBeNull()
    expect(screen.getByRole('rowheader', { name: 'Not on this machine' })).toBeTruthy()
    await user.type(screen.getByRole('searchbox', { name: 'Search runtimes' }), 'nothing like it')
    expect(screen.getByText(/None matches/)).toBeTruthy()
    await expectAccessible()
  })

  test('what runs here stands first; why it cannot be had now is one click away, and one that is attached is no warning', async () => {
    const why = 'No package index can be reached.'
    const barred = makeRuntime({ id: 'gamma', title: 'Gamma', offers: [makeOffer({ why })] })
    const attached = makeRuntime({
      ...{ id: 'delta', title: 'Delta', tier: 'attach' },
      verdict: { can: true, how: 'remote', backends: [], notes: ['It is attached by its address.'] },
    })
    const { user } = mountWindow('/runtimes', prepare([away, barred, attached]))
    await screen.findByRole('row', { name: /^Gamma/ })
    const names = within(screen.getByRole('region', { name: 'Runtimes' })).getAllByRole('row')
    expect(names.slice(1).map(row => row.textContent.slice(0, 4))).toEqual(['Gamm', 'Delt', 'Not ', 'Beta'])
    expect(within(screen.getByRole('row', { name: /^Delta/ })).getByText('By address')).toBeTruthy()
    expect(screen.queryByText('With limits')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Why: Gamma' }))
    expect(within(screen.getByRole('dialog')).getByText(new RegExp(why))).toBeTruthy()
    await expectAccessible()
  })

  test('the plan of an install is shown before it is a job', async () => {
    const asked: string[] = []
    const { user } = mountWindow('/runtimes', prepare([makeRuntime({ offers: [makeOffer()] })], asked))
    await user.click(await screen.findByRole('button', { name: 'Install 1.1: Alpha' }))
    const dialog = within(screen.getByRole('dialog', { name: 'Install Alpha' }))
    expect(await dialog.findByText(/alpha-linux-x64/)).toBeTruthy()
    expect(dialog.getByText(/240 MB at most/)).toBeTruthy()
    expect(asked).toEqual([])
    await expectAccessible()
    await user.click(dialog.getByRole('button', { name: 'Install' }))
    await waitFor(() => expect(asked).toEqual(['install alpha/alpha/release false']))
  })

  test('a build that is in use or not ours cannot be removed; another can, after what it frees was said', async () => {
    const asked: string[] = []
    const used = makeBuild({
      id: 'alpha@0.9+cpu',
      title: 'Alpha 0.9',
      active: false,
      usedBy: ['alpha-1'],
      removable: false,
      whyNotRemovable: 'alpha-1 runs on it.',
    })
    const { user } = mountWindow('/runtimes/alpha', prepare([makeRuntime({ builds: [makeBuild(), used] })], asked))
    expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Remove Alpha 0.9' })).disabled).toBe(true)
    await user.click(screen.getByRole('button', { name: 'Use Alpha 0.9' }))
    await user.click(screen.getByRole('button', { name: 'Remove Alpha 1.0' }))
    const dialog = within(screen.getByRole('dialog'))
    expect(await dialog.findByText('It frees 52 MB in 12 files.')).toBeTruthy()
    await user.click(dialog.getByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(asked).toEqual(['use alpha@0.9+cpu', 'remove alpha@1.0+cpu']))
  })

  test('settings are checked as they are typed, shown in the exact command, saved and taken back', async () => {
    const asked: string[] = []
    const setting = {
      ...{
        id: 'slots',
        title: 'Slots',
        help: 'How many at once.',
        group: 'serving' as const,
        flag: '--slots',
        environment: null,
        source: 'docs',
      },
      value: { kind: 'number' as const, integer: true, least: 1, most: 64, unit: null, default: 4 },
    } satisfies Setting
    const { user } = mountWindow('/runtimes/alpha', prepare([makeRuntime({ builds: [makeBuild()], settings: [setting] })], asked))
    const field = await screen.findByRole('textbox', { name: 'Slots' })
    await user.type(field, '99{Enter}')
    expect(screen.getByText('From 1 to 64.')).toBeTruthy()
    await user.clear(field)
    await user.type(field, '8{Enter}')
    await waitFor(() => expect(commandShown()).toBe('alpha serve --slots 8'))
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(asked).toEqual(['save {"slots":8}']))
    await user.click(screen.getByRole('button', { name: 'Slots: back to the default, 4' }))
    await waitFor(() => expect(commandShown()).toBe('alpha serve'))
    await expectAccessible()
  })

  test('a setting that the build does not take is not offered, and it is said why; one that was set can be taken back', async () => {
    const setting = (id: string, title: string) => ({
      ...{ id, title, help: 'Help.', group: 'speed' as const, flag: `--${id}`, environment: null, source: 'docs' },
      value: { kind: 'text' as const, default: null },
    })
    const settings: Setting[] = [setting('devices', 'Devices'), setting('deviceNames', 'Names'), setting('batch', 'Batch')]
    const saved = { deviceNames: 'none' }
    const { user } = mountWindow('/runtimes/alpha', prepare([makeRuntime({ builds: [makeBuild()], settings, saved })]))
    await user.click(await screen.findByText('2 settings that this build does not take'))
    expect(screen.getByText('Devices: Alpha 1.0 has no --devices.')).toBeTruthy()
    expect(screen.queryByRole('textbox', { name: 'Devices' })).toBeNull()
    expect(screen.getByRole('textbox', { name: 'Batch' })).toBeTruthy()
    expect(screen.getByRole('button', { name: /^Names: back to the default/ })).toBeTruthy()
    await expectAccessible()
  })

  test('a weight ranks the matrix anew, and an address that names none says so', async () => {
    const other = makeRuntime({ id: 'gamma', title: 'Gamma', matrix: { maintenance: { tier: 'excellent', says: 'None.', now: null } } })
    const { user } = mountWindow('/runtimes', prepare([makeRuntime(), other]))
    const matrix = within(await screen.findByRole('region', { name: 'Matrix' }))
    expect(matrix.getAllByRole('row').at(2)?.textContent).toContain('Gamma')
    expect(matrix.getByRole('button', { name: 'Alpha, Little upkeep: limited, changed since' })).toBeTruthy()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Reset weights' }).disabled).toBe(true)
    await user.click(screen.getByRole('button', { name: 'All 2' }))
    expect(screen.getByRole('button', { name: 'First class only' })).toBeTruthy()
  })

  test('an address of no runtime says so', async () => {
    mountWindow('/runtimes/nobody', prepare([makeRuntime()]))
    expect(await screen.findByText('There is no runtime named “nobody”.')).toBeTruthy()
  })
})

describe('commands of the palette', () => {
  const build = {
    id: 'alpha@1',
    runtime: 'alpha',
    kind: 'alpha',
    title: 'Alpha 1',
    version: '1',
    variant: null,
    path: '/a',
    backends: [],
    notes: [],
  }
  const summary = { id: 'alpha', title: 'Alpha', purpose: 'Serves.', homepage: 'https://a.test', launchable: true, builds: [], offers: [] }
  const verdict: RuntimeSummary['verdict'] = { can: true, how: 'native', backends: [], notes: [] }
  const offer = { id: 'alpha/alpha/release', runtime: 'alpha', title: 'Alpha', source: 'x', bytes: null, why: null }
  const idsOf = (changes: object) => commandsOf({ ...summary, verdict, ...changes }, () => undefined).map(each => each.id)

  test('are those that make sense for it now', () => {
    expect(idsOf({})).toEqual(['runtime.alpha', 'doctor.alpha'])
    expect(idsOf({ offers: [offer] })).toEqual(['runtime.alpha', 'install.alpha', 'doctor.alpha'])
    expect(idsOf({ offers: [offer], builds: [{ ...build, origin: 'managed' }] })).toEqual(['runtime.alpha', 'update.alpha', 'doctor.alpha'])
    expect(idsOf({ offers: [{ ...offer, why: 'It needs Docker.' }] })).toEqual(['runtime.alpha', 'doctor.alpha'])
  })

  test('open the plan of an install, or say that there is no newer build, where the runtime is shown', async () => {
    wishFor('alpha', 'install')
    const { user } = mountWindow('/runtimes/alpha', prepare([makeRuntime({ offers: [makeOffer()] })]))
    const dialog = await screen.findByRole('dialog', { name: 'Install Alpha' })
    await user.click(within(dialog).getByRole('button', { name: 'Not now' }))
    expect(screen.queryByRole('dialog')).toBeNull()
    act(() => wishFor('alpha', 'update'))
    expect(await screen.findByText(/No newer build of Alpha/)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'All right' }))
    expect(screen.queryByText(/No newer build/)).toBeNull()
  })
})

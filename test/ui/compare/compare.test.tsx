// @vitest-environment jsdom
import { screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { useCompare } from '../../../renderer/features/compare/compare.store'
import { useComparisons } from '../../../renderer/features/compare/comparisons.store'
import { usualSampling } from '../../../renderer/features/compare/panes'
import { useStarts } from '../../../renderer/features/compare/starts.store'
import { makeJob } from '../fixture-run'
import { expectAccessible, mountWindow } from '../mount'
import { createScriptedHost } from '../scripted-host'
import { addComparisons, running, type Answer } from './comparing-host'

type Prepared = Awaited<ReturnType<typeof addComparisons>>
let prepared: Prepared
let host: ReturnType<typeof createScriptedHost>

beforeEach(async () => {
  host = createScriptedHost()
  prepared = await addComparisons(host)
})
afterEach(async () => {
  useCompare.setState({ comparison: null, failure: null })
  useComparisons.setState({ list: null, failure: null })
  useStarts.setState({ byPane: {} })
  await prepared.close()
})

/** The window on the prepared host. */
function open(path: string, prepare: () => void = () => undefined) {
  return mountWindow(path, scripted => {
    prepare()
    Object.assign(scripted.state, host.state)
    Object.assign(scripted.router, host.router)
    Object.assign(scripted.asked, host.asked)
  })
}

const pane = (number: number) => screen.findByRole('article', { name: new RegExp(`^Pane ${number}:`) })
const prompt = () => screen.findByRole('textbox', { name: 'Prompt' })

async function answerFor(route: string): Promise<Answer> {
  return waitFor(() => {
    const found = prepared.answers.findLast(answer => answer.route === route)
    if (!found) throw new Error(`${route} was not asked.`)
    return found
  })
}

describe('Compare', () => {
  test('sends one prompt to all panes, shows the answers as they come and the figures in their places', async () => {
    const { user } = open('/compare')
    expect(await pane(1)).toBeTruthy()
    expect(within(await pane(2)).getByText('engine test: knows its answers by heart')).toBeTruthy()
    await user.type(await prompt(), 'What is it?{Control>}{Enter}{/Control}')
    const model = await answerFor('some/model:Q8_0')
    const test = await answerFor('roundhouse/canary:Q8_0')
    expect([model.body.temperature, test.body.temperature]).toEqual([0.7, 0])
    model.say('It is **this')
    expect(await within(await pane(1)).findByText('Streaming')).toBeTruthy()
    expect(await within(await pane(1)).findByText(/It is/)).toBeTruthy()
    for (const number of [1, 2]) expect(within(await pane(number)).getByText('What is it?')).toBeTruthy()
    model.say('** one.')
    model.finish()
    test.say('Forty-two.')
    test.finish()
    expect(await within(await pane(1)).findByText('this')).toBeTruthy()
    expect(await within(await pane(1)).findByText('Done')).toBeTruthy()
    expect(within(await pane(1)).getByText(/^2 in /)).toBeTruthy()
    expect(await within(await pane(2)).findByText('Forty-two.')).toBeTruthy()
    expect(location.hash).toMatch(/^#\/compare\/[\w-]{20,}$/)
    expect(screen.getByText('2 targets, “What is it?”')).toBeTruthy()
    const fairness = within(screen.getByRole('group', { name: 'Fairness of this set' }))
    expect(fairness.getByText('same prompt, 12 tokens')).toBeTruthy()
    expect(fairness.getByText(/pane 2 is an engine test/)).toBeTruthy()
    await expectAccessible()
  })

  test('a window opened in the middle of an answer has the same text in the end', async () => {
    const created = prepared.comparisons.create({ panes: [{ id: 'p', route: 'some/model:Q8_0', sampling: usualSampling }] })
    prepared.comparisons.run({ id: created.id, prompt: 'Go on', mode: 'at-once' })
    const answer = await answerFor('some/model:Q8_0')
    answer.say('Before the window, ')
    await waitFor(() => expect(prepared.comparisons.get(created.id).turns[0]?.generations[0]?.text).not.toBe(''))
    open(`/compare/${created.id}`)
    expect(await within(await pane(1)).findByText(/Before the window,/)).toBeTruthy()
    answer.say('after it opened, ')
    answer.say('and to the end.')
    answer.finish()
    expect(await within(await pane(1)).findByText('Before the window, after it opened, and to the end.')).toBeTruthy()
  })

  test('a chat asks only what was just started, and a long prompt opens in full', async () => {
    const { user } = open(`/compare/new/${running[1]?.id}`)
    expect(await pane(1)).toBeTruthy()
    expect(screen.queryByRole('article', { name: /^Pane 2/ })).toBeNull()
    expect(screen.queryByRole('group', { name: 'Order' })).toBeNull()
    expect(await prompt()).toBe(document.activeElement)
    const long = `${'word '.repeat(80)}end`
    await user.click(await prompt())
    await user.paste(long)
    await user.keyboard('{Control>}{Enter}{/Control}')
    await answerFor(running[1]?.route ?? '')
    await waitFor(() => expect(location.hash).toMatch(/^#\/compare\/[\w-]{20,}$/))
    expect(screen.getByRole('textbox', { name: 'Prompt' })).toBe(document.activeElement)
    const whole = await within(await pane(1)).findByRole('button', { name: 'Show the whole prompt' })
    expect(within(await pane(1)).getByText(long).className).toContain('line-clamp-3')
    await user.click(whole)
    expect(within(await pane(1)).getByText(long).className).not.toContain('line-clamp-3')
    await expectAccessible()
  })

  test('stops one or all; Esc is the key for it and the text stays', async () => {
    const { user } = open('/compare')
    await pane(2)
    await user.type(await prompt(), 'Go{Control>}{Enter}{/Control}')
    const [model, test] = [await answerFor('some/model:Q8_0'), await answerFor('roundhouse/canary:Q8_0')]
    model.say('Kept.')
    test.say('Also kept.')
    await within(await pane(2)).findByText('Also kept.')
    await user.click(within(await pane(1)).getByRole('button', { name: 'Stop pane 1' }))
    expect(await within(await pane(1)).findByText('Stopped')).toBeTruthy()
    expect(within(await pane(2)).getByText('Streaming')).toBeTruthy()
    await user.keyboard('{Escape}')
    expect(await within(await pane(2)).findByText('Stopped')).toBeTruthy()
    await waitFor(() => expect([model.isOpen(), test.isOpen()]).toEqual([false, false]))
    expect(within(await pane(1)).getByText('Kept.')).toBeTruthy()
  })

  test('asks one pane again with other parameters, and gives them to all', async () => {
    const { user } = open('/compare')
    await pane(2)
    await user.type(await prompt(), 'Go{Control>}{Enter}{/Control}')
    for (const route of ['some/model:Q8_0', 'roundhouse/canary:Q8_0']) {
      const answer = await answerFor(route)
      answer.say('First.')
      answer.finish()
    }
    await within(await pane(1)).findByText('Done')
    await within(await pane(2)).findByText('Done')
    await user.click(within(await pane(1)).getByRole('button', { name: 'Parameters of pane 1' }))
    const panel = within(await screen.findByRole('dialog', { name: 'Parameters of pane 1' }))
    await user.clear(panel.getByLabelText('Temperature'))
    await user.type(panel.getByLabelText('Temperature'), '3')
    expect(panel.getByText('A number from 0 to 2.')).toBeTruthy()
    await user.clear(panel.getByLabelText('Temperature'))
    await user.type(panel.getByLabelText('Temperature'), '0,2')
    await user.type(panel.getByLabelText('System prompt'), 'Be brief.')
    await user.click(panel.getByRole('button', { name: 'Apply to all panes' }))
    await waitFor(() => expect(useCompare.getState().comparison?.panes.map(each => each.sampling.temperature)).toEqual([0.2, 0.2]))
    await user.click(within(await pane(1)).getByRole('button', { name: 'Regenerate pane 1' }))
    await waitFor(() => expect(prepared.answers).toHaveLength(3))
    const again = prepared.answers[2]
    expect(again?.body).toMatchObject({ temperature: 0.2, messages: [{ role: 'system', content: 'Be brief.' }, { content: 'Go' }] })
    again?.say('Second.')
    again?.finish()
    expect(await within(await pane(1)).findByText('Second.')).toBeTruthy()
    expect(within(await pane(1)).queryByText('First.')).toBeNull()
    expect(within(await pane(2)).getByText('First.')).toBeTruthy()
  })

  test('starts a model that is here but not running, in the pane that asked for it', async () => {
    const { user, host: scripted } = open('/compare/new', () => host.state.instances.set(running.slice(0, 1)))
    scripted.state.models.set({
      ...scripted.state.models.value,
      library: [
        {
          id: 'org/small:Q4_1',
          title: 'Small',
          catalogueId: 'org/small',
          artifactId: 'Q4_1',
          origin: 'downloaded',
          path: '/m/small.gguf',
          state: 'ready',
          why: null,
          bytes: 98e6,
          sha256: null,
          facts: null,
          engineTest: false,
          addedAt: '',
        },
      ],
    })
    await user.click(await screen.findByRole('button', { name: 'Target of pane 2: Choose what to ask' }))
    await user.click(await screen.findByRole('menuitem', { name: /^Start Small Q4_1/ }))
    expect(await within(await pane(2)).findByRole('button', { name: 'Watch it' })).toBeTruthy()
    await waitFor(() => expect(scripted.asked.started.at(-1)).toMatchObject({ model: 'org/small:Q4_1' }))
    const small = {
      ...running[0],
      id: 'small-1',
      route: 'org/small:Q4_1',
      model: 'org/small:Q4_1',
      modelTitle: 'Small Q4_1',
    } as (typeof running)[number]
    scripted.state.instances.set([...running.slice(0, 1), small])
    scripted.state.jobs.set([makeJob({ id: 'job-1', state: 'done', result: 'small-1' })])
    expect(await screen.findByRole('article', { name: /^Pane 2: llama-server b9000, Small Q4_1/ })).toBeTruthy()
  })

  test('keeps earlier comparisons: opens, renames and removes them, after asking', async () => {
    const first = prepared.comparisons.create({ panes: [{ id: 'p', route: 'some/model:Q8_0', sampling: usualSampling }] })
    prepared.comparisons.rename(first.id, 'The first')
    const { user } = open('/compare/new')
    await pane(1)
    await user.click(screen.getByRole('button', { name: /Earlier/ }))
    await user.click(await screen.findByRole('button', { name: 'Rename The first' }))
    await user.clear(screen.getByLabelText('Name of The first'))
    await user.type(screen.getByLabelText('Name of The first'), 'Renamed{Enter}')
    await user.click(await screen.findByRole('button', { name: /^Renamed/ }))
    await waitFor(() => expect(location.hash).toBe(`#/compare/${first.id}`))
    await user.click(screen.getByRole('button', { name: /Earlier/ }))
    await user.click(await screen.findByRole('button', { name: 'Remove Renamed' }))
    const asked = within(await screen.findByRole('dialog', { name: 'Remove this comparison?' }))
    await user.click(asked.getByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(location.hash).toBe('#/compare/new'))
    expect(prepared.comparisons.list()).toEqual([])
  })

  test('where nothing runs it says what would fill it', async () => {
    const { user } = open('/compare', () => host.state.instances.set([]))
    await user.click(await screen.findByRole('button', { name: 'See what is recommended' }))
    await waitFor(() => expect(location.hash).toBe('#/'))
  })

  test('a comparison that is gone is no dead end', async () => {
    const { user } = open('/compare/nowhere')
    expect(await screen.findByText('There is no comparison nowhere.')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'New comparison' }))
    expect(await pane(1)).toBeTruthy()
  })

  test('/ comes to the prompt from anywhere, and the grid can have up to eight panes', async () => {
    const { user } = open('/compare/new')
    await pane(1)
    await user.click(screen.getByRole('radio', { name: '8' }))
    expect(await pane(8)).toBeTruthy()
    await user.keyboard('/')
    expect(document.activeElement).toBe(await prompt())
    await user.click(screen.getByRole('radio', { name: '1' }))
    expect(screen.getAllByRole('article')).toHaveLength(1)
  })
})

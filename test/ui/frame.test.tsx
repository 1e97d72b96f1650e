// @vitest-environment jsdom
import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { useConnection } from '../../renderer/client/client'
import { places } from '../../renderer/places'
import { gateway } from './fixture-machine'
import { makeInstance } from './fixture-run'
import { expectAccessible, mountWindow } from './mount'

describe('the frame', () => {
  test('the strip tells gateway, what is loaded where, memory and requests', async () => {
    mountWindow('/', ({ state }) => {
      state.instances.set([makeInstance()])
      state.gateway.set({ ...gateway, inFlight: 3 })
    })
    const strip = screen.getByRole('contentinfo', { name: 'Status' })
    await within(strip).findByText('127.0.0.1:4700')
    await within(strip).findByText('Qwen3-8B Q8_0')
    expect(strip.textContent).toContain('on RTX 4090')
    await within(strip).findByRole('img', { name: 'RTX 4090: 2.1 of 24 GB used' })
    expect(strip.textContent).toContain('3 requests in flight')
  })

  test('a host that goes away is said, and what it tells after coming back is shown', async () => {
    const { host } = mountWindow('/settings')
    const strip = screen.getByRole('contentinfo', { name: 'Status' })
    await within(strip).findByText('Gateway ready')
    host.state.gateway.set({ ...gateway, address: 'http://127.0.0.1:4701/v1', portNote: 'Port 4700 was taken.' })
    host.cut()
    await within(strip).findByText('Reconnecting to the host')
    await within(strip).findByText('127.0.0.1:4701')
    expect(within(strip).getByText('Gateway ready, other port').className).not.toContain('warn')
    expect(useConnection.getState().state).toBe('connected')
  })

  test('digits go to places, but not while typing', async () => {
    const { user } = mountWindow('/settings')
    await user.click(await screen.findByRole('textbox', { name: 'Address of a mirror' }))
    await user.keyboard('1')
    expect(location.hash).toBe('#/settings')
    screen.getByRole('main').focus()
    await user.keyboard('1')
    await waitFor(() => expect(location.hash).toBe('#/'))
  })

  test('? shows all keys, but not while typing, and Esc gives the focus back', async () => {
    const { user } = mountWindow('/settings')
    await user.click(await screen.findByRole('textbox', { name: 'Address of a mirror' }))
    await user.keyboard('?')
    expect(screen.queryByRole('dialog')).toBeNull()
    screen.getByRole('main').focus()
    await user.keyboard('?')
    const dialog = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })
    for (const name of ['Everywhere', 'Places', 'Compare']) within(dialog).getByRole('region', { name })
    expect(within(dialog).getByText('Runtimes')).toBeTruthy()
    await expectAccessible()
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(document.activeElement).toBe(screen.getByRole('main'))
  })

  test('every place of the rail has an address of its own', async () => {
    mountWindow('/nowhere')
    await waitFor(() => expect(location.hash).toBe('#/'))
    const links = within(screen.getByRole('navigation', { name: 'Places' })).getAllByRole('link')
    expect(links.map(link => link.getAttribute('href'))).toEqual(places.filter(place => !place.hidden).map(place => `#${place.path}`))
  })
})

describe('the palette', () => {
  test('opens by its key, finds by letters, runs, and closes', async () => {
    const { host, user } = mountWindow('/', ({ state }) => state.instances.set([makeInstance()]))
    await screen.findByText('Ubuntu 24.04')
    await user.keyboard('{Control>}k{/Control}')
    const dialog = await screen.findByRole('dialog', { name: 'Search or run a command' })
    await expectAccessible()
    await user.type(within(dialog).getByRole('combobox'), 'stop qwen')
    await user.keyboard('{Enter}')
    await waitFor(() => expect(host.asked.stopped).toEqual(['llama-cpp-1']))
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  test('starts what was recommended', async () => {
    const { host, user } = mountWindow()
    await screen.findByRole('button', { name: 'Start' })
    await user.keyboard('{Control>}k{/Control}')
    await user.click(await screen.findByRole('option', { name: 'Start llama-server b9000 + Qwen3-8B Q8_0' }))
    await waitFor(() => expect(host.asked.started).toHaveLength(1))
  })
})

describe('Settings', () => {
  test('the theme is put on the page at once and kept', async () => {
    const { host, user } = mountWindow('/settings')
    await user.click(await screen.findByRole('radio', { name: 'dark' }))
    expect(document.documentElement.dataset['theme']).toBe('dark')
    await waitFor(() => expect(host.state.settings.value.theme).toBe('dark'))
    await user.click(screen.getByRole('radio', { name: 'as the system' }))
    expect(document.documentElement.dataset['theme']).toBeUndefined()
    await expectAccessible()
  })

  test('a wrong port is refused before it is sent, a right one is kept', async () => {
    const { host, user } = mountWindow('/settings')
    const port = await screen.findByRole('textbox', { name: 'Port' })
    await user.clear(port)
    await user.type(port, '80{Enter}')
    expect(screen.getByRole('alert').textContent).toBe('A number from 1024 to 65535.')
    expect(host.state.settings.value.gatewayPort).toBe(4700)
    await user.clear(port)
    await user.type(port, '4800{Enter}')
    await waitFor(() => expect(host.state.settings.value.gatewayPort).toBe(4800))
  })

  test('a port that waits for the next start says so; one that was taken does not', async () => {
    const { host } = mountWindow('/settings', ({ state }) => {
      state.gateway.set({ ...state.gateway.value, port: 4711, portNote: 'Port 4700 is taken by another program, so 4711 is used.' })
    })
    await screen.findByRole('textbox', { name: 'Port' })
    expect(screen.queryByText(/has been started again/)).toBeNull()
    host.state.settings.set({ ...host.state.settings.value, gatewayPort: 4800 })
    expect(await screen.findByText(/has been started again/)).toBeTruthy()
  })

  test('the key is hidden until asked for', async () => {
    const { user } = mountWindow('/settings')
    await screen.findByText('4711', { exact: false })
    expect(screen.queryByText('rh-local-key')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Show' }))
    expect(await screen.findByText('rh-local-key')).toBeTruthy()
  })
})

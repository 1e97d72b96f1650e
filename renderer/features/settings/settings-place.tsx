import { useId, type ReactNode } from 'react'
import type { GatewayStatus } from '../../../electron/contract/gateway'
import type { Settings } from '../../../electron/contract/settings'
import { client } from '../../client/client'
import { ChooseOne } from '../../ui/choice'
import { CopyButton } from '../../ui/copy-button'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { Switch } from '../../ui/switch'
import { act } from '../shared/notice.store'
import { useGateway } from '../shared/gateway.store'
import { useModels } from '../shared/models.store'
import { changeSettings, useSettings } from '../shared/settings.store'
import { About } from './about'
import { GatewayKey } from './gateway-key'
import { TextSetting } from './text-setting'
import { checkAddress, checkFolder, checkPort } from './checks'

/** What can be set, and what this app is. */
export function SettingsPlace() {
  const settings = useSettings(store => store.settings)
  return (
    <div className="grid max-w-[760px] gap-6 px-gut py-5">
      {settings ? <Groups settings={settings} /> : <Waiting />}
      <About />
    </div>
  )
}

const keep = (change: Partial<Settings>) => act('The setting could not be kept', () => changeSettings(change))

function Groups({ settings }: { settings: Settings }) {
  return (
    <>
      <Group title="Look">
        <Row name="Theme">
          <ChooseOne
            legend="Theme"
            value={settings.theme}
            onChange={theme => void keep({ theme })}
            options={[
              { value: 'system', label: 'as the system' },
              { value: 'light', label: 'light' },
              { value: 'dark', label: 'dark' },
            ]}
          />
        </Row>
      </Group>
      <AddressGroup settings={settings} />
      <ModelsGroup settings={settings} />
      <Group title="Closing">
        <Row name="Before quitting">
          <Switch checked={settings.askBeforeQuit} onChange={askBeforeQuit => void keep({ askBeforeQuit })}>
            ask while requests are running
          </Switch>
        </Row>
      </Group>
    </>
  )
}

function AddressGroup({ settings }: { settings: Settings }) {
  const gateway = useGateway(store => store.gateway)
  return (
    <Group title="The one address" about="Programs that speak OpenAI’s API use every running model through it.">
      <Row name="Address">
        {gateway?.address == null ? (
          <span className="text-ink-2">{gateway?.why ?? 'not ready yet'}</span>
        ) : (
          <span className="flex flex-wrap items-center gap-2">
            <code>{gateway.address}</code>
            <CopyButton text={gateway.address} />
          </span>
        )}
        {gateway?.portNote != null && (
          <p>
            <StateWord tone="warn">
              <span className="whitespace-normal">{gateway.portNote}</span>
            </StateWord>
          </p>
        )}
      </Row>
      <Row name="Key">
        <GatewayKey load={async () => (await client.system.key()).key} />
      </Row>
      <Row name="Port">
        <TextSetting
          label="Port"
          value={String(settings.gatewayPort)}
          number
          check={checkPort}
          onKeep={text => keep({ gatewayPort: Number(text) })}
          help="from 1024 to 65535; the next free one is used when it is taken"
        />
        {waitsForRestart(settings, gateway) && (
          <StateWord tone="info">
            <span className="whitespace-normal">Programs find the address there when Roundhouse has been started again.</span>
          </StateWord>
        )}
      </Row>
    </Group>
  )
}

/** Another port was set than the gateway was started with; one that was taken then is the same wish. */
function waitsForRestart({ gatewayPort }: Settings, gateway: GatewayStatus | null): boolean {
  if (gateway?.port == null || gateway.port === gatewayPort) return false
  return gateway.portNote?.includes(`Port ${gatewayPort} `) !== true
}

function ModelsGroup({ settings }: { settings: Settings }) {
  const folder = useModels(store => store.models?.folder ?? null)
  return (
    <Group title="Models">
      <Row name="Folder">
        <TextSetting
          label="Folder for downloads"
          value={settings.modelsFolder ?? ''}
          placeholder={folder ?? 'models in the home of the app'}
          check={checkFolder}
          onKeep={text => keep({ modelsFolder: text === '' ? null : text })}
          help="an absolute path; what is downloaded already stays where it is. Move… in Models takes it along"
        />
      </Row>
      <Row name="Mirror of the hub">
        <TextSetting
          label="Address of a mirror"
          value={settings.hubAddress ?? ''}
          placeholder="none: the public hub"
          check={checkAddress}
          onKeep={text => keep({ hubAddress: text === '' ? null : text })}
          help="for networks that reach models only through a mirror"
        />
      </Row>
    </Group>
  )
}

function Group({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="grid gap-2 border-b border-line pb-5">
      <h2 id={id}>{title}</h2>
      {about && <p className="text-ink-2">{about}</p>}
      <dl className="grid grid-cols-[160px_minmax(0,1fr)] gap-y-3 max-narrow:grid-cols-1">{children}</dl>
    </section>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="leading-7 text-ink-2">{name}</dt>
      <dd className="grid min-h-7 min-w-0 content-center gap-1">{children}</dd>
    </>
  )
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading the settings" className="grid gap-6">
      {[200, 420, 380, 240].map(width => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  )
}

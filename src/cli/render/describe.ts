// The page of `describe`: each process as PM2 describes it and what else is known of it, then its app. The environment is never on it. Pure.
import { shellWord } from '../../model/shell-word.ts';
import type { AlertView, AppsReply, AppView } from '../../model/view.ts';
import { pm2Facts, stateFacts } from './describe-instance.ts';
import { rolloutFacts, rolloutTitle } from './describe-rollout.ts';
import { appFacts, isSpecified, settingFacts } from './describe-settings.ts';
import type { SpecifiedApp } from './describe-settings.ts';
import { renderFactTable } from './fact-table.ts';
import type { FactTableStyle } from './fact-table.ts';
import type { FactRow } from './facts.ts';
import { renderAlert } from './list.ts';
import { actionFacts, metricFacts } from './self-report.ts';

/** `nowMs` is the epoch moment of printing. */
export interface DescriptionStyle extends FactTableStyle {
  readonly nowMs: number;
  /** Whether alerts and what to type next stand below the tables; not for scripts, which search for words. */
  readonly notes: boolean;
  /** The version of the package that a script belongs to, by its absolute path; null where there is none. */
  readonly versionOf: (script: string) => string | null;
}

/** The whole page, with a newline at its end. The apps must carry their specs. */
export function renderDescription(reply: AppsReply, style: DescriptionStyle): string {
  return reply.apps
    .filter(isSpecified)
    .map((app) => {
      const notes = style.notes ? renderNotes(app, reply.alerts, style) : '';
      return [...renderInstances(app, style), renderApp(app, style), notes].join('');
    })
    .join('');
}

function renderInstances(app: SpecifiedApp, style: DescriptionStyle): string[] {
  const version = style.versionOf(app.spec.script) ?? 'N/A';
  return [...app.instances]
    .sort((a, b) => a.id - b.id)
    .map((instance) => {
      const page: readonly (readonly [string, readonly FactRow[]])[] = [
        [`Describing process with id ${instance.id} - name ${app.name}`, pm2Facts(app, instance, { version, palette: style.palette })],
        ['Actions available', actionFacts(app.name, instance.selfReport)],
        ['Code metrics value', metricFacts(instance.selfReport)],
        [`Instance ${app.name}:${instance.slot}`, stateFacts(instance)],
      ];
      return page.map(([title, facts]) => renderFactTable(title, facts, style)).join('');
    });
}

function renderApp(app: SpecifiedApp, style: DescriptionStyle): string {
  const { rollout } = app;
  const settings = renderFactTable(`Settings of ${app.name}`, [...appFacts(app), ...settingFacts(app)], style);
  if (rollout === null) return settings;
  return settings + renderFactTable(rolloutTitle(app.name, rollout), rolloutFacts(app.name, rollout, style.nowMs), style);
}

function renderNotes({ name, instances }: AppView, alerts: readonly AlertView[], { palette }: DescriptionStyle): string {
  const own = alerts.filter((alert) => alert.app === name).map((alert) => renderAlert(alert, palette));
  const id = Math.min(...instances.map((instance) => instance.id));
  return `\n${own.join('')}${palette.dim(`More: holdfast logs ${shellWord(name)}, holdfast env ${id}`)}\n`;
}

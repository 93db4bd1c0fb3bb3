// The unit with which systemd brings the apps back at boot. Pure text: it writes no file and calls nothing.

/** What the unit depends on. Paths are absolute. */
export interface UnitSettings {
  /** Who the manager and its apps run as. */
  readonly user: string;
  /** The folder of Holdfast's state. */
  readonly homeRoot: string;
  /** The variable that names it: HOLDFAST_HOME, or PM2_HOME. */
  readonly homeVariable: string;
  /** The Node that runs it. */
  readonly nodePath: string;
  /** The command `holdfast`. */
  readonly programPath: string;
  /** Where the apps find their programs. */
  readonly searchPath: string;
  /** Whether to wait until the machine has an address. */
  readonly waitsForIp: boolean;
}

/** The whole file. Why each line of it is there: docs/adr/0015-boot-with-systemd.md. */
export function printUnit(settings: UnitSettings): string {
  // The file to execute is taken as it is; `$` has a meaning only behind it.
  const program = `${quoted(settings.nodePath)} ${commandWord(settings.programPath)}`;
  return `# Written by: holdfast startup. Writing it again is safe; holdfast unstartup removes it.
[Unit]
Description=Holdfast, apps of ${specifierSafe(settings.user)}
${after(settings.waitsForIp)}
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=forking
GuessMainPID=no
User=${specifierSafe(settings.user)}
Environment=${assignment(settings.homeVariable, settings.homeRoot)}
Environment=${assignment('PATH', settings.searchPath)}
ExecStart=${program} resurrect
ExecReload=${program} reload all
ExecStop=${program} kill
Restart=on-failure
RestartSec=10
KillMode=process
OOMPolicy=continue
TimeoutStartSec=600
TimeoutStopSec=120
LimitNOFILE=1048576
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}

function after(waitsForIp: boolean): string {
  return waitsForIp ? 'Wants=network-online.target\nAfter=network-online.target' : 'After=network.target';
}

/** A word of a command line: `$` begins a variable there, `%` a specifier (systemd.service(5), "Command lines"). */
function commandWord(word: string): string {
  return quoted(word.replaceAll('$', '$$$$'));
}

/** Of `Environment=`, where `$` has no meaning (systemd.exec(5)). */
function assignment(name: string, value: string): string {
  return quoted(`${name}=${value}`);
}

function quoted(word: string): string {
  const safe = specifierSafe(word);
  return /^[\w@%+=:,.$/-]+$/.test(safe) ? safe : `"${safe.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function specifierSafe(text: string): string {
  return text.replaceAll('%', '%%');
}

// The unit for systemd, as a whole text.
import { expect, it } from 'vitest';
import { printUnit } from './systemd.ts';

const SETTINGS = {
  user: 'deploy',
  homeRoot: '/home/deploy/.holdfast',
  homeVariable: 'HOLDFAST_HOME',
  nodePath: '/usr/bin/node',
  programPath: '/usr/local/bin/holdfast',
  searchPath: '/usr/local/bin:/usr/bin:/bin',
  waitsForIp: false,
};

it('brings back what was saved, stops all apps in order, and lets no mishap of the manager end an app', () => {
  expect(printUnit(SETTINGS)).toBe(`# Written by: holdfast startup. Writing it again is safe; holdfast unstartup removes it.
[Unit]
Description=Holdfast, apps of deploy
After=network.target
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=forking
GuessMainPID=no
User=deploy
Environment=HOLDFAST_HOME=/home/deploy/.holdfast
Environment=PATH=/usr/local/bin:/usr/bin:/bin
ExecStart=/usr/bin/node /usr/local/bin/holdfast resurrect
ExecReload=/usr/bin/node /usr/local/bin/holdfast reload all
ExecStop=/usr/bin/node /usr/local/bin/holdfast kill
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
`);
});

it('waits for an address where that is asked for', () => {
  expect(printUnit({ ...SETTINGS, waitsForIp: true })).toContain('\nWants=network-online.target\nAfter=network-online.target\n');
});

it('writes paths so that systemd reads them back as they are', () => {
  const unit = printUnit({ ...SETTINGS, programPath: '/opt/my $apps/50%/"x"\\holdfast', searchPath: '/mnt/c/Program Files:/usr/$bin' });
  expect(unit).toContain(String.raw`ExecStart=/usr/bin/node "/opt/my $$apps/50%%/\"x\"\\holdfast" resurrect`);
  expect(unit).toContain('Environment="PATH=/mnt/c/Program Files:/usr/$bin"\n');
});

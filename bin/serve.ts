// The static file server as a process, an app like any other: reads its settings from its environment, listens, and says where.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { readStaticSite } from '../src/model/static-site.ts';
import type { StaticSite } from '../src/model/static-site.ts';
import { createHandler } from '../src/serve/handler.ts';

const STDERR = 2;

const settings = readStaticSite(process.env);
if ('folder' in settings) serve({ ...settings, folder: path.resolve(settings.folder) });
else
  giveUp(
    settings
      .map(({ variable, found, text, accepted }) => `${variable}${found === null ? '' : ` (${found})`} ${text}; accepted: ${accepted}`)
      .join('; '),
  );

function serve(site: StaticSite): void {
  if (!fs.statSync(site.folder, { throwIfNoEntry: false })?.isDirectory()) giveUp(`there is no folder ${site.folder}`);
  const server = http.createServer(createHandler({ site, report: (text) => void fs.writeSync(STDERR, `${text}\n`) }));
  server.once('error', (error: NodeJS.ErrnoException) =>
    giveUp(error.code === 'EADDRINUSE' ? `port ${site.port} is in use` : error.message),
  );
  server.listen(site.port, site.host, () => {
    console.log(`Serving ${site.folder} on http://${site.host.includes(':') ? `[${site.host}]` : site.host}:${site.port}`);
    process.send?.('ready');
  });
}

function giveUp(reason: string): never {
  fs.writeSync(STDERR, `Cannot serve ${process.env['PM2_SERVE_PATH'] ?? '.'}: ${reason}.\n`);
  process.exit(1);
}

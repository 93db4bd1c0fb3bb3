// The example apps that `create` writes: small programs that show one way of running each, with their config. Pure.

/** One example. The app has the name of its folder. */
export interface ExampleApp {
  readonly word: string;
  /** Without a full stop. */
  readonly summary: string;
  readonly program: { readonly name: string; readonly text: string };
  /** The attributes of its config, line by line, but for name and script. */
  readonly settings: readonly string[];
  /** What to type when it runs. */
  readonly next: (app: string) => string;
}

/** All of them, the first one being what is meant where nothing is said. */
export const EXAMPLE_APPS: readonly ExampleApp[] = [
  {
    word: 'web',
    summary: 'a web server: two processes behind one port, replaced without losing a request',
    program: {
      name: 'server.js',
      text: `const http = require('node:http');

const server = http.createServer((request, response) => response.end(\`Hello from process \${process.pid}\\n\`));
// All instances listen on the one port: Holdfast shares it out, and answers what is under way before it stops one.
server.listen(process.env.PORT, () => console.log(\`listening on port \${server.address().port}\`));
`,
    },
    settings: ['instances: 2,', "exec_mode: 'cluster',", 'env: { PORT: 3000 },'],
    next: (app) => `curl http://localhost:3000; holdfast reload ${app}`,
  },
  {
    word: 'worker',
    summary: 'a worker: it says when it is ready, and finishes its work before it stops',
    program: {
      name: 'worker.js',
      text: `const { setTimeout: pause } = require('node:timers/promises');

const leave = new AbortController();
process.on('SIGINT', () => leave.abort());

async function main() {
  // Connect to a queue or a database here: a reload keeps the old process until this one says that it is ready.
  process.send('ready');
  while (!leave.signal.aborted) {
    console.log('did a piece of work');
    await pause(5000, undefined, { signal: leave.signal }).catch(() => undefined);
  }
  console.log('left nothing half done');
  process.exit();
}

main();
`,
    },
    settings: ['wait_ready: true,', '// How long it may take to finish.', "kill_timeout: '10s',"],
    next: (app) => `holdfast logs ${app}; holdfast stop ${app}`,
  },
  {
    word: 'cron',
    summary: 'a job that runs by the clock, every five minutes',
    program: { name: 'job.js', text: "console.log('ran at', new Date().toISOString());\n" },
    settings: ["cron_restart: '*/5 * * * *',", '// It ends when it is done, and waits for its next time.', 'autorestart: false,'],
    next: (app) => `holdfast ls, which says when it runs next; holdfast logs ${app}`,
  },
];

/** The files of an example, by their names. */
export function filesOf({ program, settings }: ExampleApp, app: string): Readonly<Record<string, string>> {
  const lines = [`name: ${JSON.stringify(app)},`, `script: './${program.name}',`, ...settings];
  return {
    [program.name]: program.text,
    'ecosystem.config.js': `module.exports = {\n  apps: [\n    {\n${lines.map((line) => `      ${line}\n`).join('')}    },\n  ],\n};\n`,
    // Else a package around the folder may say that .js files are ES modules (Node: Packages, "type").
    'package.json': '{ "private": true }\n',
  };
}

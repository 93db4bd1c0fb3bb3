// Loaded before the app in a Node instance of fork mode: it reports where the app listens and the error that ends it, and drains it when told. Until then it changes nothing.
import type { ToPreload } from '../model/preload-protocol.ts';
import { openChannel } from './channel.ts';
import { startDrain } from './drain.ts';
import { reportListening } from './listens.ts';
import { enterManaged } from './managed.ts';
import { createOwnServers } from './own-servers.ts';
import { reportUncaught } from './uncaught.ts';
import { startLoopWatch } from './watch-loop.ts';

function watch(): void {
  const ownServers = createOwnServers();
  let giveUpDrain = (): void => {};
  const channel = openChannel({ heard, ended: (proceed) => proceed() });
  reportUncaught(channel);
  reportListening(channel, ownServers.add);
  channel.say({ act: 'hello', nodeVersion: process.version });

  function heard(message: ToPreload): void {
    if (message.act === 'watch-loop') startLoopWatch(message, channel);
    if (message.act === 'drain') drain(message);
  }

  function drain({ idleMs, timeoutMs }: Extract<ToPreload, { act: 'drain' }>): void {
    giveUpDrain();
    ownServers.leave((servers) => {
      giveUpDrain = startDrain({ servers, idleMs, timeoutMs, done: (report) => channel.say({ act: 'drained', report }) });
    });
  }
}

if (enterManaged('fork')) watch();

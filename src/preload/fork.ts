// Loaded before the app in a Node instance of fork mode: it reports where the app listens and the error that ends it, and changes nothing.
import type { ToPreload } from '../model/preload-protocol.ts';
import { openChannel } from './channel.ts';
import { reportListening } from './listens.ts';
import { enterManaged } from './managed.ts';
import { reportUncaught } from './uncaught.ts';
import { startLoopWatch } from './watch-loop.ts';

function watch(): void {
  const channel = openChannel({ heard, ended: (proceed) => proceed() });
  reportUncaught(channel);
  reportListening(channel);
  channel.say({ act: 'hello', nodeVersion: process.version });

  function heard(message: ToPreload): void {
    if (message.act === 'watch-loop') startLoopWatch(message, channel);
  }
}

if (enterManaged('fork')) watch();

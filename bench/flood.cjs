// Waits for SIGUSR2, then writes MB megabytes of lines of 100 bytes as fast as they are taken, and says on stderr when it began.
const line = `${'x'.repeat(99)}\n`;
const chunk = Buffer.from(line.repeat(655));
let left = Number(process.env.MB) * 1e6;

function write() {
  while (left > 0) {
    const piece = left >= chunk.length ? chunk : chunk.subarray(0, left);
    left -= piece.length;
    if (!process.stdout.write(piece)) return process.stdout.once('drain', write);
  }
}

process.once('SIGUSR2', () => {
  process.stderr.write(`began ${Date.now()}\n`);
  write();
});
process.stderr.write('waiting\n');
setInterval(() => {}, 2 ** 30);

// The benchmarked server: the smallest useful answer. SIGUSR2 is an error that nobody handles. As `node app.cjs cluster 2` it is its own node:cluster primary.
const cluster = require('node:cluster');
const http = require('node:http');

if (process.argv[2] === 'cluster' && cluster.isPrimary) {
  for (let n = 0; n < Number(process.argv[3]); n += 1) cluster.fork();
  let listening = 0;
  cluster.on('listening', () => (listening += 1) === Number(process.argv[3]) && console.log('ready'));
} else {
  http.createServer((request, response) => response.end('hello, world')).listen(Number(process.env.PORT));
  process.on('SIGUSR2', () => {
    throw new Error('as ordered');
  });
}

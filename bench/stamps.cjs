// Says when its first line ran, then idles: from outside one can tell how long its start took.
console.log(`up ${Date.now()}`);
setInterval(() => {}, 2 ** 30);

// What `require('pm2/lib/API.js')` gives where this is installed in PM2's place: the class of its API, and nothing else.
module.exports = require('./holdfast.cjs').custom;

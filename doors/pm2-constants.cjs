// What `require('pm2/constants.js')` gives where this is installed in PM2's place: its words for a status, and no other constant.
module.exports = {
  ONLINE_STATUS: 'online',
  STOPPED_STATUS: 'stopped',
  STOPPING_STATUS: 'stopping',
  LAUNCHING_STATUS: 'launching',
  ERRORED_STATUS: 'errored',
  ONE_LAUNCH_STATUS: 'one-launch-status',
};

// What `require('holdfast/pm2')` and `import pm2 from 'holdfast/pm2'` are.
import type * as types from './pm2-types.cjs';

declare const pm2: types.Pm2;

declare namespace pm2 {
  type ActionOptions = types.ActionOptions;
  type Bus = types.Bus;
  type Callback<R> = types.Callback<R>;
  type Config = types.Config;
  type Connection = types.Connection;
  type CustomOptions = types.CustomOptions;
  type LogData = types.LogData;
  type Pm2 = types.Pm2;
  type Pm2Env = types.Pm2Env;
  type Proc = types.Proc;
  type ProcessEvent = types.ProcessEvent;
  type ProcessDescription = types.ProcessDescription;
  type ProcessStatus = types.ProcessStatus;
  type StartOptions = types.StartOptions;
  type Target = types.Target;
}

export = pm2;

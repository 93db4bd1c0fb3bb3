// What `require('holdfast')` and `import ... from 'holdfast'` are: a client of the control API, and PM2's programmatic API.
import type * as client from './holdfast-types.cjs';
import type * as pm2 from './pm2-types.cjs';

declare const holdfast: pm2.Pm2 & {
  /** A client of the daemon. Throws HOME_UNUSABLE. */
  createClient(options?: client.ClientOptions): client.Client;
  readonly HoldfastError: client.HoldfastErrorConstructor;
};

declare namespace holdfast {
  type HoldfastError = client.HoldfastError;
  type Alert = client.Alert;
  type Answer = client.Answer;
  type App = client.App;
  type AppConfig = client.AppConfig;
  type AppDetails = client.AppDetails;
  type AppMessage = client.AppMessage;
  type AppSpec = client.AppSpec;
  type Client = client.Client;
  type ClientOptions = client.ClientOptions;
  type ConfigOptions = client.ConfigOptions;
  type EventsOptions = client.EventsOptions;
  type HoldfastEvent = client.HoldfastEvent;
  type Instance = client.Instance;
  type LogEntry = client.LogEntry;
  type LogsOptions = client.LogsOptions;
  type Manager = client.Manager;
  type MessageUpdate = client.MessageUpdate;
  type Operation = client.Operation;
  type OperationOptions = client.OperationOptions;
  type OperationState = client.OperationState;
  type OperationUpdate = client.OperationUpdate;
  type Outcome = client.Outcome;
  type Release = client.Release;
  type RolloutOptions = client.RolloutOptions;
  type Status = client.Status;
  type Targets = client.Targets;

  // PM2's, which programs import from 'pm2'.
  type ActionOptions = pm2.ActionOptions;
  type Bus = pm2.Bus;
  type Callback<R> = pm2.Callback<R>;
  type Config = pm2.Config;
  type Connection = pm2.Connection;
  type CustomOptions = pm2.CustomOptions;
  type LogData = pm2.LogData;
  type Pm2 = pm2.Pm2;
  type Pm2Env = pm2.Pm2Env;
  type Proc = pm2.Proc;
  type ProcessDescription = pm2.ProcessDescription;
  type ProcessEvent = pm2.ProcessEvent;
  type ProcessStatus = pm2.ProcessStatus;
  type StartOptions = pm2.StartOptions;
  type Target = pm2.Target;
}

export = holdfast;

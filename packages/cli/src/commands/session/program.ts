/** `bb login`, `bb logout`, `bb whoami`: names, options and examples. */
import type { Command } from 'commander';
import { examples, type Launch, withTarget } from '../../program-options.ts';
import type { LoginOptions, SessionOptions } from './session.ts';

export function addSession(program: Command, launch: Launch): void {
  withApp(program.command('login').description('sign in to a server, by letting bb in with a browser'))
    .option('--no-browser', 'print the address only')
    .addHelpText('after', examples('bb login --url https://example.workers.dev', 'bb login'))
    .action((options: LoginOptions) => launch(async (context) => (await import('./session.ts')).login(options, context)));
  withApp(program.command('logout').description('end the session that `bb login` opened')).action((options: SessionOptions) =>
    launch(async (context) => (await import('./session.ts')).logout(options, context)),
  );
  const sessions = program
    .command('sessions')
    .description('where you are signed in')
    .addHelpText('after', examples('bb sessions list', 'bb sessions end <id>', 'bb sessions refuse BCDF-GHJK'));
  withApp(sessions.command('list').description('your sessions, newest first, and programs that want in')).action(
    (options: SessionOptions) => launch(async (context) => (await import('./session.ts')).listSessions(options, context)),
  );
  withApp(sessions.command('end').argument('<id>', 'which one').description('end one of your sessions')).action(
    (id: string, options: SessionOptions) => launch(async (context) => (await import('./session.ts')).endSession(id, options, context)),
  );
  withApp(
    sessions.command('refuse').argument('<code>', 'what the program shows, or its id').description('refuse a program that wants in'),
  ).action((code: string, options: SessionOptions) =>
    launch(async (context) => (await import('./session.ts')).refuseProgram(code, options, context)),
  );
  withApp(program.command('whoami').description('print who bb is to the server, and what it may do')).action((options: SessionOptions) =>
    launch(async (context) => (await import('./session.ts')).whoami(options, context)),
  );
}

function withApp(command: Command): Command {
  return withTarget(command).option('--app <folder>', 'the app whose `bb dev` is meant', '.');
}

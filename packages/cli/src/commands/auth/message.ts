import type { BodyOf } from '@betterbase/protocol/admin';
import { askAdmin } from '../../admin/admin-fetch.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { type AuthOptions, projectOf } from './settings.ts';

export interface MessageOptions extends AuthOptions {
  readonly to?: string;
}

type Wanted = BodyOf<'POST /admin/projects/:project/auth/messages'>;

/** What a message says, with a link or code that is good for nothing. The server says which kinds there are. */
export async function showMessage(kind: string, { to, ...options }: MessageOptions, context: CommandContext): CommandResult {
  const { terminal } = context;
  const { target, params } = await projectOf(options, context);
  const body = { kind: kind as Wanted['kind'], ...(to === undefined ? {} : { to }) };
  const { message } = await askAdmin(target, 'POST /admin/projects/:project/auth/messages', { params, body });
  if (options.json === true) {
    terminal.line(JSON.stringify({ message }));
    return 0;
  }
  if (message.channel === 'email') terminal.line(terminal.colors.bold(message.subject));
  terminal.line(message.text);
  if (message.html !== null) terminal.line(terminal.colors.dim(message.html));
  if (message.sent) terminal.line(`${terminal.colors.green('✔')} sent to ${to}`);
  return 0;
}

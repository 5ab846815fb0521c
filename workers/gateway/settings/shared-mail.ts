/** The installation's mail, for projects that have nobody of their own. */
import type { Handed, Message } from '../../auth/messages/message.ts';
import { findProject } from '../project-list.ts';
import type { ProjectStub } from '../project-stub.ts';
import { deliver, type MailContext, readMail } from './mail.ts';
import { formatSender, parseSender } from './sender.ts';

const ofNobody: Handed = { ok: false, isNobody: true, reason: 'Nobody brings this project’s mail.' };

/**
 * Under the project's name, from the installation's address. Never throws.
 *
 * @param object counts, so that one project cannot use up what is there for all
 */
export async function shareMail(context: MailContext, project: string, object: ProjectStub, message: Message): Promise<Handed> {
  const { env } = context;
  try {
    const setting = await readMail(env);
    if (setting.provider === 'none' || setting.from === null || !setting.projects) return ofNobody;
    const most = setting.project_mails_per_hour;
    if (!(await object.takesMail(most)))
      return refused(`This project has sent its ${most} mails of this hour through the installation: the next go out when it is over.`);
    const name = (await findProject(env.DB, project))?.name ?? project;
    const from = formatSender({ name, address: parseSender(setting.from).address });
    const problem = await deliver(context, { ...setting, from }, message);
    return problem === null ? { ok: true } : refused(`The installation’s mail was not taken: ${problem}`);
  } catch (failure) {
    return refused(failure instanceof Error ? failure.message : String(failure));
  }
}

function refused(reason: string): Handed {
  return { ok: false, isNobody: false, reason };
}

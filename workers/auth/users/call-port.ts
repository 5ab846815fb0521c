import type { UsersPort } from '../../../durable-objects/project/users/users-context.ts';
import type { SharedMail } from '../messages/message.ts';

/** What a request may do with the project, and with the installation around it. */
export interface CallPort extends UsersPort, SharedMail {}

import { cronJobs } from 'convex/server';
import { internal } from './_generated/api';

const crons = cronJobs();
crons.interval('count', { hours: 1 }, internal.retries.count);
crons.monthly('count again', { day: 1, hourUTC: 16, minuteUTC: 0 }, internal.retries.count, {});

export default crons;

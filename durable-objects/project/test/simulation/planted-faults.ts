/** Faults that are put in on purpose, to see that the simulation finds them. */
import type { TurnRequest } from '@betterbase/engine';
import type { EmbeddedStore } from '@betterbase/providers';
import type { Alarm } from '../../alarm.ts';
import type { Socket } from '../../connections/socket.ts';

/** What is done to the parts of a world. */
export interface Plant {
  readonly store: (store: EmbeddedStore) => EmbeddedStore;
  readonly turn: (request: TurnRequest) => TurnRequest;
  readonly alarm: (alarm: Alarm) => Alarm;
  readonly send: (socket: Socket, text: string) => void;
  /** An engine that has ended goes on writing. */
  readonly keepsEndedEngines: boolean;
}

export const noPlant: Plant = {
  store: (store) => store,
  turn: (request) => request,
  alarm: (alarm) => alarm,
  send: (socket, text) => socket.send(text),
  keepsEndedEngines: false,
};

/** Outcomes are not kept with their commits. */
export const forgottenOutcomes: Plant = {
  ...noPlant,
  store: (store) => {
    const commit = store.commit.bind(store);
    store.commit = (batch) => {
      const { outcome } = batch;
      if (outcome === null || batch.version % 4 !== 0) return commit(batch);
      return commit({ ...batch, outcome: { ...outcome, request: { session: null, id: outcome.request.id } } });
    };
    return store;
  },
};

/** An engine that was ended is not stopped, and the store takes whatever it commits, decided on whichever version. */
export const uncheckedVersions: Plant = {
  ...noPlant,
  keepsEndedEngines: true,
  store: (store) => {
    const commit = store.commit.bind(store);
    store.commit = async (batch) => {
      const { version } = await store.open();
      return await commit({ ...batch, basedOn: version, version: version + 1 });
    };
    return store;
  },
};

/** The platform is told to ring, and does not. */
export const lostAlarms: Plant = { ...noPlant, alarm: ({ get }) => ({ get, set: async () => {} }) };

/** What is said is said twice, now and then. */
export const repeatedFrames: Plant = {
  ...noPlant,
  send: (socket, text) => {
    socket.send(text);
    if (text.length % 16 === 0) socket.send(text);
  },
};

/** A mutation is handed to the engine twice, as two. */
export const repeatedMutations: Plant = {
  ...noPlant,
  turn: (request) => {
    const again = request.operations.find((each) => each.do === 'mutation' && each.request.id.endsWith('3'));
    if (again?.do !== 'mutation') return request;
    const twin = { ...again, request: { session: null, id: `${again.request.id} again` } };
    return { ...request, operations: [...request.operations, twin] };
  },
};

/** Nearness in the plainest way: every document compared, all sorted. */
import { asVector, fieldAt, hasValues, type NearDocuments, type StoredDocument, type VectorRead, vectorScore } from '@betterbase/engine';

export function nearestDocuments(documents: readonly StoredDocument[], read: VectorRead): NearDocuments {
  const { field, vector, metric, anyOf, leastScore, limit } = read;
  const score = vectorScore(metric, vector);
  const scored = documents.flatMap((document) => {
    const own = asVector(fieldAt(document, field), vector.length);
    const isWanted = anyOf.length === 0 || anyOf.some((filter) => hasValues(document, [filter]));
    return own === null || !isWanted ? [] : [{ document, score: score(own) }];
  });
  const near = scored.filter((each) => each.score >= leastScore);
  near.sort((one, other) => other.score - one.score || other.document._creationTime - one.document._creationTime);
  return { near: near.slice(0, limit).map((each) => ({ id: each.document._id, score: each.score })), compared: scored.length };
}

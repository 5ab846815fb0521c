import * as z from 'zod/mini';

/** Shapes that the description of the API tells once, under their names. */
export const namedShapes = z.registry<{ id: string }>();

export function named<Shape extends z.core.$ZodType>(id: string, shape: Shape): Shape {
  namedShapes.add(shape, { id });
  return shape;
}

/** ms since 1970 */
export const instant = z.number();

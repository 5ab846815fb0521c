import { definePolicy } from '@betterbase/core';

export default definePolicy('guardedRows', {
  select: `exists (select 1 from seats s where s.room = "guardedRows".room and s.role = auth.role())`,
});

import type { EntitySchema } from 'typeorm';

/** Every table TypeORM maps: an explicit list, no glob. */
export const entities: readonly EntitySchema[] = [];
